#' @title The rows of a table for the ids of sequences
#'
#' @description
#' \deqn{out_{nt} = W_{xs_{nt}}}{out[n, t, ] = W[xs[n, t], ]}
#' `dW` adds up `dout` over all places of an id: what occurs twice learns twice.
#'
#' @param W The table, a matrix (V, D).
#' @param xs The ids, a matrix (N, T) of whole numbers **counted from 0** as in Python.
#' @param forward The result of `TimeEmbedding.forward()`.
#' @param dout The gradient that flows in, (N, T, D).
#' @return `TimeEmbedding.forward()`: a list with `out` (N, T, D), `xs` and the shape of `W`.
#'   `TimeEmbedding.backward()`: a list with `dW`.
#' @source The book, second volume, chapter 5, 5.4.2.
#' @examples
#' forward <- TimeEmbedding.forward(matrix(1:6, 3, byrow = TRUE), matrix(c(2, 0, 2), 1))
#' forward$out[1, , ]
#' TimeEmbedding.backward(forward, array(1:6, c(1, 3, 2)))
#' @family layers over time
#' @name TimeEmbedding
#' @rdname layers-time_embedding
NULL

#' @rdname layers-time_embedding
#' @export
TimeEmbedding.forward <- function(W, xs) {
  .check_matrix("W", W)
  .check_matrix("xs", xs)
  .check_labels(xs, nrow(W))
  list(out = .as_sequence(W[xs + 1, , drop = FALSE], nrow(xs), ncol(xs)), xs = xs, shape = dim(W))
}

#' @rdname layers-time_embedding
#' @export
TimeEmbedding.backward <- function(forward, dout) {
  .check_shape("dout", dout, c(dim(forward$xs), forward$shape[2]))
  list(dW = .sum_by_id(.rows_of_steps(dout), as.vector(forward$xs), forward$shape[1]))
}

# A row for each of V ids, counted from 0, with the sum of the rows that belong to it; zeros where there are none.
.sum_by_id <- function(rows, ids, V) {
  dW <- matrix(0, V, ncol(rows))
  sums <- rowsum(rows, ids)
  dW[as.integer(rownames(sums)) + 1L, ] <- sums
  dW
}
