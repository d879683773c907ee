#' @title Sigmoid and the binary cross entropy over all steps
#'
#' @description
#' \deqn{y = \sigma(xs), \quad loss = -\frac{1}{N T} \sum (t \log y + (1 - t) \log(1 - y)), \quad
#'   dxs = dout \, (y - t) / (N T)}{
#'   y = sigmoid(xs),  loss = -sum(t log(y) + (1 - t) log(1 - y)) / (N T),  dxs = dout (y - t) / (N T)}
#'
#' @param xs The scores, a matrix (N, T).
#' @param ts The right answers, 0 or 1, a matrix (N, T).
#' @param forward The result of `TimeSigmoidWithLoss.forward()`.
#' @param dout The gradient that flows in, one number.
#' @return `TimeSigmoidWithLoss.forward()`: a list with `loss`, one number, `y` and `ts`.
#'   `TimeSigmoidWithLoss.backward()`: a list with `dxs` (N, T).
#' @source The functions that go with the book, second volume.
#' @examples
#' forward <- TimeSigmoidWithLoss.forward(matrix(c(-1, 2, 0.5), 1), matrix(c(0, 1, 1), 1))
#' forward$loss
#' TimeSigmoidWithLoss.backward(forward)
#' @family layers over time
#' @name TimeSigmoidWithLoss
#' @rdname layers-time_sigmoid_with_loss
NULL

#' @rdname layers-time_sigmoid_with_loss
#' @export
TimeSigmoidWithLoss.forward <- function(xs, ts) {
  .check_shape("ts", ts, .shape(xs))
  y <- sigmoid(xs)
  list(loss = -mean(ts * log(y) + (1 - ts) * log(1 - y)), y = y, ts = ts)
}

#' @rdname layers-time_sigmoid_with_loss
#' @export
TimeSigmoidWithLoss.backward <- function(forward, dout = 1) {
  list(dxs = dout * (forward$y - forward$ts) / length(forward$ts))
}
