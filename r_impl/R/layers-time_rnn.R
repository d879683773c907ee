#' @title A recurrent layer over time
#'
#' @description
#' The [RNN] step for each of T steps, with the same parameters:
#' \deqn{hs_t = \tanh(hs_{t-1} W_h + xs_t W_x + b)}{hs[t] = tanh(hs[t-1] Wh + xs[t] Wx + b)}
#' from `h`, the state that an earlier stretch of the sequence left, if `stateful`; from zeros otherwise. The gradients of
#' the parameters are added up over the steps, and end at the first one.
#'
#' NumPy's layer keeps its state; here it goes in and comes out. What does not depend on the state, `xs` times `Wx`, is
#' one product for all steps.
#'
#' @param Wx,Wh,b The parameters: (D, H), (H, H) and H numbers.
#' @param xs The input, an array (N, T, D).
#' @param h The hidden state, a matrix (N, H), or `NULL`.
#' @param stateful Whether `h` is taken up.
#' @param forward The result of `TimeRNN.forward()`.
#' @param dhs The gradient that flows in, (N, T, H).
#' @return `TimeRNN.forward()`: a list with `hs` (N, T, H) and `h`, the last of them, and what the backward pass needs.
#'   `TimeRNN.backward()`: a list with `dxs`, `dWx`, `dWh`, `db`, and `dh`, the gradient of the state at the beginning.
#' @source The book, second volume, chapter 5, 5.3.2.
#' @examples
#' xs <- array(1:12 / 10, c(1, 4, 3))
#' forward <- TimeRNN.forward(matrix(0.1, 3, 2), diag(2), c(0, 0), xs)
#' forward$hs[1, , ]
#' TimeRNN.forward(matrix(0.1, 3, 2), diag(2), c(0, 0), xs, h = forward$h, stateful = TRUE)$hs[1, , ]
#' TimeRNN.backward(forward, array(1, c(1, 4, 2)))$dxs[1, , ]
#' @family layers over time
#' @name TimeRNN
#' @rdname layers-time_rnn
NULL

#' @rdname layers-time_rnn
#' @export
TimeRNN.forward <- function(Wx, Wh, b, xs, h = NULL, stateful = FALSE) {
  .check_recurrent(Wx, Wh, b, 1)
  .check_sequence("xs", xs, nrow(Wx))
  N <- dim(xs)[1]
  T <- dim(xs)[2]
  X <- .rows_of_steps(xs)
  A <- .along_rows(X %*% Wx, b, `+`)
  before <- hs <- matrix(0, N * T, nrow(Wh))
  h <- .first_state(h, stateful, N, nrow(Wh))
  for (t in seq_len(T)) {
    rows <- .step(t, N)
    before[rows, ] <- h
    h <- tanh(A[rows, , drop = FALSE] + h %*% Wh)
    hs[rows, ] <- h
  }
  list(hs = .as_sequence(hs, N, T), h = h, X = X, before = before, Wx = Wx, Wh = Wh)
}

#' @rdname layers-time_rnn
#' @export
TimeRNN.backward <- function(forward, dhs) {
  .check_shape("dhs", dhs, dim(forward$hs))
  N <- dim(dhs)[1]
  T <- dim(dhs)[2]
  dt <- .rows_of_steps(dhs)
  slope <- 1 - .rows_of_steps(forward$hs)^2
  dh <- 0
  for (t in rev(seq_len(T))) {
    rows <- .step(t, N)
    dt[rows, ] <- (dt[rows, , drop = FALSE] + dh) * slope[rows, , drop = FALSE]
    dh <- tcrossprod(dt[rows, , drop = FALSE], forward$Wh)
  }
  list(
    dxs = .as_sequence(tcrossprod(dt, forward$Wx), N, T),
    dWx = crossprod(forward$X, dt), dWh = crossprod(forward$before, dt), db = colSums(dt), dh = dh
  )
}
