#' @title Steps added up by how much they resemble a vector
#'
#' @description
#' [WeightSum] of `hs` by [AttentionWeight] of `hs` and `h`.
#'
#' @param hs The steps, an array (N, T, H).
#' @param h What they are held against, a matrix (N, H).
#' @param forward The result of `Attention.forward()`.
#' @param dout The gradient that flows in, (N, H).
#' @return `Attention.forward()`: a list with `out` (N, H), `attention_weight` (N, T), and what the backward pass needs.
#'   `Attention.backward()`: a list with `dhs` and `dh`.
#' @source The book, second volume, chapter 8, 8.1.5.
#' @examples
#' Attention.forward(array(1:12 / 10, c(2, 3, 2)), matrix(1:4 / 4, 2))$out
#' @family layers over time
#' @name Attention
#' @rdname layers-attention
NULL

#' @rdname layers-attention
#' @export
Attention.forward <- function(hs, h) {
  weigh <- AttentionWeight.forward(hs, h)
  add_up <- WeightSum.forward(hs, weigh$a)
  list(out = add_up$c, attention_weight = weigh$a, weigh = weigh, add_up = add_up)
}

#' @rdname layers-attention
#' @export
Attention.backward <- function(forward, dout) {
  sums <- WeightSum.backward(forward$add_up, dout)
  weights <- AttentionWeight.backward(forward$weigh, sums$da)
  list(dhs = sums$dhs + weights$dhs, dh = weights$dh)
}
