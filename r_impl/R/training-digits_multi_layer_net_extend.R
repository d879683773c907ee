#' @title A deep network learns the digits of 8 x 8
#'
#' @description
#' A [MultiLayerNetExtend][MultiLayerNetExtend.loss()] learns the digits of [load_digits()], by one optimizer or another
#' and with what is asked for: the comparisons of chapter 6. One stream, started from `seed`, gives the initial weights
#' and then the batches, each image once in an epoch; another, from `seed` + 1, the masks of dropout.
#'
#' @inheritParams DigitsRun.train
#' @param optimizer `"SGD"`, `"Momentum"`, `"Nesterov"`, `"AdaGrad"`, `"RMSprop"` or `"Adam"`.
#' @param hidden_size_list How many units each hidden layer has.
#' @param activation,weight_init_std As in [MultiLayerNetExtend.init()].
#' @param weight_decay_lambda,use_dropout,dropout_ratio,use_batchnorm As in [MultiLayerNetExtend.loss()].
#' @param count From how many images, the first of them, it learns; `NULL` for all.
#' @param images `"digits"`, or `"mnist"` for [load_mnist()].
#' @return A list with `loss`, one number for each step, on its batch and before its update; `train_accuracy`, over the
#'   images it learns from, and `test_accuracy`, at the end of the call; `params`; and `state`, to go on from.
#' @source The book, first volume, chapter 6, figures 6-9, 6-15, 6-18 and 6-20 to 6-23, with the digits in place of MNIST
#'   and smaller layers.
#' @family training runs
#' @examples
#' run <- DigitsMultiLayerNetExtendRun.train(steps = 15, optimizer = "Adam")
#' run$loss[15]
#' run <- DigitsMultiLayerNetExtendRun.train(steps = 15, optimizer = "Adam", state = run$state)
#' run$loss[15]
#' @export
DigitsMultiLayerNetExtendRun.train <- function(steps, seed = 0, optimizer = "SGD", lr = 0.01, batch_size = 100,
                                               hidden_size_list = c(30, 30, 30, 30), activation = "relu",
                                               weight_init_std = "relu", weight_decay_lambda = 0, use_dropout = FALSE,
                                               dropout_ratio = 0.5, use_batchnorm = FALSE, count = NULL, images = "digits",
                                               path = NULL, state = NULL) {
  update <- .optimizer(optimizer)
  if (is.null(state)) {
    digits <- switch(images,
      digits = load_digits(path),
      mnist = load_mnist(path)
    )
    learned <- seq_len(if (is.null(count)) nrow(digits$x_train) else count)
    digits$x_train <- digits$x_train[learned, , drop = FALSE]
    digits$t_train <- digits$t_train[learned]
    drawn <- MultiLayerNetExtend.init(
      ncol(digits$x_train), hidden_size_list, 10, weight_init_std, use_batchnorm, np_random_state(seed)
    )
    state <- list(
      data = digits, params = drawn$params, batches = drawn$state,
      network = list(running = NULL, rng = np_random_state(seed + 1))
    )
  }
  digits <- state$data
  run <- Trainer.train(
    steps, state,
    network = list(gradient = function(params, x, t, running, rng) {
      MultiLayerNetExtend.gradient(
        params, x, t, NULL, running, rng, activation, weight_decay_lambda, use_dropout, dropout_ratio, use_batchnorm
      )
    }),
    batches = function(rng, steps) epoch_batches(rng, steps, nrow(digits$x_train), batch_size),
    take = function(batch) list(x = digits$x_train[batch, , drop = FALSE], t = digits$t_train[batch]),
    lr = lr, update = update
  )
  state[names(run$state)] <- run$state
  accuracy <- function(x, t) {
    MultiLayerNetExtend.accuracy(
      run$params, x, t, state$network$running, activation, use_dropout, dropout_ratio, use_batchnorm
    )
  }
  list(
    loss = run$loss, params = run$params,
    train_accuracy = accuracy(digits$x_train, digits$t_train), test_accuracy = accuracy(digits$x_test, digits$t_test),
    state = state
  )
}

.optimizer <- function(name) {
  optimizers <- list(
    SGD = SGD.update, Momentum = Momentum.update, Nesterov = Nesterov.update, AdaGrad = AdaGrad.update,
    RMSprop = RMSprop.update, Adam = Adam.update
  )
  if (!name %in% names(optimizers)) {
    stop("optimizer '", name, "': expected one of ", paste(names(optimizers), collapse = ", "), call. = FALSE)
  }
  optimizers[[name]]
}
