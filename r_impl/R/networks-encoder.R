#' @title A sequence as the last hidden state
#'
#' @description
#' [TimeEmbedding], [TimeLSTM], and h of the last step.
#'
#' @param params A list of `embed_W` (V, D), `lstm_Wx` (D, 4H), `lstm_Wh` (H, 4H) and `lstm_b`.
#' @param xs A matrix (N, T) of ids **counted from 0** as in Python.
#' @param forward The result of `Encoder.forward()`.
#' @param dh The gradient that flows in, (N, H).
#' @return `Encoder.forward()`: a list with `h` (N, H), `hs` (N, T, H), and what the backward pass needs.
#'   `Encoder.backward()`: the gradients, by the names of `params`.
#' @source The book, second volume, chapter 7, 7.3.1.
#' @examples
#' drawn <- function(seed, ...) np_randn(np_random_state(seed), ...)$value
#' params <- list(embed_W = drawn(1, 5, 3), lstm_Wx = drawn(2, 3, 8), lstm_Wh = drawn(3, 2, 8), lstm_b = numeric(8))
#' Encoder.forward(params, matrix(c(0, 4, 2), 1))$h
#' @family networks
#' @name Encoder
NULL

#' @rdname Encoder
#' @export
Encoder.forward <- function(params, xs) {
  embed <- TimeEmbedding.forward(params$embed_W, xs)
  lstm <- TimeLSTM.forward(params$lstm_Wx, params$lstm_Wh, params$lstm_b, embed$out)
  list(h = lstm$h, hs = lstm$hs, embed = embed, lstm = lstm)
}

#' @rdname Encoder
#' @export
Encoder.backward <- function(forward, dh) {
  .check_shape("dh", dh, dim(forward$h))
  dhs <- array(0, dim(forward$hs))
  dhs[, dim(dhs)[2], ] <- dh
  .encoder_back(forward, dhs)
}

# The gradients where all hidden states were used, not the last one alone.
.encoder_back <- function(forward, dhs) {
  lstm <- TimeLSTM.backward(forward$lstm, dhs)
  embed <- TimeEmbedding.backward(forward$embed, lstm$dxs)
  list(embed_W = embed$dW, lstm_Wx = lstm$dWx, lstm_Wh = lstm$dWh, lstm_b = lstm$db)
}
