#' @title An LSTM over time
#'
#' @description
#' The [LSTM] step for each of T steps, with the same parameters, from `h` and `c`, which an earlier stretch of the
#' sequence left, if `stateful`; from zeros otherwise. The gradients of the parameters are added up over the steps, and end
#' at the first one.
#'
#' NumPy's layer keeps its state; here it goes in and comes out. What does not depend on the state, `xs` times `Wx`, is
#' one product for all steps, and so is each gradient of a parameter.
#'
#' @param Wx,Wh,b The parameters: (D, 4H), (H, 4H) and 4H numbers.
#' @param xs The input, an array (N, T, D).
#' @param h,c The hidden state and the memory, matrices (N, H), or `NULL`.
#' @param stateful Whether they are taken up.
#' @param forward The result of `TimeLSTM.forward()`.
#' @param dhs The gradient that flows in, (N, T, H).
#' @return `TimeLSTM.forward()`: a list with `hs` (N, T, H), `h` and `c` of the last step, and what the backward pass needs.
#'   `TimeLSTM.backward()`: a list with `dxs`, `dWx`, `dWh`, `db`, and `dh`, the gradient of the state at the beginning.
#' @source The book, second volume, chapter 6, 6.3.1.
#' @examples
#' xs <- array(1:12 / 10, c(1, 4, 3))
#' forward <- TimeLSTM.forward(matrix(0.1, 3, 8), matrix(0.2, 2, 8), numeric(8), xs)
#' forward$hs[1, , ]
#' TimeLSTM.backward(forward, array(1, c(1, 4, 2)))$db
#' @family layers over time
#' @name TimeLSTM
#' @rdname layers-time_lstm
NULL

#' @rdname layers-time_lstm
#' @export
TimeLSTM.forward <- function(Wx, Wh, b, xs, h = NULL, c = NULL, stateful = FALSE) {
  .check_recurrent(Wx, Wh, b, 4)
  .check_sequence("xs", xs, nrow(Wx))
  N <- dim(xs)[1]
  T <- dim(xs)[2]
  H <- nrow(Wh)
  X <- .rows_of_steps(xs)
  A <- .along_rows(X %*% Wx, b, `+`)
  hs <- before <- matrix(0, N * T, H)
  h <- .first_state(h, stateful, N, H)
  c <- .first_state(c, stateful, N, H)
  steps <- memories <- vector("list", T)
  for (t in seq_len(T)) {
    rows <- .step(t, N)
    before[rows, ] <- h
    memories[[t]] <- c
    steps[[t]] <- .lstm_step(A[rows, , drop = FALSE] + h %*% Wh, c)
    h <- steps[[t]]$h_next
    c <- steps[[t]]$c_next
    hs[rows, ] <- h
  }
  list(
    hs = .as_sequence(hs, N, T), h = h, c = c,
    X = X, before = before, memories = memories, steps = steps, Wx = Wx, Wh = Wh
  )
}

#' @rdname layers-time_lstm
#' @export
TimeLSTM.backward <- function(forward, dhs) {
  .check_shape("dhs", dhs, dim(forward$hs))
  N <- dim(dhs)[1]
  T <- dim(dhs)[2]
  flows <- .rows_of_steps(dhs)
  dA <- matrix(0, N * T, ncol(forward$Wx))
  dh <- dc <- 0
  for (t in rev(seq_len(T))) {
    rows <- .step(t, N)
    back <- .lstm_step_back(forward$steps[[t]], forward$memories[[t]], flows[rows, , drop = FALSE] + dh, dc)
    dA[rows, ] <- back$dA
    dc <- back$dc_prev
    dh <- tcrossprod(back$dA, forward$Wh)
  }
  list(
    dxs = .as_sequence(tcrossprod(dA, forward$Wx), N, T),
    dWx = crossprod(forward$X, dA), dWh = crossprod(forward$before, dA), db = colSums(dA), dh = dh
  )
}
