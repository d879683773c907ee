#' @title The Repeat layer
#'
#' @description
#' One row, N times; the gradients of the copies are added:
#' \deqn{out_{ij} = x_{1j}, \quad dx_{1j} = \sum_{i=1}^{N} dout_{ij}}{
#'   out[i, j] = x[1, j],  dx[1, j] = sum(dout[, j])}
#'
#' @param N How many rows.
#' @param x The input, a matrix (1, D).
#' @param forward The result of `Repeat.forward()`.
#' @param dout The gradient that flows in, a matrix (N, D).
#' @return `Repeat.forward()`: a list with `out`, a matrix (N, D).
#'   `Repeat.backward()`: a list with `dx`, a matrix (1, D).
#' @examples
#' forward <- Repeat.forward(3, matrix(c(1, -2), nrow = 1))
#' forward
#' Repeat.backward(forward, dout = matrix(1:6, nrow = 3))
#' @family layers
#' @name Repeat
#' @rdname layers-repeat
NULL

#' @rdname layers-repeat
#' @export
Repeat.forward <- function(N, x) {
  .check_number("N", N)
  if (is.na(N) || N < 0 || N != floor(N)) stop("N must be a whole number that is not negative", call. = FALSE)
  .check_matrix("x", x)
  .check_shape("x", x, c(1, ncol(x)))
  out <- x[rep(1, N), , drop = FALSE]
  list(out = out)
}

#' @rdname layers-repeat
#' @export
Repeat.backward <- function(forward, dout) {
  .check_shape("dout", dout, dim(forward$out))
  dx <- matrix(colSums(dout), nrow = 1)
  list(dx = dx)
}
