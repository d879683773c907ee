#' @title A training run on MNIST
#'
#' @description
#' A [TwoLayerNet][TwoLayerNet.init()] learns MNIST by stochastic gradient descent,
#' \deqn{p \leftarrow p - lr \, \frac{\partial L}{\partial p}}{p <- p - lr dL/dp}
#' with L on a batch that is drawn anew, with replacement, at each step.
#'
#' @details
#' One stream of [np_random_state()], started from `seed`, gives the initial weights and then the batches, so that the
#' run begins and goes on with the same numbers as NumPy's. Without `state` the run begins; with the `state` of an
#' earlier call it goes on. The images are in the state too: R hands over a list without copying what is in it.
#'
#' @param steps How many steps to make.
#' @param seed A seed, as for [np_random_state()].
#' @param lr The learning rate.
#' @param batch_size The number of images of a batch.
#' @param hidden_size The number of hidden units.
#' @param weight_init_std What the normal weights are multiplied by.
#' @param path The folder of the files, as for [load_mnist()], which says what to do where there are none.
#' @param state The `state` of an earlier call, or `NULL` to begin.
#' @return A list with `loss`, one number for each step: that on the step's batch and after its update, as in the
#'   source; `params`, as those of [TwoLayerNet.init()]; `train_accuracy` and `test_accuracy` over all images; and
#'   `state`.
#' @source Blog post "Back Propagation (2)", Training; its "epochs" are these steps, and it sets no seed.
#' @seealso [DigitsRun.train()], for which no file need be fetched.
#' @examples
#' \dontrun{
#' run <- MnistRun.train(steps = 600, seed = 42)
#' run$test_accuracy
#' run <- MnistRun.train(steps = 600, state = run$state)
#' run$test_accuracy
#' }
#' @export
MnistRun.train <- function(steps, seed = 0, lr = 0.1, batch_size = 100, hidden_size = 50, weight_init_std = 0.01,
                           path = NULL, state = NULL) {
  if (is.null(state)) {
    data <- load_mnist(path, normalize = FALSE, one_hot_label = TRUE)
    state <- .two_layer_net_begin(data, largest = 255, seed, hidden_size, weight_init_std)
  }
  .two_layer_net_train(state, steps, lr, batch_size)
}

# Images and labels are kept one to a column. R lays a column out in one piece: a batch of columns is 100 pieces, a
# batch of rows 78,400 single numbers from all over the matrix. The pixels stay whole numbers, which take half the
# memory, until a batch is taken.
.two_layer_net_begin <- function(data, largest, seed, hidden_size, weight_init_std) {
  rng <- np_random_state(seed)
  drawn <- TwoLayerNet.init(ncol(data$x_train), hidden_size, ncol(data$t_train), weight_init_std, rng)
  list(data = c(lapply(data, t), largest = largest), params = drawn$params, rng = drawn$state)
}

# The columns `batch` as rows, from 0 to 1 where `largest` is the largest there can be.
.batch_of <- function(columns, batch, largest = 1) {
  t(columns[, batch, drop = FALSE]) / largest
}

.two_layer_net_train <- function(state, steps, lr, batch_size) {
  data <- state$data
  params <- state$params
  # All batches at once, one to a row: the same numbers as drawn one by one, and a call costs more than a number.
  drawn <- np_choice(state$rng, ncol(data$x_train), size = c(steps, batch_size))
  loss <- numeric(steps)
  for (step in seq_len(steps)) {
    batch <- drawn$value[step, ] + 1L
    x <- .batch_of(data$x_train, batch, data$largest)
    t <- .batch_of(data$t_train, batch)
    grads <- TwoLayerNet.gradient(params, x, t)$grads
    params <- SGD.update(params, grads, lr)$params
    loss[step] <- TwoLayerNet.loss(params, x, t)
  }
  list(
    loss = loss, params = params,
    train_accuracy = .accuracy_in_blocks(params, data$x_train, data$t_train, data$largest),
    test_accuracy = .accuracy_in_blocks(params, data$x_test, data$t_test, data$largest),
    state = list(data = data, params = params, rng = drawn$state)
  )
}

# TwoLayerNet.accuracy() for many images, one to a column, 5,000 at a time: the layers copy their input.
.accuracy_in_blocks <- function(params, images, labels, largest) {
  every <- seq_len(ncol(images))
  right <- lapply(split(every, (every - 1) %/% 5000), function(block) {
    y <- TwoLayerNet.predict(params, .batch_of(images, block, largest))
    max.col(y, ties.method = "first") == max.col(.batch_of(labels, block), ties.method = "first")
  })
  mean(unlist(right))
}
