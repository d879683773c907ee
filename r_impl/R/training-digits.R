#' @title A training run on the digits of 8 x 8
#'
#' @description
#' The run of [MnistRun.train()] on the digits of [load_digits()], which come with the package.
#'
#' @inheritParams MnistRun.train
#' @param path The folder of the files, as for [load_digits()].
#' @return As [MnistRun.train()].
#' @source Blog post "Back Propagation (2)", Training, with the digits in place of MNIST.
#' @family training runs
#' @examples
#' run <- DigitsRun.train(steps = 50, seed = 42, weight_init_std = 0.1)
#' run$loss[50]
#' run <- DigitsRun.train(steps = 50, state = run$state)
#' run$loss[50]
#' run$test_accuracy
#' @export
DigitsRun.train <- function(steps, seed = 0, lr = 0.1, batch_size = 100, hidden_size = 50, weight_init_std = 0.01,
                            path = NULL, state = NULL) {
  if (is.null(state)) {
    drawn <- TwoLayerNet.init(64, hidden_size, 10, weight_init_std, np_random_state(seed))
    state <- list(data = load_digits(path, one_hot_label = TRUE), params = drawn$params, batches = drawn$state)
  }
  digits <- state$data
  run <- Trainer.train(
    steps, state,
    network = list(gradient = TwoLayerNet.gradient, loss = TwoLayerNet.loss),
    batches = function(rng, steps) random_batches(rng, steps, nrow(digits$x_train), batch_size),
    take = function(batch) list(x = digits$x_train[batch, , drop = FALSE], t = digits$t_train[batch, , drop = FALSE]),
    lr = lr, loss_after = TRUE
  )
  state[names(run$state)] <- run$state
  list(
    loss = run$loss, params = run$params,
    train_accuracy = TwoLayerNet.accuracy(run$params, digits$x_train, digits$t_train),
    test_accuracy = TwoLayerNet.accuracy(run$params, digits$x_test, digits$t_test),
    state = state
  )
}
