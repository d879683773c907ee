#' @title The softmax regression with the Jacobian as its source prints it
#'
#' @description
#' The same network as [SoftmaxRegression.forward()], with the Jacobian exactly as printed, which is wrong in two
#' places: row 2, column 2 and row 3, column 3 are both \eqn{s_2 (1 - s_1)}{s2 (1 - s1)}, instead of
#' \eqn{s_2 (1 - s_2)}{s2 (1 - s2)} and \eqn{s_3 (1 - s_3)}{s3 (1 - s3)}. Kept because the numbers printed after
#' training come from it. It shows: the entries of `dB` add up to 0 only for the first class as the target.
#'
#' @inheritParams SoftmaxRegression
#' @param forward The result of `SoftmaxRegressionAsPrinted.forward()`.
#' @return As the functions of [SoftmaxRegression.forward()].
#' @source Blog post "multi-class classification, practice", section 4.
#' @family networks
#' @examples
#' W <- np_randn(np_random_state(220106), 3, 4)
#' B <- np_randn(W$state, 3, 1)
#' x <- matrix(c(1.2, 2.4, 3.6, 1.8), nrow = 1)
#' t <- matrix(c(0, 0, 1), nrow = 1)
#' forward <- SoftmaxRegressionAsPrinted.forward(W$value, B$value, x, t)
#' sum(SoftmaxRegressionAsPrinted.backward(forward)$dB) # should be 0
#' SoftmaxRegressionAsPrinted.train(W$value, B$value, x, t)$pred
#' @name SoftmaxRegressionAsPrinted
NULL

#' @rdname SoftmaxRegressionAsPrinted
#' @export
SoftmaxRegressionAsPrinted.forward <- function(W, B, x, t) {
  SoftmaxRegression.forward(W, B, x, t)
}

#' @rdname SoftmaxRegressionAsPrinted
#' @export
SoftmaxRegressionAsPrinted.jacobian <- function(s) {
  rbind(
    c(s[1] * (1 - s[1]), -(s[1] * s[2]), -(s[1] * s[3])),
    c(-(s[1] * s[2]), s[2] * (1 - s[1]), -(s[2] * s[3])),
    c(-(s[1] * s[3]), -(s[2] * s[3]), s[2] * (1 - s[1]))
  )
}

#' @rdname SoftmaxRegressionAsPrinted
#' @export
SoftmaxRegressionAsPrinted.backward <- function(forward) {
  .softmax_regression_backward(forward, SoftmaxRegressionAsPrinted.jacobian(forward$pred))
}

#' @rdname SoftmaxRegressionAsPrinted
#' @export
SoftmaxRegressionAsPrinted.train <- function(W, B, x, t, steps = 100, lr = 0.001) {
  .softmax_regression_train(W, B, x, t, steps, lr, SoftmaxRegressionAsPrinted.backward)
}
