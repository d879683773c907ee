#' @title The MatMul layer
#'
#' @description
#' A matrix product:
#' \deqn{out = x W, \quad dx = dout \, W^T, \quad dW = x^T dout}{
#'   out = x W,  dx = dout t(W),  dW = t(x) dout}
#'
#' @param W The weights, a matrix (D, M).
#' @param x The input, a matrix (N, D).
#' @param forward The result of `MatMul.forward()`.
#' @param dout The gradient that flows in, a matrix (N, M).
#' @return `MatMul.forward()`: a list with `out`, a matrix (N, M), and `W` and `x`.
#'   `MatMul.backward()`: a list with `dx` (N, D) and `dW` (D, M).
#' @examples
#' x <- matrix(1:6, nrow = 3, byrow = TRUE)
#' W <- matrix(3:8, nrow = 2, byrow = TRUE)
#' forward <- MatMul.forward(W, x)
#' forward$out
#' MatMul.backward(forward, dout = matrix(-(1:9), nrow = 3, byrow = TRUE))
#' @family layers
#' @name MatMul
#' @rdname layers-matmul
NULL

#' @rdname layers-matmul
#' @export
MatMul.forward <- function(W, x) {
  .check_matrix("x", x)
  .check_product(dim(x), W)
  out <- x %*% W
  list(out = out, W = W, x = x)
}

#' @rdname layers-matmul
#' @export
MatMul.backward <- function(forward, dout) {
  .check_shape("dout", dout, c(nrow(forward$x), ncol(forward$W)))
  # dout %*% t(W) and t(x) %*% dout, without a copy that is turned over.
  dx <- tcrossprod(dout, forward$W)
  dW <- crossprod(forward$x, dout)
  list(dx = dx, dW = dW)
}
