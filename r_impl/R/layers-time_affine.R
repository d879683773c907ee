#' @title The same Affine layer at each step
#'
#' @description
#' \deqn{out_{nt} = x_{nt} W + b}{out[n, t, ] = x[n, t, ] W + b}
#'
#' @param W,b The parameters: (D, M) and M numbers.
#' @param x The input, an array (N, T, D).
#' @param forward The result of `TimeAffine.forward()`.
#' @param dout The gradient that flows in, (N, T, M).
#' @return `TimeAffine.forward()`: a list with `out` (N, T, M), `X` (the rows of `x`) and `W`.
#'   `TimeAffine.backward()`: a list with `dx`, `dW` and `db`.
#' @source The book, second volume, chapter 5, 5.4.2.
#' @examples
#' forward <- TimeAffine.forward(W = diag(2), b = c(10, 20), x = array(1:4, c(1, 2, 2)))
#' forward$out[1, , ]
#' TimeAffine.backward(forward, array(1, c(1, 2, 2)))$dW
#' @family layers over time
#' @name TimeAffine
#' @rdname layers-time_affine
NULL

#' @rdname layers-time_affine
#' @export
TimeAffine.forward <- function(W, b, x) {
  .check_matrix("W", W)
  .check_bias(b, ncol(W))
  .check_sequence("x", x, nrow(W))
  X <- .rows_of_steps(x)
  out <- .along_rows(X %*% W, b, `+`)
  list(out = .as_sequence(out, dim(x)[1], dim(x)[2]), X = X, W = W)
}

#' @rdname layers-time_affine
#' @export
TimeAffine.backward <- function(forward, dout) {
  .check_shape("dout", dout, dim(forward$out))
  rows <- .rows_of_steps(dout)
  list(
    dx = .as_sequence(tcrossprod(rows, forward$W), dim(dout)[1], dim(dout)[2]),
    dW = crossprod(forward$X, rows), db = colSums(rows)
  )
}
