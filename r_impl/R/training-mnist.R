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
#' @family training runs
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
  if (is.null(state)) state <- .mnist_begin(path, seed, hidden_size, weight_init_std)
  data <- state$data
  run <- Trainer.train(
    steps, state,
    network = list(gradient = TwoLayerNet.gradient, loss = TwoLayerNet.loss),
    batches = function(rng, steps) random_batches(rng, steps, ncol(data$x_train), batch_size),
    take = function(batch) list(x = .images(data$x_train, batch), t = .labels(data$t_train, batch)),
    lr = lr, loss_after = TRUE
  )
  state[names(run$state)] <- run$state
  list(
    loss = run$loss, params = run$params,
    train_accuracy = .accuracy_in_blocks(run$params, data$x_train, data$t_train),
    test_accuracy = .accuracy_in_blocks(run$params, data$x_test, data$t_test),
    state = state
  )
}

# Images and labels are kept one to a column. R lays a column out in one piece: a batch of columns is 100 pieces, a
# batch of rows 78,400 single numbers from all over the matrix. The pixels stay whole numbers, which take half the
# memory, until a batch is taken.
.mnist_begin <- function(path, seed, hidden_size, weight_init_std) {
  data <- load_mnist(path, normalize = FALSE, one_hot_label = TRUE)
  drawn <- TwoLayerNet.init(ncol(data$x_train), hidden_size, ncol(data$t_train), weight_init_std, np_random_state(seed))
  list(data = lapply(data, t), params = drawn$params, batches = drawn$state)
}

# The columns `batch` as rows: pixels from 0 to 1, and labels as they are.
.images <- function(columns, batch) t(columns[, batch, drop = FALSE]) / 255

.labels <- function(columns, batch) t(columns[, batch, drop = FALSE])

# TwoLayerNet.accuracy() for many images, one to a column, 5,000 at a time: the layers copy their input.
.accuracy_in_blocks <- function(params, images, labels) {
  every <- seq_len(ncol(images))
  right <- lapply(split(every, (every - 1) %/% 5000), function(block) {
    y <- TwoLayerNet.predict(params, .images(images, block))
    max.col(y, ties.method = "first") == max.col(.labels(labels, block), ties.method = "first")
  })
  mean(unlist(right))
}
