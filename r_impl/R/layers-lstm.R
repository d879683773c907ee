#' @title One step of an LSTM
#'
#' @description
#' Four gates out of \eqn{A = x W_x + h_{prev} W_h + b}{A = x Wx + h_prev Wh + b}, of H columns each, in the order f, g,
#' i, o: \eqn{f, i, o = \sigma(A)}{f, i, o = sigmoid(A)}, \eqn{g = \tanh(A)}{g = tanh(A)}, and
#' \deqn{c_{next} = f c_{prev} + g i, \quad h_{next} = o \tanh(c_{next})}{
#'   c_next = f c_prev + g i,  h_next = o tanh(c_next)}
#' Other libraries have the gates in another order (torch: i, f, g, o).
#'
#' @param Wx,Wh,b The parameters: (D, 4H), (H, 4H) and 4H numbers.
#' @param x The input, a matrix (N, D).
#' @param h_prev,c_prev The hidden state and the memory before the step, matrices (N, H).
#' @param forward The result of `LSTM.forward()`.
#' @param dh_next,dc_next The gradients that flow in, (N, H).
#' @return `LSTM.forward()`: a list with `h_next` and `c_next` (N, H), and what the backward pass needs.
#'   `LSTM.backward()`: a list with `dx`, `dh_prev`, `dc_prev`, `dWx`, `dWh` and `db`.
#' @source The book, second volume, chapter 6, 6.3.
#' @examples
#' state <- matrix(0, 1, 2)
#' step <- LSTM.forward(matrix(0.1, 3, 8), matrix(0.2, 2, 8), numeric(8), x = matrix(1:3, 1), state, state)
#' step[c("h_next", "c_next")]
#' LSTM.backward(step, matrix(1, 1, 2), state)$dx
#' @family layers
#' @name LSTM
#' @rdname layers-lstm
NULL

#' @rdname layers-lstm
#' @export
LSTM.forward <- function(Wx, Wh, b, x, h_prev, c_prev) {
  .check_recurrent(Wx, Wh, b, 4)
  .check_shape("x", x, c(nrow(h_prev), nrow(Wx)))
  .check_shape("c_prev", c_prev, dim(h_prev))
  step <- .lstm_step(.along_rows(x %*% Wx + h_prev %*% Wh, b, `+`), c_prev)
  c(step, list(x = x, h_prev = h_prev, c_prev = c_prev, Wx = Wx, Wh = Wh))
}

#' @rdname layers-lstm
#' @export
LSTM.backward <- function(forward, dh_next, dc_next) {
  .check_shape("dh_next", dh_next, dim(forward$h_next))
  .check_shape("dc_next", dc_next, dim(forward$c_next))
  back <- .lstm_step_back(forward, forward$c_prev, dh_next, dc_next)
  dA <- back$dA
  list(
    dx = tcrossprod(dA, forward$Wx), dh_prev = tcrossprod(dA, forward$Wh), dc_prev = back$dc_prev,
    dWx = crossprod(forward$x, dA), dWh = crossprod(forward$h_prev, dA), db = colSums(dA)
  )
}

# One step from the sums A (N, 4H).
.lstm_step <- function(A, c_prev) {
  H <- ncol(c_prev)
  f <- sigmoid(.gate(A, 1, H))
  g <- tanh(.gate(A, 2, H))
  i <- sigmoid(.gate(A, 3, H))
  o <- sigmoid(.gate(A, 4, H))
  c_next <- f * c_prev + g * i
  tanh_c <- tanh(c_next)
  list(h_next = o * tanh_c, c_next = c_next, f = f, g = g, i = i, o = o, tanh_c = tanh_c)
}

.lstm_step_back <- function(step, c_prev, dh, dc) {
  f <- step$f
  g <- step$g
  i <- step$i
  o <- step$o
  dc <- dc + dh * o * (1 - step$tanh_c^2)
  dA <- cbind(
    dc * c_prev * f * (1 - f), dc * i * (1 - g^2), dc * g * i * (1 - i), dh * step$tanh_c * o * (1 - o)
  )
  list(dA = dA, dc_prev = dc * f)
}
