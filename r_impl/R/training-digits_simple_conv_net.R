#' @title A SimpleConvNet learns the digits of 8 x 8
#'
#' @description
#' A [SimpleConvNet][SimpleConvNet.init()] with filters of 3 x 3 and a pad of 1 learns the digits of [load_digits()] by
#' stochastic gradient descent, with L on a batch that is drawn anew, with replacement, at each step.
#'
#' @inheritParams DigitsRun.train
#' @param filter_num How many filters there are.
#' @param images `"digits"`, or `"mnist"` for [load_mnist()].
#' @param judged By how many images, the first of either set, the accuracies are taken; `NULL` for all.
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
                                         weight_init_std = 0.1, images = "digits", judged = NULL,
                                         path = NULL, state = NULL) {
  if (is.null(state)) {
    data <- switch(images,
      digits = load_digits(path, flatten = FALSE),
      mnist = load_mnist(path, flatten = FALSE)
    )
    extents <- dim(data$x_train)[-1]
    drawn <- SimpleConvNet.init(extents, filter_num, 3, 1, 1, hidden_size, 10, weight_init_std, np_random_state(seed))
    state <- list(data = data, params = drawn$params, batches = drawn$state)
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
  accuracy <- function(x, t) {
    first <- seq_len(min(length(t), judged))
    SimpleConvNet.accuracy(run$params, .rows(x, first), t[first], pad = 1)
  }
  list(
    loss = run$loss, params = run$params,
    train_accuracy = accuracy(digits$x_train, digits$t_train), test_accuracy = accuracy(digits$x_test, digits$t_test),
    state = state
  )
}
