#' @title Attention for each step of a decoder
#'
#' @description
#' [Attention] over all steps of an encoder, for each step of a decoder.
#'
#' @param hs_enc The steps of the encoder, an array (N, S, H).
#' @param hs_dec The steps of the decoder, an array (N, T, H).
#' @param forward The result of `TimeAttention.forward()`.
#' @param dout The gradient that flows in, (N, T, H).
#' @return `TimeAttention.forward()`: a list with `out` (N, T, H), `attention_weights` (N, T, S), whose rows sum to 1, and
#'   what the backward pass needs. `TimeAttention.backward()`: a list with `dhs_enc` and `dhs_dec`.
#' @source The book, second volume, chapter 8, 8.1.5.
#' @examples
#' TimeAttention.forward(array(1:12 / 10, c(2, 3, 2)), array(1:8 / 4, c(2, 2, 2)))$attention_weights[1, , ]
#' @family layers over time
#' @name TimeAttention
#' @rdname layers-time_attention
NULL

#' @rdname layers-time_attention
#' @export
TimeAttention.forward <- function(hs_enc, hs_dec) {
  .check_sequence("hs_dec", hs_dec, dim(hs_enc)[3])
  N <- dim(hs_enc)[1]
  steps <- seq_len(dim(hs_dec)[2])
  layers <- lapply(steps, function(t) Attention.forward(hs_enc, matrix(hs_dec[, t, ], N)))
  list(
    out = .side_by_side(lapply(layers, `[[`, "out")),
    attention_weights = .side_by_side(lapply(layers, `[[`, "attention_weight")), layers = layers
  )
}

#' @rdname layers-time_attention
#' @export
TimeAttention.backward <- function(forward, dout) {
  .check_shape("dout", dout, dim(forward$out))
  back <- lapply(seq_along(forward$layers), function(t) {
    Attention.backward(forward$layers[[t]], matrix(dout[, t, ], dim(dout)[1]))
  })
  list(dhs_enc = Reduce(`+`, lapply(back, `[[`, "dhs")), dhs_dec = .side_by_side(lapply(back, `[[`, "dh")))
}

# T matrices (N, H) as the steps of a sequence (N, T, H): their rows below each other are the rows of the steps.
.side_by_side <- function(steps) .as_sequence(do.call(rbind, steps), nrow(steps[[1]]), length(steps))
