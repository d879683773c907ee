#' @title An encoder block of a transformer
#'
#' @description
#' Attention and two Affine layers, each behind a [LayerNorm] and beside a way past it:
#' \deqn{y = x + MultiHeadAttention(LayerNorm(x)), \quad out = y + GELU(LayerNorm(y) W_1 + b_1) W_2 + b_2}{
#'   y = x + MultiHeadAttention(LayerNorm(x)),  out = y + GELU(LayerNorm(y) W1 + b1) W2 + b2}
#'
#' @param params A list of `Wq`, `bq`, `Wk`, `bk`, `Wv`, `bv`, `Wo`, `bo`, `gamma1`, `beta1`, `gamma2`, `beta2`,
#'   `W1` (D, F), `b1`, `W2` (F, D) and `b2`.
#' @param x The input, an array (N, T, D).
#' @param heads,mask As in [MultiHeadAttention].
#' @param forward The result of `TransformerEncoderBlock.forward()`.
#' @param dout The gradient that flows in, (N, T, D).
#' @return `TransformerEncoderBlock.forward()`: a list with `out` (N, T, D), and what the backward pass needs.
#'   `TransformerEncoderBlock.backward()`: a list with `dx` and `grads`, by the names of `params`.
#' @source Vaswani et al. (2017), Attention Is All You Need, 3.1, with the norm first, as in Xiong et al. (2020), On Layer
#'   Normalization in the Transformer Architecture.
#' @examples
#' D <- 4
#' square <- function(seed) np_randn(np_random_state(seed), D, D)$value
#' params <- list(
#'   Wq = square(1), bq = numeric(D), Wk = square(2), bk = numeric(D), Wv = square(3), bv = numeric(D), Wo = square(4),
#'   bo = numeric(D), gamma1 = rep(1, D), beta1 = numeric(D), gamma2 = rep(1, D), beta2 = numeric(D),
#'   W1 = square(5), b1 = numeric(D), W2 = square(6), b2 = numeric(D)
#' )
#' TransformerEncoderBlock.forward(params, array(1:12 / 12, c(1, 3, D)), heads = 2)$out[1, , ]
#' @family networks
#' @name TransformerEncoderBlock
NULL

#' @rdname TransformerEncoderBlock
#' @export
TransformerEncoderBlock.forward <- function(params, x, heads = 1, mask = NULL) {
  norm1 <- LayerNorm.forward(params$gamma1, params$beta1, x)
  weights <- params[.attention_params]
  attention <- do.call(MultiHeadAttention.forward, c(weights, list(x = norm1$out, heads = heads, mask = mask)))
  y <- x + attention$out
  norm2 <- LayerNorm.forward(params$gamma2, params$beta2, y)
  affine1 <- TimeAffine.forward(params$W1, params$b1, norm2$out)
  gelu <- GELU.forward(affine1$out)
  affine2 <- TimeAffine.forward(params$W2, params$b2, gelu$out)
  list(
    out = y + affine2$out, norm1 = norm1, attention = attention, norm2 = norm2, affine1 = affine1, gelu = gelu,
    affine2 = affine2
  )
}

#' @rdname TransformerEncoderBlock
#' @export
TransformerEncoderBlock.backward <- function(forward, dout) {
  affine2 <- TimeAffine.backward(forward$affine2, dout)
  affine1 <- TimeAffine.backward(forward$affine1, GELU.backward(forward$gelu, affine2$dx)$dx)
  norm2 <- LayerNorm.backward(forward$norm2, affine1$dx)
  dy <- dout + norm2$dx
  attention <- MultiHeadAttention.backward(forward$attention, dy)
  norm1 <- LayerNorm.backward(forward$norm1, attention$dx)
  grads <- stats::setNames(attention$grads, .attention_params)
  list(dx = dy + norm1$dx, grads = c(grads, list(
    gamma1 = norm1$dgamma, beta1 = norm1$dbeta, W1 = affine1$dW, b1 = affine1$db,
    gamma2 = norm2$dgamma, beta2 = norm2$dbeta, W2 = affine2$dW, b2 = affine2$db
  )))
}

.attention_params <- c("Wq", "bq", "Wk", "bk", "Wv", "bv", "Wo", "bo")
