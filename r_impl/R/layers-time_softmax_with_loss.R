#' @title Softmax and the cross entropy over all steps
#'
#' @description
#' \deqn{y = softmax(xs), \quad loss = -\frac{1}{K} \sum \log y_{label}, \quad dx = dout \, (y - t) / K}{
#'   y = softmax(xs),  loss = -sum(log(y[label])) / K,  dx = dout (y - t) / K}
#' over the K labels that are not `ignore_label`; where one is, `dx` is 0.
#'
#' @param xs The scores, an array (N, T, V).
#' @param ts The right answers: labels (N, T) **counted from 0** as in Python, or one-hot (N, T, V).
#' @param ignore_label The label that does not count.
#' @param forward The result of `TimeSoftmaxWithLoss.forward()`.
#' @param dout The gradient that flows in, one number.
#' @return `TimeSoftmaxWithLoss.forward()`: a list with `loss`, one number, and what the backward pass needs.
#'   `TimeSoftmaxWithLoss.backward()`: a list with `dx` (N, T, V).
#' @source The book, second volume, chapter 5, 5.4.2.
#' @examples
#' xs <- array(c(1, 3, 2, 1, 0, 5), c(1, 3, 2))
#' forward <- TimeSoftmaxWithLoss.forward(xs, ts = matrix(c(0, -1, 1), 1))
#' forward$loss
#' TimeSoftmaxWithLoss.backward(forward)$dx[1, , ]
#' @family layers over time
#' @name TimeSoftmaxWithLoss
#' @rdname layers-time_softmax_with_loss
NULL

#' @rdname layers-time_softmax_with_loss
#' @export
TimeSoftmaxWithLoss.forward <- function(xs, ts, ignore_label = -1) {
  if (length(dim(xs)) != 3) stop("xs has the shape ", .shape_text(.shape(xs)), ", expected (N, T, V)", call. = FALSE)
  rows <- .rows_of_steps(xs)
  if (length(dim(ts)) == 3) {
    .check_shape("ts", ts, dim(xs))
    ts <- max.col(.rows_of_steps(ts), ties.method = "first") - 1
  } else {
    .check_shape("ts", ts, dim(xs)[1:2])
  }
  labels <- as.vector(ts)
  counts <- labels != ignore_label
  if (!any(counts)) stop("every label is ", ignore_label, ", the one that does not count", call. = FALSE)
  .check_labels(labels[counts], ncol(rows))
  y <- softmax(rows)
  right <- cbind(which(counts), labels[counts] + 1)
  list(loss = -sum(log(y[right])) / sum(counts), y = y, right = right, counts = counts, shape = dim(xs))
}

#' @rdname layers-time_softmax_with_loss
#' @export
TimeSoftmaxWithLoss.backward <- function(forward, dout = 1) {
  dx <- forward$y
  dx[forward$right] <- dx[forward$right] - 1
  dx <- dx * (dout / sum(forward$counts))
  dx[!forward$counts, ] <- 0
  list(dx = array(dx, forward$shape))
}
