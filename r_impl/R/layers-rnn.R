#' @title One step of a recurrent layer
#'
#' @description
#' \deqn{h_{next} = \tanh(h_{prev} W_h + x W_x + b)}{h_next = tanh(h_prev Wh + x Wx + b)}
#' and with \eqn{dt = dh_{next} (1 - h_{next}^2)}{dt = dh_next (1 - h_next^2)}
#' \deqn{dx = dt W_x^T, \quad dh_{prev} = dt W_h^T, \quad dW_x = x^T dt, \quad dW_h = h_{prev}^T dt}{
#'   dx = dt Wx^T,  dh_prev = dt Wh^T,  dWx = x^T dt,  dWh = h_prev^T dt}
#'
#' @param Wx,Wh,b The parameters: (D, H), (H, H) and H numbers.
#' @param x The input, a matrix (N, D).
#' @param h_prev The hidden state before the step, a matrix (N, H).
#' @param forward The result of `RNN.forward()`.
#' @param dh_next The gradient that flows in, (N, H).
#' @return `RNN.forward()`: a list with `h_next` (N, H), and what the backward pass needs.
#'   `RNN.backward()`: a list with `dx`, `dh_prev`, `dWx`, `dWh` and `db`.
#' @source The book, second volume, chapter 5, 5.3.1.
#' @examples
#' step <- RNN.forward(Wx = diag(2), Wh = diag(2), b = c(0, 1), x = matrix(1:2, 1), h_prev = matrix(0, 1, 2))
#' step$h_next
#' RNN.backward(step, dh_next = matrix(c(1, -1), 1))$dh_prev
#' @family layers
#' @name RNN
#' @rdname layers-rnn
NULL

#' @rdname layers-rnn
#' @export
RNN.forward <- function(Wx, Wh, b, x, h_prev) {
  .check_recurrent(Wx, Wh, b, 1)
  .check_shape("x", x, c(nrow(h_prev), nrow(Wx)))
  .check_shape("h_prev", h_prev, c(nrow(x), nrow(Wh)))
  h_next <- tanh(.along_rows(h_prev %*% Wh + x %*% Wx, b, `+`))
  list(h_next = h_next, x = x, h_prev = h_prev, Wx = Wx, Wh = Wh)
}

#' @rdname layers-rnn
#' @export
RNN.backward <- function(forward, dh_next) {
  .check_shape("dh_next", dh_next, dim(forward$h_next))
  dt <- dh_next * (1 - forward$h_next^2)
  list(
    dx = tcrossprod(dt, forward$Wx), dh_prev = tcrossprod(dt, forward$Wh),
    dWx = crossprod(forward$x, dt), dWh = crossprod(forward$h_prev, dt), db = colSums(dt)
  )
}
