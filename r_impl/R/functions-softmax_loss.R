#' @title The cross entropy of scores
#'
#' @description
#' [cross_entropy_error()] of [softmax()] of the scores, in one function.
#'
#' @param X The scores, a matrix (N, C).
#' @param t The right answers: one-hot, of the shape of `X`; or the labels, a vector of length N, **counted from 0**.
#' @param delta What keeps the logarithm away from 0.
#' @return One number, the mean over the rows.
#' @source The functions that go with the book, first volume.
#' @family functions
#' @examples
#' softmax_loss(matrix(c(0.3, 2.9, 4.0, 1, 0, -1), nrow = 2, byrow = TRUE), t = c(2, 0))
#' @export
softmax_loss <- function(X, t, delta = 1e-7) {
  cross_entropy_error(softmax(X), t, delta)
}
