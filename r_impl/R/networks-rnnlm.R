#' @title The next word, by an LSTM
#'
#' @description
#' [TimeEmbedding], [TimeLSTM], [TimeAffine], [TimeSoftmaxWithLoss]. `exp()` of the loss is the perplexity. NumPy's network
#' keeps the state; here it goes in and comes out.
#'
#' @param params A list of `embed_W` (V, D), `lstm_Wx` (D, 4H), `lstm_Wh` (H, 4H), `lstm_b`, `affine_W` (H, V) and
#'   `affine_b`.
#' @param xs,ts Matrices (N, T) of ids **counted from 0** as in Python: the words, and the ones that follow them.
#' @param h,c The state that an earlier stretch left, matrices (N, H), or `NULL`.
#' @param stateful Whether it is taken up.
#' @param start_id The first word, an id.
#' @param sample_size How many words to generate, the first one counted.
#' @param rng A seed of NumPy's stream.
#' @return `Rnnlm.predict()`: a list with `scores` (N, T, V), `h` and `c`. `Rnnlm.loss()`: a list with `loss`, `h` and `c`.
#'   `Rnnlm.gradient()`: these and `grads`. `Rnnlm.generate()`: the ids.
#' @source The book, second volume, chapter 6, 6.4; `Rnnlm.generate()` from chapter 7, 7.1.2.
#' @examples
#' drawn <- function(seed, ...) np_randn(np_random_state(seed), ...)$value
#' params <- list(
#'   embed_W = drawn(1, 5, 3), lstm_Wx = drawn(2, 3, 8), lstm_Wh = drawn(3, 2, 8), lstm_b = numeric(8),
#'   affine_W = drawn(4, 2, 5), affine_b = numeric(5)
#' )
#' Rnnlm.loss(params, matrix(c(0, 1, 2), 1), matrix(c(1, 2, 3), 1))$loss
#' Rnnlm.generate(params, start_id = 0, sample_size = 6, rng = 1)
#' @family networks
#' @name Rnnlm
NULL

#' @rdname Rnnlm
#' @export
Rnnlm.predict <- function(params, xs, h = NULL, c = NULL, stateful = TRUE) {
  net <- .rnnlm(params, xs, h, c, stateful)
  list(scores = net$affine$out, h = net$lstm$h, c = net$lstm$c)
}

#' @rdname Rnnlm
#' @export
Rnnlm.loss <- function(params, xs, ts, h = NULL, c = NULL, stateful = TRUE) {
  net <- .rnnlm(params, xs, h, c, stateful)
  list(loss = TimeSoftmaxWithLoss.forward(net$affine$out, ts)$loss, h = net$lstm$h, c = net$lstm$c)
}

#' @rdname Rnnlm
#' @export
Rnnlm.gradient <- function(params, xs, ts, h = NULL, c = NULL, stateful = TRUE) {
  net <- .rnnlm(params, xs, h, c, stateful)
  last <- TimeSoftmaxWithLoss.forward(net$affine$out, ts)
  affine <- TimeAffine.backward(net$affine, TimeSoftmaxWithLoss.backward(last)$dx)
  lstm <- TimeLSTM.backward(net$lstm, affine$dx)
  grads <- list(
    embed_W = TimeEmbedding.backward(net$embed, lstm$dxs)$dW, lstm_Wx = lstm$dWx, lstm_Wh = lstm$dWh, lstm_b = lstm$db,
    affine_W = affine$dW, affine_b = affine$db
  )
  list(loss = last$loss, grads = grads, h = net$lstm$h, c = net$lstm$c)
}

#' @rdname Rnnlm
#' @export
Rnnlm.generate <- function(params, start_id, sample_size, rng = 0) {
  stream <- np_random_state(rng)
  words <- integer(sample_size)
  words[1] <- as.integer(start_id)
  last <- list(h = NULL, c = NULL)
  for (k in seq_len(sample_size - 1)) {
    last <- Rnnlm.predict(params, matrix(words[k], 1, 1), last$h, last$c)
    drawn <- np_choice(stream, dim(last$scores)[3], p = softmax(as.vector(last$scores)))
    stream <- drawn$state
    words[k + 1] <- as.integer(drawn$value)
  }
  words
}

.rnnlm <- function(params, xs, h, c, stateful) {
  embed <- TimeEmbedding.forward(params$embed_W, xs)
  lstm <- TimeLSTM.forward(params$lstm_Wx, params$lstm_Wh, params$lstm_b, embed$out, h, c, stateful)
  affine <- TimeAffine.forward(params$affine_W, params$affine_b, lstm$hs)
  list(embed = embed, lstm = lstm, affine = affine)
}
