#' @title Multi-head attention of a sequence to itself
#'
#' @description
#' Q, K and V are three Affine layers of `x`, cut into heads of D / heads columns each. Every head is a
#' [ScaledDotProductAttention]; side by side, they go through the fourth Affine layer.
#'
#' @param Wq,bq,Wk,bk,Wv,bv,Wo,bo The parameters: (D, D) and D numbers each.
#' @param x The input, an array (N, T, D).
#' @param heads How many heads: D is a multiple of it.
#' @param mask A logical matrix (T, T): whether row t may see column s; `NULL` for all.
#' @param forward The result of `MultiHeadAttention.forward()`.
#' @param dout The gradient that flows in, (N, T, D).
#' @return `MultiHeadAttention.forward()`: a list with `out` (N, T, D), `attention_weights` (N, heads, T, T), and what the
#'   backward pass needs. `MultiHeadAttention.backward()`: a list with `dx` and `grads`, the gradients of the eight
#'   parameters in their order.
#' @source Vaswani et al. (2017), Attention Is All You Need, 3.2.2, with a bias in each layer as torch has it.
#' @examples
#' W <- diag(4)
#' b <- numeric(4)
#' x <- array(1:12 / 12, c(1, 3, 4))
#' MultiHeadAttention.forward(W, b, W, b, W, b, W, b, x, heads = 2)$out[1, , ]
#' @family layers over time
#' @name MultiHeadAttention
#' @rdname layers-multi_head_attention
NULL

#' @rdname layers-multi_head_attention
#' @export
MultiHeadAttention.forward <- function(Wq, bq, Wk, bk, Wv, bv, Wo, bo, x, heads = 1, mask = NULL) {
  if (nrow(Wq) %% heads != 0) stop(nrow(Wq), " columns cannot be cut into ", heads, " heads", call. = FALSE)
  q <- TimeAffine.forward(Wq, bq, x)
  k <- TimeAffine.forward(Wk, bk, x)
  v <- TimeAffine.forward(Wv, bv, x)
  attend <- ScaledDotProductAttention.forward(
    .split_heads(q$out, heads), .split_heads(k$out, heads), .split_heads(v$out, heads), mask
  )
  o <- TimeAffine.forward(Wo, bo, .join_heads(attend$out))
  list(out = o$out, attention_weights = attend$A, heads = heads, q = q, k = k, v = v, attend = attend, o = o)
}

#' @rdname layers-multi_head_attention
#' @export
MultiHeadAttention.backward <- function(forward, dout) {
  o <- TimeAffine.backward(forward$o, dout)
  back <- ScaledDotProductAttention.backward(forward$attend, .split_heads(o$dx, forward$heads))
  q <- TimeAffine.backward(forward$q, .join_heads(back$dQ))
  k <- TimeAffine.backward(forward$k, .join_heads(back$dK))
  v <- TimeAffine.backward(forward$v, .join_heads(back$dV))
  list(dx = q$dx + k$dx + v$dx, grads = list(q$dW, q$db, k$dW, k$db, v$dW, v$db, o$dW, o$db))
}

# (N, T, D) -> (N, heads, T, D / heads). NumPy's reshape cuts D into (heads, D / heads); here the first of two axes runs
# fastest, and it is (D / heads, heads).
.split_heads <- function(x, heads) {
  d <- dim(x)
  aperm(array(x, c(d[1], d[2], d[3] / heads, heads)), c(1, 4, 2, 3))
}

.join_heads <- function(x) {
  d <- dim(x)
  array(aperm(x, c(1, 3, 4, 2)), c(d[1], d[3], d[2] * d[4]))
}
