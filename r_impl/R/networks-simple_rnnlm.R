#' @title The next word, by a recurrent layer
#'
#' @description
#' [Rnnlm][Rnnlm.loss()] with a [TimeRNN] in place of the LSTM.
#'
#' @param params A list of `embed_W` (V, D), `rnn_Wx` (D, H), `rnn_Wh` (H, H), `rnn_b`, `affine_W` (H, V) and `affine_b`.
#' @param xs,ts Matrices (N, T) of ids **counted from 0** as in Python: the words, and the ones that follow them.
#' @param h The state that an earlier stretch left, a matrix (N, H), or `NULL`.
#' @param stateful Whether it is taken up.
#' @return `SimpleRnnlm.loss()`: a list with `loss` and `h`. `SimpleRnnlm.gradient()`: these and `grads`.
#' @source The book, second volume, chapter 5, 5.5.
#' @examples
#' drawn <- function(seed, ...) np_randn(np_random_state(seed), ...)$value
#' params <- list(
#'   embed_W = drawn(1, 5, 3), rnn_Wx = drawn(2, 3, 2), rnn_Wh = drawn(3, 2, 2), rnn_b = numeric(2),
#'   affine_W = drawn(4, 2, 5), affine_b = numeric(5)
#' )
#' SimpleRnnlm.loss(params, matrix(c(0, 1, 2), 1), matrix(c(1, 2, 3), 1))$loss
#' @family networks
#' @name SimpleRnnlm
NULL

#' @rdname SimpleRnnlm
#' @export
SimpleRnnlm.loss <- function(params, xs, ts, h = NULL, stateful = TRUE) {
  net <- .simple_rnnlm(params, xs, h, stateful)
  list(loss = TimeSoftmaxWithLoss.forward(net$affine$out, ts)$loss, h = net$rnn$h)
}

#' @rdname SimpleRnnlm
#' @export
SimpleRnnlm.gradient <- function(params, xs, ts, h = NULL, stateful = TRUE) {
  net <- .simple_rnnlm(params, xs, h, stateful)
  last <- TimeSoftmaxWithLoss.forward(net$affine$out, ts)
  affine <- TimeAffine.backward(net$affine, TimeSoftmaxWithLoss.backward(last)$dx)
  rnn <- TimeRNN.backward(net$rnn, affine$dx)
  grads <- list(
    embed_W = TimeEmbedding.backward(net$embed, rnn$dxs)$dW, rnn_Wx = rnn$dWx, rnn_Wh = rnn$dWh, rnn_b = rnn$db,
    affine_W = affine$dW, affine_b = affine$db
  )
  list(loss = last$loss, grads = grads, h = net$rnn$h)
}

.simple_rnnlm <- function(params, xs, h, stateful) {
  embed <- TimeEmbedding.forward(params$embed_W, xs)
  rnn <- TimeRNN.forward(params$rnn_Wx, params$rnn_Wh, params$rnn_b, embed$out, h, stateful)
  list(embed = embed, rnn = rnn, affine = TimeAffine.forward(params$affine_W, params$affine_b, rnn$hs))
}
