#' @title A training run on Fisher's irises
#'
#' @description
#' Softmax regression by stochastic gradient descent,
#' \deqn{p \leftarrow p - lr \, \frac{\partial L}{\partial p}, \quad L = CE(softmax(x W + b), t)}{
#'   p <- p - lr dL/dp,  L = CE(softmax(x W + b), t)}
#' with L on a batch at each step.
#'
#' @details
#' One stream of [np_random_state()], started from `seed`, gives first a random order of the 150 flowers of
#' [load_iris()], of which the last 30 are kept for the test; then W, normal times 0.01; then each batch, drawn without
#' replacement from the other 120.
#'
#' @inheritParams MnistRun.train
#' @param batch_size The number of flowers of a batch.
#' @return A list with `loss`, one number for each step, before its update; `params`, a list of `W` (4, 3) and `b` (3);
#'   `train_accuracy` and `test_accuracy`, those of the two sets; and `state`, with which the run goes on.
#' @source Announced by the blog post "multi-class classification, practice" as its next step.
#' @family training runs
#' @examples
#' run <- IrisRun.train(steps = 200, seed = 42)
#' run$params
#' run$test_accuracy
#' @export
IrisRun.train <- function(steps, seed = 0, lr = 0.1, batch_size = 30, state = NULL) {
  if (is.null(state)) state <- .iris_begin(seed)
  run <- Trainer.train(
    steps, state,
    network = list(gradient = .iris_gradient),
    batches = function(rng, steps) random_batches(rng, steps, 120, batch_size, replace = FALSE),
    take = function(batch) list(x = state$x_train[batch, , drop = FALSE], t = state$t_train[batch]),
    lr = lr
  )
  state[names(run$state)] <- run$state
  list(
    loss = run$loss, params = run$params,
    train_accuracy = .iris_accuracy(run$params, state$x_train, state$t_train),
    test_accuracy = .iris_accuracy(run$params, state$x_test, state$t_test),
    state = state
  )
}

.iris_begin <- function(seed) {
  iris <- load_iris()
  drawn <- np_permutation(np_random_state(seed), 150)
  train <- drawn$value[1:120] + 1L
  test <- drawn$value[121:150] + 1L
  W <- np_randn(drawn$state, 4, 3)
  list(
    x_train = iris$x[train, ], t_train = iris$t[train], x_test = iris$x[test, ], t_test = iris$t[test],
    params = list(W = 0.01 * W$value, b = numeric(3)), batches = W$state
  )
}

# Softmax regression of many samples: the loss, and its gradients by W and b.
.iris_gradient <- function(params, x, t) {
  affine <- Affine.forward(params$W, params$b, x)
  last <- SoftmaxWithLoss.forward(affine$out, t)
  grads <- Affine.backward(affine, SoftmaxWithLoss.backward(last)$dx)
  list(loss = last$loss, grads = list(W = grads$dW, b = grads$db))
}

# The share of flowers whose largest score is that of their own species.
.iris_accuracy <- function(params, x, t) {
  mean(max.col(Affine.forward(params$W, params$b, x)$out, ties.method = "first") == t + 1L)
}
