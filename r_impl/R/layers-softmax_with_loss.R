#' @title The SoftmaxWithLoss layer
#'
#' @description
#' Softmax and the cross entropy error in one layer:
#' \deqn{y = softmax(x), \quad loss = -\frac{1}{N} \sum_{n,k} t_{nk} \log(y_{nk} + \delta)}{
#'   y = softmax(x),  loss = -sum(t * log(y + delta)) / N}
#' \deqn{dx = dout \, (y - t) / N}{dx = dout (y - t) / N}
#' `dx` is the gradient of the loss without `delta`, as in the book; the book's delta of 1e-7 moves the true gradient by
#' `delta / y` of the right class, relatively, which a gradient check sees.
#'
#' @param x The scores, a matrix (N, C).
#' @param t The right answers: one-hot, a matrix (N, C); or the labels, a vector of length N, **counted from 0**
#'   as in Python.
#' @param delta A small number that keeps the logarithm away from 0.
#' @param forward The result of `SoftmaxWithLoss.forward()`.
#' @param dout The gradient that flows in, one number.
#' @return `SoftmaxWithLoss.forward()`: a list with `loss`, one number, `y`, a matrix (N, C), and `t`.
#'   `SoftmaxWithLoss.backward()`: a list with `dx`, a matrix (N, C).
#' @examples
#' x <- matrix(c(0.3, 2.9, 4.0, 0.3, 2.9, 4.0), nrow = 2, byrow = TRUE)
#' t <- matrix(c(0, 0, 1, 0, 0, 1), nrow = 2, byrow = TRUE)
#' forward <- SoftmaxWithLoss.forward(x, t)
#' forward
#' SoftmaxWithLoss.backward(forward)
#' SoftmaxWithLoss.backward(SoftmaxWithLoss.forward(x, t = c(2, 2)))
#' @family layers
#' @name SoftmaxWithLoss
#' @rdname layers-softmax_with_loss
NULL

#' @rdname layers-softmax_with_loss
#' @export
SoftmaxWithLoss.forward <- function(x, t, delta = 1e-7) {
  .check_matrix("x", x)
  y <- softmax(x)
  loss <- cross_entropy_error(y, t, delta)
  list(loss = loss, y = y, t = t)
}

#' @rdname layers-softmax_with_loss
#' @export
SoftmaxWithLoss.backward <- function(forward, dout = 1) {
  .check_number("dout", dout)
  y <- forward$y
  t <- forward$t
  batch_size <- nrow(y)
  if (length(dim(t)) < 2) {
    right <- cbind(seq_len(batch_size), t + 1L)
    dx <- y
    dx[right] <- dx[right] - 1
  } else {
    dx <- y - t
  }
  list(dx = dout * dx / batch_size)
}
