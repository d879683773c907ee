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
#' @return A list with `loss`, one number for each step: that on the step's batch and after its update, as in the source;
#'   `params`, as those of [TwoLayerNet.init()]; `train_accuracy` and `test_accuracy` over all images; and `state`.
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
    data <- load_mnist(path, one_hot_label = TRUE)
    state <- .two_layer_net_begin(data, seed, hidden_size, weight_init_std)
  }
  .two_layer_net_train(state, steps, lr, batch_size)
}

.two_layer_net_begin <- function(data, seed, hidden_size, weight_init_std) {
  rng <- np_random_state(seed)
  drawn <- TwoLayerNet.init(ncol(data$x_train), hidden_size, ncol(data$t_train), weight_init_std, rng)
  list(data = data, params = drawn$params, rng = drawn$state)
}

.two_layer_net_train <- function(state, steps, lr, batch_size) {
  data <- state$data
  params <- state$params
  rng <- state$rng
  loss <- numeric(steps)
  for (step in seq_len(steps)) {
    drawn <- np_choice(rng, nrow(data$x_train), batch_size)
    rng <- drawn$state
    batch <- drawn$value + 1L
    x <- data$x_train[batch, , drop = FALSE]
    t <- data$t_train[batch, , drop = FALSE]
    grads <- TwoLayerNet.gradient(params, x, t)$grads
    params <- SGD.update(params, grads, lr)$params
    loss[step] <- TwoLayerNet.loss(params, x, t)
  }
  list(
    loss = loss, params = params,
    train_accuracy = .accuracy_in_blocks(params, data$x_train, data$t_train),
    test_accuracy = .accuracy_in_blocks(params, data$x_test, data$t_test),
    state = list(data = data, params = params, rng = rng)
  )
}

# TwoLayerNet.accuracy() for many rows. Affine.forward() copies its input, and 60,000 images are 376 MB.
.accuracy_in_blocks <- function(params, x, t, size = 5000) {
  blocks <- split(seq_len(nrow(x)), (seq_len(nrow(x)) - 1) %/% size)
  right <- lapply(blocks, function(rows) {
    y <- TwoLayerNet.predict(params, x[rows, , drop = FALSE])
    max.col(y, ties.method = "first") == max.col(t[rows, , drop = FALSE], ties.method = "first")
  })
  mean(unlist(right))
}
