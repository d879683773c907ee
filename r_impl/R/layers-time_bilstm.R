#' @title An LSTM in both directions
#'
#' @description
#' A [TimeLSTM] from the first step to the last, another one from the last to the first, side by side: the second half of
#' `hs` is what the other one gives for the sequence turned round, turned back.
#'
#' @param Wx1,Wh1,b1,Wx2,Wh2,b2 The parameters of the two: (D, 4H), (H, 4H) and 4H numbers each.
#' @param xs The input, an array (N, T, D).
#' @param forward The result of `TimeBiLSTM.forward()`.
#' @param dhs The gradient that flows in, (N, T, 2H).
#' @return `TimeBiLSTM.forward()`: a list with `hs` (N, T, 2H), and what the backward pass needs.
#'   `TimeBiLSTM.backward()`: a list with `dxs` and `grads`, the gradients of the six parameters in their order.
#' @source The book, second volume, chapter 8, 8.3.1.
#' @examples
#' Wx <- matrix(0.1, 3, 8)
#' Wh <- matrix(0.2, 2, 8)
#' forward <- TimeBiLSTM.forward(Wx, Wh, numeric(8), Wx, Wh, numeric(8), array(1:12 / 10, c(1, 4, 3)))
#' forward$hs[1, , ]
#' @family layers over time
#' @name TimeBiLSTM
#' @rdname layers-time_bilstm
NULL

#' @rdname layers-time_bilstm
#' @export
TimeBiLSTM.forward <- function(Wx1, Wh1, b1, Wx2, Wh2, b2, xs) {
  forwards <- TimeLSTM.forward(Wx1, Wh1, b1, xs)
  backwards <- TimeLSTM.forward(Wx2, Wh2, b2, .turned_round(xs))
  hs <- cbind(.rows_of_steps(forwards$hs), .rows_of_steps(.turned_round(backwards$hs)))
  list(hs = .as_sequence(hs, dim(xs)[1], dim(xs)[2]), forwards = forwards, backwards = backwards)
}

#' @rdname layers-time_bilstm
#' @export
TimeBiLSTM.backward <- function(forward, dhs) {
  .check_shape("dhs", dhs, dim(forward$hs))
  H <- dim(dhs)[3] / 2
  one <- TimeLSTM.backward(forward$forwards, dhs[, , seq_len(H), drop = FALSE])
  other <- TimeLSTM.backward(forward$backwards, .turned_round(dhs[, , H + seq_len(H), drop = FALSE]))
  parameters <- c("dWx", "dWh", "db")
  list(dxs = one$dxs + .turned_round(other$dxs), grads = unname(c(one[parameters], other[parameters])))
}

.turned_round <- function(xs) xs[, rev(seq_len(dim(xs)[2])), , drop = FALSE]
