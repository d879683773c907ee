#' @title A network with one convolution
#'
#' @description
#' Convolution, Relu, Pooling (2 x 2, stride 2), Affine, Relu, Affine, and a softmax with cross entropy.
#'
#' @param input_dim The extents C, height and width of an image.
#' @param filter_num,filter_size How many filters there are, and the extent of each.
#' @param stride,pad Those of the convolution.
#' @param hidden_size,output_size The numbers H and O of hidden units and outputs.
#' @param weight_init_std What the normal weights are multiplied by.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken. W1 is drawn first, then W2 and W3.
#' @param params The parameters, a named list: `W1` (FN, C, FH, FW), `b1` (FN), `W2` (D, H), `b2` (H), `W3` (H, O),
#'   `b3` (O), with D the pooled pixels of all filters.
#' @param x The images, an array (N, C, height, width).
#' @param t The labels, a one-hot matrix (N, O) or N zero-based class numbers.
#' @param delta What keeps the logarithm of the cross entropy away from 0.
#' @return `SimpleConvNet.init()`: a list with `params` and `state`, the stream after the draws.
#'   `SimpleConvNet.predict()`: the scores, a matrix (N, O).
#'   `SimpleConvNet.loss()`: a number.
#'   `SimpleConvNet.accuracy()`: the share of images whose largest score (the first, where several tie) is at the label.
#'   `SimpleConvNet.gradient()`: a list with the `loss` and `grads`, a named list of its gradients by the parameters.
#' @source The book, first volume, chapter 7, 7.5.
#' @family networks
#' @examples
#' params <- SimpleConvNet.init(c(1, 6, 7), filter_num = 2, filter_size = 3, hidden_size = 4, output_size = 3)$params
#' x <- np_randn(np_random_state(7), 2, 1, 6, 7)$value
#' SimpleConvNet.predict(params, x)
#' SimpleConvNet.gradient(params, x, t = c(2, 0))$grads$b3
#' @name SimpleConvNet
NULL

#' @rdname SimpleConvNet
#' @export
SimpleConvNet.init <- function(input_dim = c(1, 28, 28), filter_num = 30, filter_size = 5, stride = 1, pad = 0,
                               hidden_size = 100, output_size = 10, weight_init_std = 0.01, rng = 0) {
  state <- if (is.list(rng)) rng else np_random_state(rng)
  # A function is not hidden by the number of the same name.
  pooled <- vapply(input_dim[-1], function(extent) {
    output_size(output_size(extent, filter_size, stride, pad), 2, stride = 2)
  }, 0)
  W1 <- np_randn(state, filter_num, input_dim[1], filter_size, filter_size)
  W2 <- np_randn(W1$state, filter_num * prod(pooled), hidden_size)
  W3 <- np_randn(W2$state, hidden_size, output_size)
  params <- list(
    W1 = weight_init_std * W1$value, b1 = numeric(filter_num),
    W2 = weight_init_std * W2$value, b2 = numeric(hidden_size),
    W3 = weight_init_std * W3$value, b3 = numeric(output_size)
  )
  list(params = params, state = W3$state)
}

#' @rdname SimpleConvNet
#' @export
SimpleConvNet.predict <- function(params, x, stride = 1, pad = 0) {
  .simple_conv_net(params, x, stride, pad)$Affine2$out
}

#' @rdname SimpleConvNet
#' @export
SimpleConvNet.loss <- function(params, x, t, stride = 1, pad = 0, delta = 1e-7) {
  SoftmaxWithLoss.forward(SimpleConvNet.predict(params, x, stride, pad), t, delta)$loss
}

#' @rdname SimpleConvNet
#' @export
SimpleConvNet.accuracy <- function(params, x, t, stride = 1, pad = 0) {
  y <- SimpleConvNet.predict(params, x, stride, pad)
  .check_answers(t, y)
  labels <- if (is.matrix(t)) max.col(t, ties.method = "first") else t + 1L
  mean(max.col(y, ties.method = "first") == labels)
}

#' @rdname SimpleConvNet
#' @export
SimpleConvNet.gradient <- function(params, x, t, stride = 1, pad = 0, delta = 1e-7) {
  layers <- .simple_conv_net(params, x, stride, pad)
  forward <- SoftmaxWithLoss.forward(layers$Affine2$out, t, delta)
  last <- SoftmaxWithLoss.backward(forward, dout = 1)
  third <- Affine.backward(layers$Affine2, last$dx)
  hidden <- Relu.backward(layers$Relu2, third$dx)
  second <- Affine.backward(layers$Affine1, hidden$dx)
  pooled <- Pooling.backward(layers$Pool1, second$dx)
  active <- Relu.backward(layers$Relu1, pooled$dx)
  first <- Convolution.backward(layers$Conv1, active$dx)
  grads <- list(W1 = first$dW, b1 = first$db, W2 = second$dW, b2 = second$db, W3 = third$dW, b3 = third$db)
  list(loss = forward$loss, grads = grads)
}

.simple_conv_net <- function(params, x, stride, pad) {
  first <- Convolution.forward(params$W1, params$b1, x, stride, pad)
  active <- Relu.forward(first$out)
  pooled <- Pooling.forward(active$out, pool_h = 2, pool_w = 2, stride = 2)
  second <- Affine.forward(params$W2, params$b2, pooled$out)
  hidden <- Relu.forward(second$out)
  third <- Affine.forward(params$W3, params$b3, hidden$out)
  list(Conv1 = first, Relu1 = active, Pool1 = pooled, Affine1 = second, Relu2 = hidden, Affine2 = third)
}
