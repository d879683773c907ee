#' @title A training run of softmax regression with the Jacobian as printed
#'
#' @description
#' The run of [SoftmaxRegressionRun.train()] with the Jacobian exactly as its source prints it, which is wrong in two
#' places: [SoftmaxRegressionAsPrinted][SoftmaxRegressionAsPrinted.forward()].
#'
#' @inheritParams SoftmaxRegressionRun.forward
#' @return As [SoftmaxRegressionRun.train()].
#' @source Blog post "multi-class classification, practice": all numbers that it prints after training.
#' @family training runs
#' @examples
#' SoftmaxRegressionAsPrintedRun.train(steps = 100)$pred # 0.19477982 0.19114482 0.61407536 in the source
#' @export
SoftmaxRegressionAsPrintedRun.forward <- function(seed = 220106, state = NULL) {
  .softmax_regression_run(0, seed, 0, state, SoftmaxRegressionAsPrinted.backward)
}

#' @rdname SoftmaxRegressionAsPrintedRun.forward
#' @export
SoftmaxRegressionAsPrintedRun.train <- function(steps, seed = 220106, lr = 0.001, state = NULL) {
  .softmax_regression_run(steps, seed, lr, state, SoftmaxRegressionAsPrinted.backward)
}
