#' @title The cross entropy error
#'
#' @description
#' \deqn{E = -\frac{1}{N} \sum_{n,k} t_{nk} \log(y_{nk} + \delta)}{E = -sum(t * log(y + delta)) / N}
#' `delta` keeps the logarithm away from 0. It also makes the error a little smaller than the cross entropy, by
#' `delta / y` of the right class; with `delta = 0` the cross entropy itself comes out.
#'
#' @param y The probabilities: a matrix (N, C), or a vector of length C for one sample.
#' @param t The right answers, in one of two forms: one-hot, of the shape of `y`; or the labels, a vector of length N,
#'   **counted from 0** as in Python.
#' @param delta A small number.
#' @return One number, the mean over the samples.
#' @family functions
#' @examples
#' y <- matrix(c(0.1, 0.6, 0.3, 0.2, 0.3, 0.5), nrow = 2, byrow = TRUE)
#' cross_entropy_error(y, t = matrix(c(0, 1, 0, 0, 0, 1), nrow = 2, byrow = TRUE))
#' cross_entropy_error(y, t = c(1, 2))
#' @export
cross_entropy_error <- function(y, t, delta = 1e-7) {
  if (length(dim(y)) < 2) {
    if (length(t) == length(y)) t <- matrix(t, nrow = 1)
    y <- matrix(y, nrow = 1)
  }
  .check_matrix("y", y)
  .check_answers(t, y)
  batch_size <- nrow(y)
  if (length(dim(t)) < 2) {
    return(-sum(log(y[cbind(seq_len(batch_size), t + 1L)] + delta)) / batch_size)
  }
  -sum(t * log(y + delta)) / batch_size
}
