#' @title The Relu layer
#'
#' @description
#' Lets through what is greater than 0, and the gradient in the same places:
#' \deqn{out = \max(x, 0)}{out = max(x, 0)}
#' \deqn{dx = dout \; [x > 0]}{dx = dout where x > 0, else 0}
#' At `x = 0`, where the derivative does not exist, `dx` is 0.
#'
#' @param x A numeric vector, matrix or array.
#' @param forward The result of `Relu.forward()`.
#' @param dout The gradient that flows in, of the shape of `x`.
#' @return `Relu.forward()`: a list with `out` and `mask` (`TRUE` where `x <= 0`), both of the shape of `x`.
#'   `Relu.backward()`: a list with `dx`, of the shape of `x`.
#' @examples
#' forward <- Relu.forward(c(1, -2, 3, -4))
#' forward
#' Relu.backward(forward, dout = c(1, 2, -3, -4))
#' @family layers
#' @name Relu
#' @rdname layers-relu
NULL

#' @rdname layers-relu
#' @export
Relu.forward <- function(x) {
  mask <- x <= 0
  out <- replace(x, mask, 0)
  list(out = out, mask = mask)
}

#' @rdname layers-relu
#' @export
Relu.backward <- function(forward, dout) {
  .check_shape("dout", dout, .shape(forward$mask))
  dx <- replace(dout, forward$mask, 0)
  list(dx = dx)
}
