#' @title The next character, by one block of a transformer
#'
#' @description
#' [TimeEmbedding] and [positional_encoding()], a [TransformerEncoderBlock][TransformerEncoderBlock.forward()] in which no
#' step sees what comes after it, [LayerNorm], [TimeAffine], [TimeSoftmaxWithLoss].
#'
#' @param params A list of `embed_W` (V, D), those of the block with `block_` before their names, `gamma`, `beta`,
#'   `affine_W` (D, V) and `affine_b`; D is even.
#' @param xs,ts Matrices (N, T) of ids **counted from 0** as in Python.
#' @param heads As in [MultiHeadAttention].
#' @return `TransformerLM.predict()`: the scores (N, T, V). `TransformerLM.loss()`: a number. `TransformerLM.gradient()`: a
#'   list with `loss` and `grads`, by the names of `params`.
#' @source Radford et al. (2018), Improving Language Understanding by Generative Pre-Training, 3.1, with one block and the
#'   norm first.
#' @family networks
#' @name TransformerLM
NULL

#' @rdname TransformerLM
#' @export
TransformerLM.predict <- function(params, xs, heads = 1) .transformer_lm(params, xs, heads)$affine$out

#' @rdname TransformerLM
#' @export
TransformerLM.loss <- function(params, xs, ts, heads = 1) {
  TimeSoftmaxWithLoss.forward(TransformerLM.predict(params, xs, heads), ts)$loss
}

#' @rdname TransformerLM
#' @export
TransformerLM.gradient <- function(params, xs, ts, heads = 1) {
  net <- .transformer_lm(params, xs, heads)
  last <- TimeSoftmaxWithLoss.forward(net$affine$out, ts)
  affine <- TimeAffine.backward(net$affine, TimeSoftmaxWithLoss.backward(last)$dx)
  norm <- LayerNorm.backward(net$norm, affine$dx)
  block <- TransformerEncoderBlock.backward(net$block, norm$dx)
  list(loss = last$loss, grads = c(
    list(embed_W = TimeEmbedding.backward(net$embed, block$dx)$dW),
    stats::setNames(block$grads, paste0("block_", names(block$grads))),
    list(gamma = norm$dgamma, beta = norm$dbeta, affine_W = affine$dW, affine_b = affine$db)
  ))
}

.transformer_lm <- function(params, xs, heads) {
  T <- ncol(xs)
  embed <- TimeEmbedding.forward(params$embed_W, xs)
  # The same place, a row of the encoding, for all N sequences.
  where <- positional_encoding(T, ncol(params$embed_W))[rep(seq_len(T), each = nrow(xs)), ]
  block <- TransformerEncoderBlock.forward(
    .part(params, "block_"), embed$out + as.vector(where), heads, mask = lower.tri(diag(T), diag = TRUE)
  )
  norm <- LayerNorm.forward(params$gamma, params$beta, block$out)
  list(embed = embed, block = block, norm = norm, affine = TimeAffine.forward(params$affine_W, params$affine_b, norm$out))
}
