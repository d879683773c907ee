#' @title Scores of the next word, from the state of an encoder
#'
#' @description
#' [TimeEmbedding], [TimeLSTM] from the state `h`, [TimeAffine]. With `peeky`, `h` stands beside the input of the LSTM and
#' of the Affine layer at every step, before it.
#'
#' @param params A list of `embed_W` (V, D), `lstm_Wx` (D, 4H), `lstm_Wh` (H, 4H), `lstm_b`, `affine_W` (H, V) and
#'   `affine_b`; with `peeky` `lstm_Wx` is (H + D, 4H) and `affine_W` (2H, V).
#' @param xs A matrix (N, T) of ids **counted from 0** as in Python.
#' @param h The state of the encoder, a matrix (N, H).
#' @param peeky Whether every step sees `h`.
#' @param forward The result of `Decoder.forward()`.
#' @param dscore The gradient that flows in, (N, T, V).
#' @param start_id The word that the first step gets, an id.
#' @param sample_size How many words to generate, the likeliest at each step.
#' @return `Decoder.forward()`: a list with `score` (N, T, V), and what the backward pass needs.
#'   `Decoder.backward()`: a list with `dh` and `grads`, by the names of `params`.
#'   `Decoder.generate()`: a matrix (N, sample_size) of ids.
#' @source The book, second volume, chapter 7, 7.3.2 and 7.4.2.
#' @examples
#' drawn <- function(seed, ...) np_randn(np_random_state(seed), ...)$value
#' params <- list(
#'   embed_W = drawn(1, 5, 3), lstm_Wx = drawn(2, 3, 8), lstm_Wh = drawn(3, 2, 8), lstm_b = numeric(8),
#'   affine_W = drawn(4, 2, 5), affine_b = numeric(5)
#' )
#' Decoder.generate(params, h = matrix(c(1, -1), 1), start_id = 0, sample_size = 4)
#' @family networks
#' @name Decoder
NULL

#' @rdname Decoder
#' @export
Decoder.forward <- function(params, xs, h, peeky = FALSE) .decode(params, xs, h, h, NULL, peeky)

#' @rdname Decoder
#' @export
Decoder.backward <- function(forward, dscore) {
  H <- ncol(forward$h)
  affine <- TimeAffine.backward(forward$affine, dscore)
  out <- .parted(affine$dx, H, forward$peeky)
  lstm <- TimeLSTM.backward(forward$lstm, out$own)
  into <- .parted(lstm$dxs, H, forward$peeky)
  dh <- lstm$dh
  if (forward$peeky) dh <- dh + .over_steps(out$beside + into$beside)
  list(dh = dh, grads = list(
    embed_W = TimeEmbedding.backward(forward$embed, into$own)$dW, lstm_Wx = lstm$dWx, lstm_Wh = lstm$dWh,
    lstm_b = lstm$db, affine_W = affine$dW, affine_b = affine$db
  ))
}

#' @rdname Decoder
#' @export
Decoder.generate <- function(params, h, start_id, sample_size, peeky = FALSE) {
  .generate(nrow(h), start_id, sample_size, list(h = h, c = NULL), function(word, state) {
    .decode(params, word, h, state$h, state$c, peeky)
  })$words
}

.decode <- function(params, xs, h, state, memory, peeky) {
  T <- ncol(xs)
  embed <- TimeEmbedding.forward(params$embed_W, xs)
  into <- if (peeky) .beside(.for_each_step(h, T), embed$out) else embed$out
  lstm <- TimeLSTM.forward(params$lstm_Wx, params$lstm_Wh, params$lstm_b, into, state, memory, stateful = TRUE)
  out <- if (peeky) .beside(.for_each_step(h, T), lstm$hs) else lstm$hs
  affine <- TimeAffine.forward(params$affine_W, params$affine_b, out)
  list(score = affine$out, h = h, peeky = peeky, embed = embed, lstm = lstm, affine = affine)
}

# Two sequences (N, T, .) side by side, and the first H columns of one apart from the others.
.beside <- function(one, other) {
  .as_sequence(cbind(.rows_of_steps(one), .rows_of_steps(other)), dim(one)[1], dim(one)[2])
}

.parted <- function(d, H, peeky) {
  if (!peeky) {
    return(list(own = d))
  }
  list(beside = d[, , seq_len(H), drop = FALSE], own = d[, , -seq_len(H), drop = FALSE])
}

# The likeliest word at each step, N of them at once. `step` gives the `score` and the `lstm` for a word and a state.
.generate <- function(N, start_id, sample_size, state, step) {
  words <- matrix(0L, N, sample_size)
  steps <- vector("list", sample_size)
  word <- matrix(start_id, N, 1)
  for (k in seq_len(sample_size)) {
    steps[[k]] <- step(word, state)
    state <- steps[[k]]$lstm[c("h", "c")]
    word <- matrix(max.col(matrix(steps[[k]]$score, N), ties.method = "first") - 1L)
    words[, k] <- word
  }
  list(words = words, steps = steps)
}
