#' @title A sequence out of a sequence
#'
#' @description
#' [Encoder][Encoder.forward()], [Decoder][Decoder.forward()], [TimeSoftmaxWithLoss]. The decoder gets `ts` without its last
#' word, and has to give `ts` without its first. With `attention` it is an
#' [AttentionDecoder][AttentionDecoder.forward()], which sees all hidden states of the encoder.
#'
#' @param vocab_size,wordvec_size,hidden_size How many words there are, and how long a word's vector and a hidden state are.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken: those of the encoder, then those of the
#'   decoder.
#' @param params A list of the encoder's and the decoder's parameters, with `en_` and `de_` before their names.
#' @param xs,ts Matrices (N, S) and (N, T) of ids **counted from 0** as in Python.
#' @param peeky Whether every step of the decoder sees the encoder's last state.
#' @param attention Whether it sees all of them.
#' @param start_id The word that the first step gets, an id.
#' @param sample_size How many words to generate, the likeliest at each step.
#' @return `Seq2seq.init()`: a list with `params`, normal weights (`embed_W` / 100, the others over the root of their rows)
#'   and biases of zeros, and `state`, the stream after the draws. `Seq2seq.loss()`: a number. `Seq2seq.gradient()`: a list with `loss` and `grads`, by the names of `params`.
#'   `Seq2seq.generate()`: a matrix (N, sample_size) of ids. `Seq2seq.accuracy()`: the share of sequences of which every
#'   word is right.
#' @source The book, second volume, chapter 7, 7.3.3, 7.4.2 and chapter 8, 8.2.3.
#' @examples
#' params <- Seq2seq.init(5, wordvec_size = 3, hidden_size = 2, rng = 42)$params
#' Seq2seq.loss(params, xs = matrix(c(0, 1, 2), 1), ts = matrix(c(4, 3, 1), 1))
#' Seq2seq.generate(params, xs = matrix(c(0, 1, 2), 1), start_id = 4, sample_size = 3)
#' @family networks
#' @name Seq2seq
NULL

#' @rdname Seq2seq
#' @export
Seq2seq.init <- function(vocab_size, wordvec_size, hidden_size, peeky = FALSE, attention = FALSE, rng = 0) {
  H <- hidden_size
  wide <- if (peeky) wordvec_size + H else wordvec_size
  out <- if (peeky || attention) 2 * H else H
  en <- .seq2seq_weights(if (is.list(rng)) rng else np_random_state(rng), "en_", vocab_size, wordvec_size, H, wordvec_size)
  de <- .seq2seq_weights(en$state, "de_", vocab_size, wordvec_size, H, wide)
  affine_W <- np_randn(de$state, out, vocab_size)
  affine <- list(de_affine_W = affine_W$value / sqrt(out), de_affine_b = numeric(vocab_size))
  list(params = c(en$params, de$params, affine), state = affine_W$state)
}

.seq2seq_weights <- function(state, prefix, V, D, H, wide) {
  embed_W <- np_randn(state, V, D)
  Wx <- np_randn(embed_W$state, wide, 4 * H)
  Wh <- np_randn(Wx$state, H, 4 * H)
  params <- list(
    embed_W = embed_W$value / 100, lstm_Wx = Wx$value / sqrt(wide), lstm_Wh = Wh$value / sqrt(H), lstm_b = numeric(4 * H)
  )
  list(params = stats::setNames(params, paste0(prefix, names(params))), state = Wh$state)
}

#' @rdname Seq2seq
#' @export
Seq2seq.loss <- function(params, xs, ts, peeky = FALSE, attention = FALSE) {
  .seq2seq(params, xs, ts, peeky, attention)$last$loss
}

#' @rdname Seq2seq
#' @export
Seq2seq.gradient <- function(params, xs, ts, peeky = FALSE, attention = FALSE) {
  net <- .seq2seq(params, xs, ts, peeky, attention)
  dscore <- TimeSoftmaxWithLoss.backward(net$last)$dx
  if (attention) {
    de <- AttentionDecoder.backward(net$decoder, dscore)
    en <- .encoder_back(net$encoder, de$dhs_enc)
  } else {
    de <- Decoder.backward(net$decoder, dscore)
    en <- Encoder.backward(net$encoder, de$dh)
  }
  named <- function(grads, prefix) stats::setNames(grads, paste0(prefix, names(grads)))
  list(loss = net$last$loss, grads = c(named(en, "en_"), named(de$grads, "de_")))
}

#' @rdname Seq2seq
#' @export
Seq2seq.generate <- function(params, xs, start_id, sample_size, peeky = FALSE, attention = FALSE) {
  encoder <- Encoder.forward(.part(params, "en_"), xs)
  decoder <- .part(params, "de_")
  if (attention) {
    return(AttentionDecoder.generate(decoder, encoder$hs, start_id, sample_size)$words)
  }
  Decoder.generate(decoder, encoder$h, start_id, sample_size, peeky)
}

#' @rdname Seq2seq
#' @export
Seq2seq.accuracy <- function(params, xs, ts, peeky = FALSE, attention = FALSE) {
  words <- Seq2seq.generate(params, xs, ts[1, 1], ncol(ts) - 1, peeky, attention)
  mean(rowSums(words != ts[, -1, drop = FALSE]) == 0)
}

.seq2seq <- function(params, xs, ts, peeky, attention) {
  encoder <- Encoder.forward(.part(params, "en_"), xs)
  given <- ts[, -ncol(ts), drop = FALSE]
  decoder <- if (attention) {
    AttentionDecoder.forward(.part(params, "de_"), given, encoder$hs)
  } else {
    Decoder.forward(.part(params, "de_"), given, encoder$h, peeky)
  }
  list(encoder = encoder, decoder = decoder, last = TimeSoftmaxWithLoss.forward(decoder$score, ts[, -1, drop = FALSE]))
}

.part <- function(params, prefix) {
  own <- params[startsWith(names(params), prefix)]
  stats::setNames(own, substring(names(own), nchar(prefix) + 1))
}
