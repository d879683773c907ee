#' @title One step of a GRU
#'
#' @description
#' The gates z and r and the candidate g, of H columns each of `Wx`, `Wh` and `b`, in this order:
#' \deqn{z = \sigma(x W_x^z + h_{prev} W_h^z + b^z), \quad r = \sigma(x W_x^r + h_{prev} W_h^r + b^r)}{
#'   z = sigmoid(x Wx_z + h_prev Wh_z + b_z),  r = sigmoid(x Wx_r + h_prev Wh_r + b_r)}
#' \deqn{g = \tanh(x W_x^g + (r h_{prev}) W_h^g + b^g), \quad h_{next} = (1 - z) h_{prev} + z g}{
#'   g = tanh(x Wx_g + (r h_prev) Wh_g + b_g),  h_next = (1 - z) h_prev + z g}
#' torch resets after the product, r (h_prev Wh_g + b), and lets z keep the old state.
#'
#' @param Wx,Wh,b The parameters: (D, 3H), (H, 3H) and 3H numbers.
#' @param x The input, a matrix (N, D).
#' @param h_prev The hidden state before the step, a matrix (N, H).
#' @param forward The result of `GRU.forward()`.
#' @param dh_next The gradient that flows in, (N, H).
#' @return `GRU.forward()`: a list with `h_next` (N, H), and what the backward pass needs.
#'   `GRU.backward()`: a list with `dx`, `dh_prev`, `dWx`, `dWh` and `db`.
#' @source The book, second volume, appendix C.
#' @examples
#' step <- GRU.forward(matrix(0.1, 3, 6), matrix(0.2, 2, 6), numeric(6), x = matrix(1:3, 1), matrix(0.5, 1, 2))
#' step$h_next
#' GRU.backward(step, matrix(1, 1, 2))$dh_prev
#' @family layers
#' @name GRU
#' @rdname layers-gru
NULL

#' @rdname layers-gru
#' @export
GRU.forward <- function(Wx, Wh, b, x, h_prev) {
  .check_recurrent(Wx, Wh, b, 3)
  .check_shape("x", x, c(nrow(h_prev), nrow(Wx)))
  c(.gru_step(.along_rows(x %*% Wx, b, `+`), h_prev, Wh), list(x = x, h_prev = h_prev, Wx = Wx, Wh = Wh))
}

#' @rdname layers-gru
#' @export
GRU.backward <- function(forward, dh_next) {
  .check_shape("dh_next", dh_next, dim(forward$h_next))
  back <- .gru_step_back(forward, forward$h_prev, forward$Wh, dh_next)
  list(
    dx = tcrossprod(back$dA, forward$Wx), dh_prev = back$dh_prev,
    dWx = crossprod(forward$x, back$dA), dWh = .gru_dWh(back$dA, forward$h_prev, forward$r), db = colSums(back$dA)
  )
}

# One step from the sums x Wx + b (N, 3H).
.gru_step <- function(A, h_prev, Wh) {
  H <- ncol(h_prev)
  z <- sigmoid(.gate(A, 1, H) + h_prev %*% .gate(Wh, 1, H))
  r <- sigmoid(.gate(A, 2, H) + h_prev %*% .gate(Wh, 2, H))
  g <- tanh(.gate(A, 3, H) + (r * h_prev) %*% .gate(Wh, 3, H))
  list(h_next = (1 - z) * h_prev + z * g, z = z, r = r, g = g)
}

.gru_step_back <- function(step, h_prev, Wh, dh_next) {
  H <- ncol(h_prev)
  z <- step$z
  r <- step$r
  dg <- dh_next * z * (1 - step$g^2)
  dz <- dh_next * (step$g - h_prev) * z * (1 - z)
  dreset <- tcrossprod(dg, .gate(Wh, 3, H))
  dr <- dreset * h_prev * r * (1 - r)
  dh_prev <- dh_next * (1 - z) + dreset * r + tcrossprod(dz, .gate(Wh, 1, H)) + tcrossprod(dr, .gate(Wh, 2, H))
  list(dA = cbind(dz, dr, dg), dh_prev = dh_prev)
}

# The candidate saw r h_prev where the gates saw h_prev; rows may be those of many steps.
.gru_dWh <- function(dA, h_prev, r) {
  H <- ncol(h_prev)
  cbind(crossprod(h_prev, dA[, seq_len(2 * H), drop = FALSE]), crossprod(r * h_prev, .gate(dA, 3, H)))
}
