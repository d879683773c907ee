#' @title The addition layer
#'
#' @description
#' A sum; the gradient goes to both terms as it is:
#' \deqn{out = x + y, \quad dx = dout, \quad dy = dout}{out = x + y,  dx = dout,  dy = dout}
#'
#' @param x,y Two numbers, or two objects of one shape.
#' @param dout The gradient that flows in, of the shape of `x`.
#' @return `AddLayer.forward()`: a list with `out`. `AddLayer.backward()`: a list with `dx` and `dy`. It needs nothing
#'   of the forward pass.
#' @source The book, first volume, chapter 5, 5.4.2.
#' @examples
#' AddLayer.forward(200, 450)$out
#' AddLayer.backward(dout = 1.1)
#' @family layers
#' @name AddLayer
#' @rdname layers-add_layer
NULL

#' @rdname layers-add_layer
#' @export
AddLayer.forward <- function(x, y) {
  .check_shape("y", y, .shape(x))
  list(out = x + y)
}

#' @rdname layers-add_layer
#' @export
AddLayer.backward <- function(dout) {
  list(dx = dout, dy = dout)
}
