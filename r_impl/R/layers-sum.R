#' @title The Sum layer
#'
#' @description
#' The rows are added; the gradient goes to each of them:
#' \deqn{out_{1j} = \sum_{i=1}^{N} x_{ij}, \quad dx_{ij} = dout_{1j}}{
#'   out[1, j] = sum(x[, j]),  dx[i, j] = dout[1, j]}
#'
#' @param x The input, a matrix (N, D).
#' @param forward The result of `Sum.forward()`.
#' @param dout The gradient that flows in, a matrix (1, D).
#' @return `Sum.forward()`: a list with `out`, a matrix (1, D), and `N`, the number of rows.
#'   `Sum.backward()`: a list with `dx`, a matrix (N, D).
#' @examples
#' forward <- Sum.forward(matrix(1:6, nrow = 3))
#' forward
#' Sum.backward(forward, dout = matrix(c(1, -2), nrow = 1))
#' @family layers
#' @name Sum
#' @rdname layers-sum
NULL

#' @rdname layers-sum
#' @export
Sum.forward <- function(x) {
  .check_matrix("x", x)
  out <- matrix(colSums(x), nrow = 1)
  list(out = out, N = nrow(x))
}

#' @rdname layers-sum
#' @export
Sum.backward <- function(forward, dout) {
  .check_matrix("dout", dout)
  .check_shape("dout", dout, c(1, ncol(forward$out)))
  dx <- dout[rep(1, forward$N), , drop = FALSE]
  list(dx = dx)
}
