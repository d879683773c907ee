#' @title Products with the rows of a table
#'
#' @description
#' \deqn{out_n = \sum_d W_{idx_n, d} h_{nd}}{out[n] = sum_d W[idx[n], d] h[n, d]}
#'
#' @param W The table, a matrix (V, D).
#' @param h A matrix (N, D).
#' @param idx N ids, **counted from 0** as in Python.
#' @param forward The result of `EmbeddingDot.forward()`.
#' @param dout The gradient that flows in, N numbers.
#' @return `EmbeddingDot.forward()`: a list with `out`, N numbers, and what the backward pass needs.
#'   `EmbeddingDot.backward()`: a list with `dh` and `dW`.
#' @source The book, second volume, chapter 4, 4.2.4.
#' @examples
#' forward <- EmbeddingDot.forward(matrix(1:6, 3, byrow = TRUE), h = matrix(c(1, 0, 0, 1), 2), idx = c(0, 2))
#' forward$out
#' EmbeddingDot.backward(forward, dout = c(1, -1))
#' @family layers
#' @name EmbeddingDot
#' @rdname layers-embedding_dot
NULL

#' @rdname layers-embedding_dot
#' @export
EmbeddingDot.forward <- function(W, h, idx) {
  embed <- Embedding.forward(W, idx)
  .check_shape("h", h, dim(embed$out))
  list(out = rowSums(embed$out * h), h = h, embed = embed)
}

#' @rdname layers-embedding_dot
#' @export
EmbeddingDot.backward <- function(forward, dout) {
  if (length(dout) != nrow(forward$h)) stop(length(dout), " gradients for ", nrow(forward$h), " rows", call. = FALSE)
  dout <- as.vector(dout)
  # A number for each row is recycled down the columns.
  list(dh = dout * forward$embed$out, dW = Embedding.backward(forward$embed, dout * forward$h)$dW)
}
