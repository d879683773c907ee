#' @title A training run of softmax regression on one sample
#'
#' @description
#' [SoftmaxRegression][SoftmaxRegression.forward()] by gradient descent, with the sample and the seed of the source:
#' \deqn{W \leftarrow W - lr \, dW, \quad B \leftarrow B - lr \, dB}{W <- W - lr dW,  B <- B - lr dB}
#'
#' @inheritParams MnistRun.train
#' @param seed A seed, as for [np_random_state()], from which W and then B are drawn.
#' @return `SoftmaxRegressionRun.train()`: a list with `loss`, one number for each step, after its update; `pred`
#'   (1, 3), `W` (3, 4), `B` (3, 1); and `state`, with which the run goes on.
#'   `SoftmaxRegressionRun.forward()`: the same list with the `loss` as it stands; without `state`, before any step.
#' @source Blog post "multi-class classification, practice", with its Jacobian put right.
#' @seealso [SoftmaxRegressionAsPrintedRun.train()], with the Jacobian of the source.
#' @examples
#' SoftmaxRegressionRun.forward()$pred
#' run <- SoftmaxRegressionRun.train(steps = 100)
#' run$pred
#' @export
SoftmaxRegressionRun.forward <- function(seed = 220106, state = NULL) {
  .softmax_regression_run(0, seed, 0, state, SoftmaxRegression.train)
}

#' @rdname SoftmaxRegressionRun.forward
#' @export
SoftmaxRegressionRun.train <- function(steps, seed = 220106, lr = 0.001, state = NULL) {
  .softmax_regression_run(steps, seed, lr, state, SoftmaxRegression.train)
}

# `train` is that of the network. With no steps its loss is the one as it stands.
.softmax_regression_run <- function(steps, seed, lr, state, train) {
  if (is.null(state)) {
    W <- np_randn(np_random_state(seed), 3, 4)
    B <- np_randn(W$state, 3, 1)
    state <- list(W = W$value, B = B$value)
  }
  # The source's sample is float32, which R does not have: these are the doubles of its four numbers.
  x <- matrix(c(1.2000000476837158, 2.4000000953674316, 3.5999999046325684, 1.7999999523162842), nrow = 1)
  t <- matrix(c(0, 0, 1), nrow = 1)
  loss <- numeric(steps)
  for (step in seq_len(steps)) {
    state <- train(state$W, state$B, x, t, steps = 1, lr = lr)
    loss[step] <- state$loss
  }
  if (steps == 0) {
    state <- train(state$W, state$B, x, t, steps = 0)
    loss <- state$loss
  }
  list(loss = loss, pred = state$pred, W = state$W, B = state$B, state = state)
}
