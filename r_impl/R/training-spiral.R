#' @title A training run on the spiral data
#'
#' @description
#' A [TwoLayerNetSigmoid][TwoLayerNetSigmoid.init()] learns the spiral by stochastic gradient descent,
#' \deqn{p \leftarrow p - lr \, \frac{\partial L}{\partial p}}{p <- p - lr dL/dp}
#' with L on one batch after the other. At the beginning of each epoch the points, as they lie by then, are put in a new
#' random order, and the batches are taken from it one after the other; 300 points in batches of 30 make an epoch of
#' 10 steps.
#'
#' @inheritParams MnistRun.train
#' @param seed A seed, as for [np_random_state()]: that of the initial weights and then of the orders.
#' @param data_seed The seed of the data, as for [spiral.load_data()].
#' @param batch_size The number of points of a batch.
#' @param low,high,count The grid of `SpiralRun.boundary()`: `count` values from `low` to `high` in both directions.
#' @return `SpiralRun.train()`: a list with `loss`, one number for each step, before its update; `params`, as those of
#'   [TwoLayerNetSigmoid.init()]; `accuracy` over all points; and `state`, with which the run goes on.
#'   `SpiralRun.boundary()`: a list with `regions`, a matrix (count, count) of the predicted classes, from 0, where row i
#'   is the i-th height and column j the j-th place from the left; and `points`, a matrix (N, 3) with the place, the
#'   height and the class of each point of the data.
#' @source Notebook "inference and training"; it ends before the training, which is that of the book, second volume,
#'   chapter 1.
#' @family training runs
#' @examples
#' run <- SpiralRun.train(steps = 100, seed = 42)
#' run$accuracy
#' regions <- SpiralRun.boundary(run$state, count = 31)$regions
#' grid <- seq(-1.1, 1.1, length.out = 31)
#' image(grid, grid, t(regions), col = c("mistyrose", "honeydew", "lightcyan"), asp = 1)
#' @export
SpiralRun.train <- function(steps, seed = 0, data_seed = 1984, lr = 1, batch_size = 30, hidden_size = 10,
                            state = NULL) {
  if (is.null(state)) {
    drawn <- TwoLayerNetSigmoid.init(2, hidden_size, 3, rng = np_random_state(seed))
    state <- list(data = spiral.load_data(data_seed), params = drawn$params, batches = drawn$state)
  }
  x <- state$data$x
  t <- state$data$t
  run <- Trainer.train(
    steps, state,
    network = list(gradient = .spiral_gradient),
    batches = function(rng, steps) epoch_batches(rng, steps, nrow(x), batch_size),
    take = function(batch) list(x = x[batch, , drop = FALSE], t = t[batch, , drop = FALSE]),
    lr = lr
  )
  state[names(run$state)] <- run$state
  right <- max.col(TwoLayerNetSigmoid.predict(run$params, x), ties.method = "first") == max.col(t, ties.method = "first")
  list(loss = run$loss, params = run$params, accuracy = mean(right), state = state)
}

.spiral_gradient <- function(params, x, t) {
  forward <- TwoLayerNetSigmoid.forward(params, x, t)
  list(loss = forward$loss, grads = TwoLayerNetSigmoid.backward(forward)$grads)
}

#' @rdname SpiralRun.train
#' @export
SpiralRun.boundary <- function(state, low = -1.1, high = 1.1, count = 61) {
  grid <- low + (high - low) * (seq_len(count) - 1) / (count - 1)
  mesh <- cbind(rep(grid, times = count), rep(grid, each = count))
  regions <- max.col(TwoLayerNetSigmoid.predict(state$params, mesh), ties.method = "first") - 1L
  list(
    regions = matrix(regions, nrow = count, byrow = TRUE),
    points = cbind(state$data$x, max.col(state$data$t, ties.method = "first") - 1L)
  )
}
