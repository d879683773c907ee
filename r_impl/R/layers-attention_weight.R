#' @title How much each step resembles a vector
#'
#' @description
#' \deqn{a_n = softmax_t(hs_{nt} \cdot h_n)}{a[n, ] = softmax over t of hs[n, t, ] h[n, ]}
#'
#' @param hs The steps, an array (N, T, H).
#' @param h What they are held against, a matrix (N, H).
#' @param forward The result of `AttentionWeight.forward()`.
#' @param da The gradient that flows in, (N, T).
#' @return `AttentionWeight.forward()`: a list with `a` (N, T), whose rows sum to 1, `hs` and `h`.
#'   `AttentionWeight.backward()`: a list with `dhs` and `dh`.
#' @source The book, second volume, chapter 8, 8.1.4.
#' @examples
#' AttentionWeight.forward(array(1:12 / 10, c(2, 3, 2)), matrix(1:4 / 4, 2))$a
#' @family layers over time
#' @name AttentionWeight
#' @rdname layers-attention_weight
NULL

#' @rdname layers-attention_weight
#' @export
AttentionWeight.forward <- function(hs, h) {
  .check_shape("h", h, dim(hs)[c(1, 3)])
  s <- rowSums(hs * .for_each_step(h, dim(hs)[2]), dims = 2)
  list(a = softmax(s), hs = hs, h = h)
}

#' @rdname layers-attention_weight
#' @export
AttentionWeight.backward <- function(forward, da) {
  a <- forward$a
  hs <- forward$hs
  .check_shape("da", da, dim(a))
  ds <- a * (da - rowSums(da * a))
  list(dhs = .for_each_step(forward$h, dim(hs)[2]) * as.vector(ds), dh = .over_steps(hs * as.vector(ds)))
}
