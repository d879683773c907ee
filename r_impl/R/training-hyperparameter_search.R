#' @title A learning rate and a weight decay looked for at random
#'
#' @description
#' A trial draws a weight decay \eqn{\lambda = 10^u}{lambda = 10^u} with u uniform on \eqn{[-8, -4)}, and then a learning
#' rate \eqn{lr = 10^u} with u uniform on \eqn{[-3, -0.5)}; it learns anew for some epochs from four fifths of the
#' digits of [load_digits()] that are used, and is judged by the rest.
#'
#' @details
#' One stream, started from `seed`, gives the order of the images and then the two numbers of each trial; that of trial
#' k, counted from 0, started from `seed` + 1 + k, gives its weights and batches.
#'
#' @inheritParams DigitsRun.train
#' @param steps How many trials to make.
#' @param count How many images, the first of them, are used.
#' @param epochs How often a trial sees each image that it learns from.
#' @param hidden_size How many units each of the two hidden layers has.
#' @return A list with `accuracy`, one number for each trial, on the images held out; `lr`, `weight_decay_lambda`
#'   and `loss`, on the last batch, of the trials; `best`, accuracy, lr and lambda of the best trial so far (the first, where
#'   several are as good); and `state`.
#' @source The book, first volume, chapter 6, 6.5.2 and 6.5.3, with the digits in place of MNIST and a smaller network.
#' @family training runs
#' @examples
#' search <- HyperparameterSearch.train(steps = 3)
#' search$accuracy
#' HyperparameterSearch.train(steps = 2, state = search$state)$best
#' @export
HyperparameterSearch.train <- function(steps, seed = 0, count = 300, epochs = 10, batch_size = 60, hidden_size = 30,
                                       path = NULL, state = NULL) {
  if (is.null(state)) {
    digits <- load_digits(path)
    order <- np_permutation(np_random_state(seed), count)
    state <- list(data = digits, order = order$value + 1L, rng = order$state, trials = 0, best = numeric(3))
  }
  held <- state$order[seq_len(count %/% 5)]
  learned <- state$order[-seq_len(count %/% 5)]
  x <- state$data$x_train
  t <- state$data$t_train
  accuracy <- loss <- lr <- weight_decay_lambda <- numeric(steps)
  for (trial in seq_len(steps)) {
    lambda <- np_uniform(state$rng, -8, -4)
    rate <- np_uniform(lambda$state, -3, -0.5)
    state$rng <- rate$state
    weight_decay_lambda[trial] <- 10^lambda$value
    lr[trial] <- 10^rate$value
    run <- .search_trial(
      x[learned, , drop = FALSE], t[learned], seed + 1 + state$trials, lr[trial], weight_decay_lambda[trial], epochs,
      batch_size, hidden_size
    )
    state$trials <- state$trials + 1
    loss[trial] <- run$loss[length(run$loss)]
    accuracy[trial] <- MultiLayerNet.accuracy(run$params, x[held, , drop = FALSE], t[held])
    if (accuracy[trial] > state$best[1]) state$best <- c(accuracy[trial], lr[trial], weight_decay_lambda[trial])
  }
  list(
    accuracy = accuracy, lr = lr, weight_decay_lambda = weight_decay_lambda, loss = loss, best = state$best, state = state
  )
}

# The losses of one trial, and the weights that it learns.
.search_trial <- function(x, t, seed, lr, weight_decay_lambda, epochs, batch_size, hidden_size) {
  drawn <- MultiLayerNet.init(64, rep(hidden_size, 2), 10, rng = np_random_state(seed))
  Trainer.train(
    epochs * (nrow(x) %/% batch_size), list(params = drawn$params, batches = drawn$state),
    network = list(gradient = function(params, x, t) MultiLayerNet.gradient(params, x, t, "relu", weight_decay_lambda)),
    batches = function(rng, steps) epoch_batches(rng, steps, nrow(x), batch_size),
    take = function(batch) list(x = x[batch, , drop = FALSE], t = t[batch]),
    lr = lr
  )
}
