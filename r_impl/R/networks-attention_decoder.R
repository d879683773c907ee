#' @title Scores of the next word, from all hidden states of an encoder
#'
#' @description
#' [TimeEmbedding], [TimeLSTM] from the last of `hs_enc`, [TimeAttention] over `hs_enc`, and [TimeAffine] of what attention
#' gives, beside what the LSTM gives.
#'
#' @param params A list of `embed_W` (V, D), `lstm_Wx` (D, 4H), `lstm_Wh` (H, 4H), `lstm_b`, `affine_W` (2H, V) and
#'   `affine_b`.
#' @param xs A matrix (N, T) of ids **counted from 0** as in Python.
#' @param hs_enc The hidden states of the encoder, an array (N, S, H).
#' @param forward The result of `AttentionDecoder.forward()`.
#' @param dscore The gradient that flows in, (N, T, V).
#' @param start_id The word that the first step gets, an id.
#' @param sample_size How many words to generate, the likeliest at each step.
#' @return `AttentionDecoder.forward()`: a list with `score` (N, T, V), `attention_weights` (N, T, S), and what the backward
#'   pass needs. `AttentionDecoder.backward()`: a list with `dhs_enc` and `grads`, by the names of `params`.
#'   `AttentionDecoder.generate()`: a list with `words` (N, sample_size) and `attention_weights` (N, sample_size, S).
#' @source The book, second volume, chapter 8, 8.2.2.
#' @examples
#' drawn <- function(seed, ...) np_randn(np_random_state(seed), ...)$value
#' params <- list(
#'   embed_W = drawn(1, 5, 3), lstm_Wx = drawn(2, 3, 8), lstm_Wh = drawn(3, 2, 8), lstm_b = numeric(8),
#'   affine_W = drawn(4, 4, 5), affine_b = numeric(5)
#' )
#' AttentionDecoder.generate(params, hs_enc = array(drawn(5, 6), c(1, 3, 2)), start_id = 0, sample_size = 4)$words
#' @family networks
#' @name AttentionDecoder
NULL

#' @rdname AttentionDecoder
#' @export
AttentionDecoder.forward <- function(params, xs, hs_enc) {
  .attention_decode(params, xs, hs_enc, .last_step(hs_enc), NULL)
}

#' @rdname AttentionDecoder
#' @export
AttentionDecoder.backward <- function(forward, dscore) {
  affine <- TimeAffine.backward(forward$affine, dscore)
  flows <- .parted(affine$dx, dim(affine$dx)[3] / 2, TRUE)
  attention <- TimeAttention.backward(forward$attention, flows$beside)
  lstm <- TimeLSTM.backward(forward$lstm, flows$own + attention$dhs_dec)
  dhs_enc <- attention$dhs_enc
  S <- dim(dhs_enc)[2]
  dhs_enc[, S, ] <- dhs_enc[, S, ] + lstm$dh
  list(dhs_enc = dhs_enc, grads = list(
    embed_W = TimeEmbedding.backward(forward$embed, lstm$dxs)$dW, lstm_Wx = lstm$dWx, lstm_Wh = lstm$dWh,
    lstm_b = lstm$db, affine_W = affine$dW, affine_b = affine$db
  ))
}

#' @rdname AttentionDecoder
#' @export
AttentionDecoder.generate <- function(params, hs_enc, start_id, sample_size) {
  N <- dim(hs_enc)[1]
  run <- .generate(N, start_id, sample_size, list(h = .last_step(hs_enc), c = NULL), function(word, state) {
    .attention_decode(params, word, hs_enc, state$h, state$c)
  })
  weights <- lapply(run$steps, function(step) matrix(step$attention_weights, N))
  list(words = run$words, attention_weights = .side_by_side(weights))
}

.last_step <- function(hs) matrix(hs[, dim(hs)[2], ], dim(hs)[1])

.attention_decode <- function(params, xs, hs_enc, state, memory) {
  embed <- TimeEmbedding.forward(params$embed_W, xs)
  lstm <- TimeLSTM.forward(params$lstm_Wx, params$lstm_Wh, params$lstm_b, embed$out, state, memory, stateful = TRUE)
  attention <- TimeAttention.forward(hs_enc, lstm$hs)
  affine <- TimeAffine.forward(params$affine_W, params$affine_b, .beside(attention$out, lstm$hs))
  list(
    score = affine$out, attention_weights = attention$attention_weights,
    embed = embed, lstm = lstm, attention = attention, affine = affine
  )
}
