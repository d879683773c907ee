#' @title A GRU over time
#'
#' @description
#' The [GRU] step for each of T steps, with the same parameters, from `h`, which an earlier stretch of the sequence left,
#' if `stateful`; from zeros otherwise. The gradients of the parameters are added up over the steps, and end at the first
#' one. NumPy's layer keeps its state; here it goes in and comes out.
#'
#' @param Wx,Wh,b The parameters: (D, 3H), (H, 3H) and 3H numbers.
#' @param xs The input, an array (N, T, D).
#' @param h The hidden state, a matrix (N, H), or `NULL`.
#' @param stateful Whether it is taken up.
#' @param forward The result of `TimeGRU.forward()`.
#' @param dhs The gradient that flows in, (N, T, H).
#' @return `TimeGRU.forward()`: a list with `hs` (N, T, H) and `h`, the last of them, and what the backward pass needs.
#'   `TimeGRU.backward()`: a list with `dxs`, `dWx`, `dWh`, `db`, and `dh`, the gradient of the state at the beginning.
#' @source The book, second volume, appendix C.
#' @examples
#' forward <- TimeGRU.forward(matrix(0.1, 3, 6), matrix(0.2, 2, 6), numeric(6), array(1:12 / 10, c(1, 4, 3)))
#' forward$hs[1, , ]
#' TimeGRU.backward(forward, array(1, c(1, 4, 2)))$db
#' @family layers over time
#' @name TimeGRU
#' @rdname layers-time_gru
NULL

#' @rdname layers-time_gru
#' @export
TimeGRU.forward <- function(Wx, Wh, b, xs, h = NULL, stateful = FALSE) {
  .check_recurrent(Wx, Wh, b, 3)
  .check_sequence("xs", xs, nrow(Wx))
  N <- dim(xs)[1]
  T <- dim(xs)[2]
  X <- .rows_of_steps(xs)
  A <- .along_rows(X %*% Wx, b, `+`)
  hs <- before <- resets <- matrix(0, N * T, nrow(Wh))
  h <- .first_state(h, stateful, N, nrow(Wh))
  steps <- vector("list", T)
  for (t in seq_len(T)) {
    rows <- .step(t, N)
    before[rows, ] <- h
    steps[[t]] <- .gru_step(A[rows, , drop = FALSE], h, Wh)
    h <- steps[[t]]$h_next
    resets[rows, ] <- steps[[t]]$r
    hs[rows, ] <- h
  }
  list(hs = .as_sequence(hs, N, T), h = h, X = X, before = before, resets = resets, steps = steps, Wx = Wx, Wh = Wh)
}

#' @rdname layers-time_gru
#' @export
TimeGRU.backward <- function(forward, dhs) {
  .check_shape("dhs", dhs, dim(forward$hs))
  N <- dim(dhs)[1]
  T <- dim(dhs)[2]
  flows <- .rows_of_steps(dhs)
  dA <- matrix(0, N * T, ncol(forward$Wx))
  dh <- 0
  for (t in rev(seq_len(T))) {
    rows <- .step(t, N)
    h_prev <- forward$before[rows, , drop = FALSE]
    back <- .gru_step_back(forward$steps[[t]], h_prev, forward$Wh, flows[rows, , drop = FALSE] + dh)
    dA[rows, ] <- back$dA
    dh <- back$dh_prev
  }
  list(
    dxs = .as_sequence(tcrossprod(dA, forward$Wx), N, T),
    dWx = crossprod(forward$X, dA), dWh = .gru_dWh(dA, forward$before, forward$resets), db = colSums(dA), dh = dh
  )
}
