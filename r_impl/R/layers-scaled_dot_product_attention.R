#' @title Scaled dot-product attention
#'
#' @description
#' \deqn{out = A V, \quad A = softmax(Q K^T / \sqrt{D})}{out = A V,  A = softmax(Q K^T / sqrt(D))}
#' for each matrix of a batch, over the keys that the mask lets be seen.
#'
#' @param Q The queries, an array (..., T, D) with any axes before.
#' @param K,V The keys and the values, arrays (..., S, D) and (..., S, M).
#' @param mask A logical matrix (T, S): whether a query may see a key; `NULL` for all. A query has to see one.
#' @param forward The result of `ScaledDotProductAttention.forward()`.
#' @param dout The gradient that flows in, (..., T, M).
#' @return `ScaledDotProductAttention.forward()`: a list with `out` (..., T, M), the weights `A` (..., T, S), and what the
#'   backward pass needs. `ScaledDotProductAttention.backward()`: a list with `dQ`, `dK` and `dV`.
#' @source Vaswani et al. (2017), Attention Is All You Need, 3.2.1.
#' @examples
#' Q <- array(1:12 / 12, c(1, 3, 4))
#' ScaledDotProductAttention.forward(Q, Q, Q, mask = lower.tri(diag(3), diag = TRUE))$A[1, , ]
#' @family layers over time
#' @name ScaledDotProductAttention
#' @rdname layers-scaled_dot_product_attention
NULL

#' @rdname layers-scaled_dot_product_attention
#' @export
ScaledDotProductAttention.forward <- function(Q, K, V, mask = NULL) {
  q <- .matrices(Q)
  k <- .matrices(K)
  v <- .matrices(V)
  if (!is.null(mask) && !all(rowSums(mask) > 0)) stop("the mask leaves a query no key", call. = FALSE)
  A <- Map(function(q, k) {
    S <- tcrossprod(q, k) / sqrt(ncol(q))
    if (!is.null(mask)) S[!mask] <- -Inf
    softmax(S)
  }, q, k)
  list(out = .together(Map(`%*%`, A, v), Q), A = .together(A, Q), Q = Q, K = K, V = V)
}

#' @rdname layers-scaled_dot_product_attention
#' @export
ScaledDotProductAttention.backward <- function(forward, dout) {
  .check_shape("dout", dout, dim(forward$out))
  q <- .matrices(forward$Q)
  A <- .matrices(forward$A)
  dA <- Map(tcrossprod, .matrices(dout), .matrices(forward$V))
  dS <- Map(function(A, dA) A * (dA - rowSums(dA * A)) / sqrt(ncol(q[[1]])), A, dA)
  list(
    dQ = .together(Map(`%*%`, dS, .matrices(forward$K)), forward$Q),
    dK = .together(Map(crossprod, dS, q), forward$K),
    dV = .together(Map(crossprod, A, .matrices(dout)), forward$V)
  )
}

# The matrices of the last two axes, one for each place of the axes before.
.matrices <- function(x) {
  shape <- dim(x)
  last <- length(shape) - 1:0
  batch <- array(x, c(prod(shape[-last]), shape[last]))
  lapply(seq_len(dim(batch)[1]), function(n) matrix(batch[n, , ], shape[last[1]]))
}

# And back, with the axes before of `like`.
.together <- function(matrices, like) {
  shape <- dim(matrices[[1]])
  before <- dim(like)[seq_len(length(dim(like)) - 2)]
  stacked <- array(unlist(matrices), c(shape, length(matrices)))
  array(aperm(stacked, c(3, 1, 2)), c(before, shape))
}
