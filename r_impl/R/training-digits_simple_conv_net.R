#' @title A SimpleConvNet learns the digits of 8 x 8
#'
#' @description
#' A [SimpleConvNet][SimpleConvNet.init()] with filters of 3 x 3 and a pad of 1 learns the digits of [load_digits()] by
#' stochastic gradient descent, with L on a batch that is drawn anew, with replacement, at each step.
#'
#' @inheritParams DigitsRun.train
#' @param filter_num How many filters there are.
#' @return A list with `loss`, one number for each step: that on the step's batch and before its update; `params`, as
#'   those of [SimpleConvNet.init()]; `train_accuracy` and `test_accuracy` over all images; and `state`.
#' @source The book, first volume, chapter 7, 7.5, with the digits in place of MNIST, fewer and smaller filters, and SGD
#'   in place of Adam.
#' @family training runs
#' @examples
#' run <- DigitsSimpleConvNetRun.train(steps = 20, seed = 42)
#' run <- DigitsSimpleConvNetRun.train(steps = 20, state = run$state)
#' run$loss[20]
#' @export
DigitsSimpleConvNetRun.train <- function(steps, seed = 0, lr = 0.1, batch_size = 50, filter_num = 8, hidden_size = 30,
                                         weight_init_std = 0.1, path = NULL, state = NULL) {
  if (is.null(state)) {
    drawn <- SimpleConvNet.init(c(1, 8, 8), filter_num, 3, 1, 1, hidden_size, 10, weight_init_std, np_random_state(seed))
    state <- list(data = load_digits(path, flatten = FALSE), params = drawn$params, batches = drawn$state)
  }
  digits <- state$data
  run <- Trainer.train(
    steps, state,
    network = list(gradient = function(params, x, t) SimpleConvNet.gradient(params, x, t, pad = 1)),
    batches = function(rng, steps) random_batches(rng, steps, nrow(digits$x_train), batch_size),
    take = function(batch) list(x = digits$x_train[batch, , , , drop = FALSE], t = digits$t_train[batch]),
    lr = lr
  )
  state[names(run$state)] <- run$state
  list(
    loss = run$loss, params = run$params,
    train_accuracy = SimpleConvNet.accuracy(run$params, digits$x_train, digits$t_train, pad = 1),
    test_accuracy = SimpleConvNet.accuracy(run$params, digits$x_test, digits$t_test, pad = 1),
    state = state
  )
}
