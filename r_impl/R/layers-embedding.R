#' @title The rows of a table at ids
#'
#' @description
#' \deqn{out_n = W_{idx_n}}{out[n, ] = W[idx[n], ]}
#' `dW` adds up `dout` over all places of an id: `dW[idx + 1, ] <- dout` would keep the last one alone.
#'
#' @param W The table, a matrix (V, D).
#' @param idx The ids, whole numbers **counted from 0** as in Python.
#' @param forward The result of `Embedding.forward()`.
#' @param dout The gradient that flows in, (N, D).
#' @return `Embedding.forward()`: a list with `out` (N, D), `idx` and the shape of `W`.
#'   `Embedding.backward()`: a list with `dW`.
#' @source The book, second volume, chapter 4, 4.1.2.
#' @examples
#' forward <- Embedding.forward(matrix(1:6, 3, byrow = TRUE), c(2, 0, 2))
#' forward$out
#' Embedding.backward(forward, matrix(1, 3, 2))
#' @family layers
#' @name Embedding
#' @rdname layers-embedding
NULL

#' @rdname layers-embedding
#' @export
Embedding.forward <- function(W, idx) {
  .check_matrix("W", W)
  .check_labels(idx, nrow(W))
  list(out = W[idx + 1, , drop = FALSE], idx = idx, shape = dim(W))
}

#' @rdname layers-embedding
#' @export
Embedding.backward <- function(forward, dout) {
  .check_shape("dout", dout, dim(forward$out))
  list(dW = .sum_by_id(dout, forward$idx, forward$shape[1]))
}
