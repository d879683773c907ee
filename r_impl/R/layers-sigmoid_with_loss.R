#' @title The SigmoidWithLoss layer
#'
#' @description
#' \deqn{y = \sigma(x), \quad loss = -\frac{1}{N} \sum (t \log(y + \delta) + (1 - t) \log(1 - y + \delta)), \quad
#'   dx = dout \, (y - t) / N}{
#'   y = sigmoid(x),  loss = -sum(t log(y + delta) + (1 - t) log(1 - y + delta)) / N,  dx = dout (y - t) / N}
#' `dx` is the gradient of the loss without `delta`, as in the book.
#'
#' @param x The scores, N numbers.
#' @param t The right answers, 0 or 1.
#' @param delta A small number that keeps the logarithm away from 0.
#' @param forward The result of `SigmoidWithLoss.forward()`.
#' @param dout The gradient that flows in, one number.
#' @return `SigmoidWithLoss.forward()`: a list with `loss`, one number, `y` and `t`.
#'   `SigmoidWithLoss.backward()`: a list with `dx`.
#' @source The book, second volume, chapter 4, 4.2.5.
#' @examples
#' forward <- SigmoidWithLoss.forward(c(-1, 2), c(0, 1))
#' forward$loss
#' SigmoidWithLoss.backward(forward)
#' @family layers
#' @name SigmoidWithLoss
#' @rdname layers-sigmoid_with_loss
NULL

#' @rdname layers-sigmoid_with_loss
#' @export
SigmoidWithLoss.forward <- function(x, t, delta = 1e-7) {
  if (length(t) != length(x)) stop(length(t), " answers for ", length(x), " scores", call. = FALSE)
  y <- sigmoid(x)
  list(loss = -sum(t * log(y + delta) + (1 - t) * log(1 - y + delta)) / length(t), y = y, t = t)
}

#' @rdname layers-sigmoid_with_loss
#' @export
SigmoidWithLoss.backward <- function(forward, dout = 1) {
  list(dx = dout * (forward$y - forward$t) / length(forward$t))
}
