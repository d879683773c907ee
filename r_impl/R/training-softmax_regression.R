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
#' @family training runs
#' @examples
#' SoftmaxRegressionRun.forward()$pred
#' run <- SoftmaxRegressionRun.train(steps = 100)
#' run$pred
#' @export
SoftmaxRegressionRun.forward <- function(seed = 220106, state = NULL) {
  .softmax_regression_run(0, seed, 0, state, SoftmaxRegression.backward)
}

#' @rdname SoftmaxRegressionRun.forward
#' @export
SoftmaxRegressionRun.train <- function(steps, seed = 220106, lr = 0.001, state = NULL) {
  .softmax_regression_run(steps, seed, lr, state, SoftmaxRegression.backward)
}

# `backward` is that of the network. With no steps the loss is the one as it stands.
.softmax_regression_run <- function(steps, seed, lr, state, backward) {
  if (is.null(state)) {
    W <- np_randn(np_random_state(seed), 3, 4)
    B <- np_randn(W$state, 3, 1)
    state <- list(params = list(W = W$value, B = B$value))
  }
  # The source's sample is float32, which R does not have: these are the doubles of its four numbers.
  x <- matrix(c(1.2000000476837158, 2.4000000953674316, 3.5999999046325684, 1.7999999523162842), nrow = 1)
  t <- matrix(c(0, 0, 1), nrow = 1)
  forward <- function(params, x, t) SoftmaxRegression.forward(params$W, params$B, x, t)
  gradient <- function(params, x, t) {
    now <- forward(params, x, t)
    grads <- backward(now)
    list(loss = now$loss, grads = list(W = grads$dW, B = grads$dB))
  }
  run <- Trainer.train(
    steps, state,
    network = list(gradient = gradient, loss = function(params, x, t) forward(params, x, t)$loss),
    # The one sample is the batch of every step.
    batches = function(state, steps) list(value = matrix(0L, steps, 1), state = state),
    take = function(batch) list(x = x, t = t),
    lr = lr, loss_after = TRUE
  )
  now <- forward(run$params, x, t)
  loss <- if (steps == 0) now$loss else run$loss
  list(loss = loss, pred = now$pred, W = run$params$W, B = run$params$B, state = run$state)
}
