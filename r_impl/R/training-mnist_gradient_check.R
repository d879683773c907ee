#' @title A gradient check on three images of MNIST
#'
#' @description
#' The mean absolute difference between the gradients by backpropagation and by central differences,
#' \deqn{\mathrm{mean} \left| \frac{\partial L}{\partial p} - \frac{L(p + h) - L(p - h)}{2h} \right|}{
#'   mean |dL/dp - (L(p + h) - L(p - h)) / 2h|}
#' over each of `W1`, `b1`, `W2` and `b2`, with h = 1e-4. L is the loss of a new [TwoLayerNet][TwoLayerNet.init()] on
#' the first three images.
#'
#' @inheritParams MnistRun.train
#' @param seed A seed, as for [np_random_state()], from which the weights are drawn.
#' @param delta What keeps the logarithm in L away from 0. Backpropagation leaves it out, so that L's true gradient is a
#'   little another one.
#' @return A named list of four numbers.
#' @source Blog post "Back Propagation (2)", Gradient Check, which sets no seed.
#' @family training runs
#' @examples
#' \dontrun{
#' mnist_gradient_check(seed = 42)
#' mnist_gradient_check(seed = 42, delta = 0)
#' }
#' @export
mnist_gradient_check <- function(seed = 0, delta = 1e-7, hidden_size = 50, weight_init_std = 0.01, path = NULL) {
  mnist <- load_mnist(path, one_hot_label = TRUE)
  x <- mnist$x_train[1:3, ]
  t <- mnist$t_train[1:3, ]
  params <- TwoLayerNet.init(ncol(x), hidden_size, ncol(t), weight_init_std, seed)$params
  backprop <- TwoLayerNet.gradient(params, x, t, delta)$grads
  numerical <- TwoLayerNet.numerical_gradient(params, x, t, delta)$grads
  lapply(c(W1 = "W1", b1 = "b1", W2 = "W2", b2 = "b2"), function(name) mean(abs(backprop[[name]] - numerical[[name]])))
}
