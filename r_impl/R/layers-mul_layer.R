#' @title The multiplication layer
#'
#' @description
#' A product; each factor's gradient is the other factor:
#' \deqn{out = x y, \quad dx = dout \, y, \quad dy = dout \, x}{out = x y,  dx = dout y,  dy = dout x}
#'
#' @param x,y Two numbers, or two objects of one shape.
#' @param forward The result of `MulLayer.forward()`.
#' @param dout The gradient that flows in, of the shape of `x`.
#' @return `MulLayer.forward()`: a list with `out`, `x` and `y`. `MulLayer.backward()`: a list with `dx` and `dy`.
#' @source The book, first volume, chapter 5, 5.4.1.
#' @examples
#' apple <- MulLayer.forward(100, 2)
#' price <- MulLayer.forward(apple$out, 1.1)
#' price$out
#' MulLayer.backward(apple, MulLayer.backward(price, dout = 1)$dx)
#' @family layers
#' @name MulLayer
#' @rdname layers-mul_layer
NULL

#' @rdname layers-mul_layer
#' @export
MulLayer.forward <- function(x, y) {
  .check_shape("y", y, .shape(x))
  list(out = x * y, x = x, y = y)
}

#' @rdname layers-mul_layer
#' @export
MulLayer.backward <- function(forward, dout) {
  .check_shape("dout", dout, .shape(forward$x))
  list(dx = dout * forward$y, dy = dout * forward$x)
}
