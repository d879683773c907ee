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
    state <- list(data = spiral.load_data(data_seed), params = drawn$params, rng = drawn$state, done = 0)
  }
  x <- state$data$x
  t <- state$data$t
  params <- state$params
  rng <- state$rng
  done <- state$done
  loss <- numeric(steps)
  for (step in seq_len(steps)) {
    if (done == 0) {
      drawn <- np_permutation(rng, nrow(x))
      rng <- drawn$state
      order <- drawn$value + 1L
      x <- x[order, , drop = FALSE]
      t <- t[order, , drop = FALSE]
    }
    batch <- done + seq_len(batch_size)
    forward <- TwoLayerNetSigmoid.forward(params, x[batch, , drop = FALSE], t[batch, , drop = FALSE])
    grads <- TwoLayerNetSigmoid.backward(forward)$grads
    params <- SGD.update(params, grads, lr)$params
    loss[step] <- forward$loss
    # Points that do not fill a batch wait for the next order.
    done <- if (done + 2 * batch_size <= nrow(x)) done + batch_size else 0
  }
  right <- max.col(TwoLayerNetSigmoid.predict(params, x), ties.method = "first") == max.col(t)
  list(
    loss = loss, params = params, accuracy = mean(right),
    state = list(data = list(x = x, t = t), params = params, rng = rng, done = done)
  )
}

#' @rdname SpiralRun.train
#' @export
SpiralRun.boundary <- function(state, low = -1.1, high = 1.1, count = 61) {
  grid <- low + (high - low) * (seq_len(count) - 1) / (count - 1)
  mesh <- cbind(rep(grid, times = count), rep(grid, each = count))
  regions <- max.col(TwoLayerNetSigmoid.predict(state$params, mesh), ties.method = "first") - 1L
  list(
    regions = matrix(regions, nrow = count, byrow = TRUE),
    points = cbind(state$data$x, max.col(state$data$t) - 1L)
  )
}
