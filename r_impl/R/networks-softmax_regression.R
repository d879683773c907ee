#' @title Softmax regression of one sample
#'
#' @description
#' \deqn{s = softmax(W x^T + B), \quad L = -\log s_t}{s = softmax(W t(x) + B),  L = -log(s at the target)}
#' The gradient goes through the Jacobian of the softmax, written out:
#' \deqn{J = diag(s) - s s^T, \quad \partial L / \partial g = -\frac{1}{s_t} J t^T}{
#'   J = diag(s) - s t(s),  dL/dg = -1/s_t (J t(t))}
#' \deqn{dW = \partial L / \partial g \; x, \quad dB = \partial L / \partial g}{dW = dL/dg x,  dB = dL/dg}
#' The entries of `dB` add up to 0.
#'
#' @param W The weights, a matrix (C, D): one row per class.
#' @param B The bias, a matrix (C, 1).
#' @param x The sample, a matrix (1, D).
#' @param t Its label, one-hot, a matrix (1, C).
#' @param forward The result of `SoftmaxRegression.forward()`.
#' @param s The three probabilities.
#' @param steps How many steps of gradient descent.
#' @param lr The learning rate.
#' @return `SoftmaxRegression.forward()`: a list with `loss`, `pred` (1, C), `x` and `t`.
#'   `SoftmaxRegression.jacobian()`: the matrix (3, 3) of the derivatives of `s`.
#'   `SoftmaxRegression.backward()`: a list with `dW` (C, D) and `dB` (C, 1).
#'   `SoftmaxRegression.train()`: a list with the new `W` and `B`, and their `loss` and `pred`.
#' @source Blog post "multi-class classification, practice", with its Jacobian put right. The exponentials are taken as
#'   they are, without subtracting the largest, as there.
#' @seealso [SoftmaxRegressionAsPrinted.forward()], with the Jacobian of the source.
#' @family networks
#' @examples
#' W <- np_randn(np_random_state(220106), 3, 4)
#' B <- np_randn(W$state, 3, 1)
#' x <- matrix(c(1.2, 2.4, 3.6, 1.8), nrow = 1)
#' t <- matrix(c(0, 0, 1), nrow = 1)
#' forward <- SoftmaxRegression.forward(W$value, B$value, x, t)
#' forward$pred
#' backward <- SoftmaxRegression.backward(forward)
#' sum(backward$dB)
#' SoftmaxRegression.train(W$value, B$value, x, t, steps = 100, lr = 0.001)$pred
#' @name SoftmaxRegression
NULL

#' @rdname SoftmaxRegression
#' @export
SoftmaxRegression.forward <- function(W, B, x, t) {
  .check_matrix("W", W)
  .check_shape("x", x, c(1, ncol(W)))
  .check_shape("B", B, c(nrow(W), 1))
  .check_shape("t", t, c(1, nrow(W)))
  g <- W %*% t(x) + B
  pred <- t(exp(g) / sum(exp(g)))
  loss <- -log(sum(pred * t))
  list(loss = loss, pred = pred, x = x, t = t)
}

#' @rdname SoftmaxRegression
#' @export
SoftmaxRegression.jacobian <- function(s) {
  rbind(
    c(s[1] * (1 - s[1]), -s[1] * s[2], -s[1] * s[3]),
    c(-s[1] * s[2], s[2] * (1 - s[2]), -s[2] * s[3]),
    c(-s[1] * s[3], -s[2] * s[3], s[3] * (1 - s[3]))
  )
}

#' @rdname SoftmaxRegression
#' @export
SoftmaxRegression.backward <- function(forward) {
  .softmax_regression_backward(forward, SoftmaxRegression.jacobian(forward$pred))
}

#' @rdname SoftmaxRegression
#' @export
SoftmaxRegression.train <- function(W, B, x, t, steps = 100, lr = 0.001) {
  .softmax_regression_train(W, B, x, t, steps, lr, SoftmaxRegression.backward)
}

.softmax_regression_backward <- function(forward, jacobian) {
  dL_ds <- -1 / sum(forward$pred * forward$t)
  ds_dg <- jacobian %*% t(forward$t)
  list(dW = dL_ds * (ds_dg %*% forward$x), dB = dL_ds * ds_dg)
}

.softmax_regression_train <- function(W, B, x, t, steps, lr, backward) {
  for (step in seq_len(steps)) {
    grads <- backward(SoftmaxRegression.forward(W, B, x, t))
    W <- W - lr * grads$dW
    B <- B - lr * grads$dB
  }
  forward <- SoftmaxRegression.forward(W, B, x, t)
  list(loss = forward$loss, pred = forward$pred, W = W, B = B)
}
