#' @title The next word, by two LSTM layers with dropout and one matrix for both ends
#'
#' @description
#' [Rnnlm][Rnnlm.loss()] with two [TimeLSTM] layers and [TimeDropout] before, between and behind them. The Affine layer's W
#' is `embed_W` transposed, so that `embed_W` gets the sum of two gradients. Each pass begins with a state of zeros unless
#' one is given.
#'
#' @param params A list of `embed_W` (V, D), `lstm_Wx1`, `lstm_Wh1`, `lstm_b1`, `lstm_Wx2`, `lstm_Wh2`, `lstm_b2` with
#'   H = D, and `affine_b`.
#' @param xs,ts Matrices (N, T) of ids **counted from 0** as in Python: the words, and the ones that follow them.
#' @param dropout_ratio The share that is dropped.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are the masks'.
#' @param train_flg Whether anything is dropped.
#' @param states What an earlier stretch left: a list of a list with `h` and `c` for each LSTM; `NULL` for zeros.
#' @return `BetterRnnlm.loss()`: a list with `loss`, `rng` and `states`. `BetterRnnlm.gradient()`: these and `grads`.
#' @source The book, second volume, chapter 6, 6.5.
#' @examples
#' drawn <- function(seed, ...) np_randn(np_random_state(seed), ...)$value
#' params <- list(
#'   embed_W = drawn(1, 5, 3), lstm_Wx1 = drawn(2, 3, 12), lstm_Wh1 = drawn(3, 3, 12), lstm_b1 = numeric(12),
#'   lstm_Wx2 = drawn(4, 3, 12), lstm_Wh2 = drawn(5, 3, 12), lstm_b2 = numeric(12), affine_b = numeric(5)
#' )
#' BetterRnnlm.loss(params, matrix(c(0, 1, 2), 1), matrix(c(1, 2, 3), 1), dropout_ratio = 0.5, rng = 1)$loss
#' @family networks
#' @name BetterRnnlm
NULL

#' @rdname BetterRnnlm
#' @export
BetterRnnlm.loss <- function(params, xs, ts, dropout_ratio = 0.5, rng = 0, train_flg = TRUE, states = NULL) {
  net <- .better_rnnlm(params, xs, dropout_ratio, rng, train_flg, states)
  list(loss = TimeSoftmaxWithLoss.forward(net$affine$out, ts)$loss, rng = net$rng, states = net$states)
}

#' @rdname BetterRnnlm
#' @export
BetterRnnlm.gradient <- function(params, xs, ts, dropout_ratio = 0.5, rng = 0, train_flg = TRUE, states = NULL) {
  net <- .better_rnnlm(params, xs, dropout_ratio, rng, train_flg, states)
  last <- TimeSoftmaxWithLoss.forward(net$affine$out, ts)
  affine <- TimeAffine.backward(net$affine, TimeSoftmaxWithLoss.backward(last)$dx)
  second <- TimeLSTM.backward(net$lstm2, TimeDropout.backward(net$dropout3, affine$dx)$dxs)
  first <- TimeLSTM.backward(net$lstm1, TimeDropout.backward(net$dropout2, second$dxs)$dxs)
  embed <- TimeEmbedding.backward(net$embed, TimeDropout.backward(net$dropout1, first$dxs)$dxs)
  grads <- list(
    embed_W = embed$dW + t(affine$dW), affine_b = affine$db,
    lstm_Wx1 = first$dWx, lstm_Wh1 = first$dWh, lstm_b1 = first$db,
    lstm_Wx2 = second$dWx, lstm_Wh2 = second$dWh, lstm_b2 = second$db
  )
  list(loss = last$loss, grads = grads, rng = net$rng, states = net$states)
}

.better_rnnlm <- function(params, xs, dropout_ratio, rng, train_flg, states) {
  kept <- !is.null(states)
  state <- function(k) if (kept) states[[k]]
  embed <- TimeEmbedding.forward(params$embed_W, xs)
  dropout1 <- TimeDropout.forward(embed$out, dropout_ratio, train_flg, rng = rng)
  lstm1 <- TimeLSTM.forward(
    params$lstm_Wx1, params$lstm_Wh1, params$lstm_b1, dropout1$out, state(1)$h, state(1)$c, kept
  )
  dropout2 <- TimeDropout.forward(lstm1$hs, dropout_ratio, train_flg, rng = dropout1$rng)
  lstm2 <- TimeLSTM.forward(
    params$lstm_Wx2, params$lstm_Wh2, params$lstm_b2, dropout2$out, state(2)$h, state(2)$c, kept
  )
  dropout3 <- TimeDropout.forward(lstm2$hs, dropout_ratio, train_flg, rng = dropout2$rng)
  list(
    embed = embed, dropout1 = dropout1, lstm1 = lstm1, dropout2 = dropout2, lstm2 = lstm2, dropout3 = dropout3,
    affine = TimeAffine.forward(t(params$embed_W), params$affine_b, dropout3$out), rng = dropout3$rng,
    states = list(lstm1[c("h", "c")], lstm2[c("h", "c")])
  )
}
