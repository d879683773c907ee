#' @title A training run on the digits of 8 x 8
#'
#' @description
#' The run of [MnistRun.train()] on the digits of [load_digits()], which come with the package.
#'
#' @inheritParams MnistRun.train
#' @param path The folder of the files, as for [load_digits()].
#' @return As [MnistRun.train()].
#' @source Blog post "Back Propagation (2)", Training, with the digits in place of MNIST.
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
    data <- load_digits(path, normalize = FALSE, one_hot_label = TRUE)
    state <- .two_layer_net_begin(data, largest = 16, seed, hidden_size, weight_init_std)
  }
  .two_layer_net_train(state, steps, lr, batch_size)
}
