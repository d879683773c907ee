#' @title The Sigmoid layer
#'
#' @description
#' Forward and backward pass of the sigmoid function, element by element:
#' \deqn{out = \frac{1}{1 + e^{-x}}}{out = 1 / (1 + exp(-x))}
#' \deqn{dx = dout \, (1 - out) \, out}{dx = dout (1 - out) out}
#'
#' @param x A numeric vector, matrix or array.
#' @param forward The result of `Sigmoid.forward()`.
#' @param dout The gradient that flows in, of the shape of `x`.
#' @return `Sigmoid.forward()`: a list with `out`, of the shape of `x`.
#'   `Sigmoid.backward()`: a list with `dx`, of the shape of `x`.
#' @examples
#' forward <- Sigmoid.forward(c(-0.5, 0, 0.5))
#' forward
#' Sigmoid.backward(forward, dout = c(1, -2, 3))
#' @family layers
#' @name Sigmoid
#' @rdname layers-sigmoid
NULL

#' @rdname layers-sigmoid
#' @export
Sigmoid.forward <- function(x) {
  out <- sigmoid(x)
  list(out = out)
}

#' @rdname layers-sigmoid
#' @export
Sigmoid.backward <- function(forward, dout) {
  .check_shape("dout", dout, .shape(forward$out))
  dx <- dout * (1 - forward$out) * forward$out
  list(dx = dx)
}
