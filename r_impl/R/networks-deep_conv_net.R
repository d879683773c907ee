#' @title A deep network of convolutions
#'
#' @description
#' Three times two convolutions with Relu and a Pooling (2 x 2, stride 2); Affine, Relu, Dropout, Affine, Dropout, and a
#' softmax with cross entropy. All filters are 3 x 3 with stride 1; their pads are 1, but 2 in the fourth, so that an
#' image of 28 x 28 is pooled to 14, 8 and 4.
#'
#' @param input_dim The extents C, height and width of an image.
#' @param filter_nums How many filters each of the six convolutions has.
#' @param hidden_size,output_size The numbers H and O of hidden units and outputs.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken, W1 first, then the others in order.
#' @param params The parameters, a named list: `W1`, `b1` to `W6`, `b6`, the convolutions, and `W7`, `b7`, `W8`, `b8`.
#' @param x The images, an array (N, C, height, width).
#' @param t The labels, a one-hot matrix (N, O) or N zero-based class numbers.
#' @param masks The masks of the dropout, 1 where a unit is kept: a list of `hidden` (N, H) and `scores` (N, O). Without
#'   them, at test, both are scaled by `1 - dropout_ratio`, as in the book.
#' @param dropout_ratio The share of units that are left out.
#' @param delta What keeps the logarithm of the cross entropy away from 0.
#' @return `DeepConvNet.init()`: a list with `params`, He's weights, normal times the root of 2 / fan-in, and zero biases;
#'   and `state`, the stream after the draws.
#'   `DeepConvNet.predict()`: the scores, a matrix (N, O).
#'   `DeepConvNet.loss()`: a number.
#'   `DeepConvNet.gradient()`: a list with the `loss` and `grads`, a named list of its gradients by the parameters.
#' @source The book, first volume, chapter 8, 8.1.1.
#' @family networks
#' @examples
#' params <- DeepConvNet.init(c(1, 8, 8), filter_nums = c(2, 3, 2, 3, 2, 3), hidden_size = 5, output_size = 4)$params
#' x <- np_randn(np_random_state(7), 2, 1, 8, 8)$value
#' DeepConvNet.predict(params, x)
#' DeepConvNet.gradient(params, x, t = c(2, 0))$grads$b8
#' @name DeepConvNet
NULL

#' @rdname DeepConvNet
#' @export
DeepConvNet.init <- function(input_dim = c(1, 28, 28), filter_nums = c(16, 16, 32, 32, 64, 64), hidden_size = 50,
                             output_size = 10, rng = 0) {
  state <- if (is.list(rng)) rng else np_random_state(rng)
  channels <- c(input_dim[1], filter_nums)
  pooled <- vapply(input_dim[-1], .deep_conv_net_pooled, 0)
  shapes <- c(
    lapply(seq_along(filter_nums), function(k) c(channels[k + 1], channels[k], 3, 3)),
    list(c(channels[length(channels)] * prod(pooled), hidden_size), c(hidden_size, output_size))
  )
  params <- list()
  for (k in seq_along(shapes)) {
    shape <- shapes[[k]]
    filters <- length(shape) == 4
    W <- do.call(np_randn, c(list(state), as.list(shape)))
    state <- W$state
    params[[paste0("W", k)]] <- sqrt(2 / if (filters) prod(shape[-1]) else shape[1]) * W$value
    params[[paste0("b", k)]] <- numeric(if (filters) shape[1] else shape[2])
  }
  list(params = params, state = state)
}

#' @rdname DeepConvNet
#' @export
DeepConvNet.predict <- function(params, x, masks = NULL, dropout_ratio = 0.5) {
  .deep_conv_net(params, x, masks, dropout_ratio)$scores
}

#' @rdname DeepConvNet
#' @export
DeepConvNet.loss <- function(params, x, t, masks = NULL, dropout_ratio = 0.5, delta = 1e-7) {
  SoftmaxWithLoss.forward(DeepConvNet.predict(params, x, masks, dropout_ratio), t, delta)$loss
}

#' @rdname DeepConvNet
#' @export
DeepConvNet.gradient <- function(params, x, t, masks = NULL, dropout_ratio = 0.5, delta = 1e-7) {
  layers <- .deep_conv_net(params, x, masks, dropout_ratio)
  forward <- SoftmaxWithLoss.forward(layers$scores, t, delta)
  last <- SoftmaxWithLoss.backward(forward, dout = 1)
  eighth <- Affine.backward(layers$Affine2, layers$masks$scores * last$dx)
  hidden <- Relu.backward(layers$Relu, layers$masks$hidden * eighth$dx)
  seventh <- Affine.backward(layers$Affine1, hidden$dx)
  grads <- list(W7 = seventh$dW, b7 = seventh$db, W8 = eighth$dW, b8 = eighth$db)
  dout <- seventh$dx
  for (k in rev(seq_along(layers$convolutions))) {
    now <- layers$convolutions[[k]]
    if (!is.null(now$pool)) dout <- Pooling.backward(now$pool, dout)$dx
    back <- Convolution.backward(now$conv, Relu.backward(now$relu, dout)$dx)
    dout <- back$dx
    grads[paste0(c("W", "b"), k)] <- list(back$dW, back$db)
  }
  list(loss = forward$loss, grads = grads[names(params)])
}

.deep_conv_net_pads <- c(1, 1, 1, 2, 1, 1)

.deep_conv_net_pooled <- function(extent) {
  for (k in seq_along(.deep_conv_net_pads)) {
    extent <- output_size(extent, 3, pad = .deep_conv_net_pads[k])
    if (k %% 2 == 0) extent <- output_size(extent, 2, stride = 2)
  }
  extent
}

.deep_conv_net <- function(params, x, masks, dropout_ratio) {
  if (is.null(masks)) masks <- list(hidden = 1 - dropout_ratio, scores = 1 - dropout_ratio)
  convolutions <- list()
  for (k in seq_along(.deep_conv_net_pads)) {
    W <- params[[paste0("W", k)]]
    conv <- Convolution.forward(W, params[[paste0("b", k)]], x, pad = .deep_conv_net_pads[k])
    relu <- Relu.forward(conv$out)
    x <- relu$out
    pool <- if (k %% 2 == 0) Pooling.forward(x, pool_h = 2, pool_w = 2, stride = 2)
    if (!is.null(pool)) x <- pool$out
    convolutions[[k]] <- list(conv = conv, relu = relu, pool = pool)
  }
  seventh <- Affine.forward(params$W7, params$b7, x)
  hidden <- Relu.forward(seventh$out)
  eighth <- Affine.forward(params$W8, params$b8, masks$hidden * hidden$out)
  list(
    convolutions = convolutions, Affine1 = seventh, Relu = hidden, Affine2 = eighth,
    masks = masks, scores = masks$scores * eighth$out
  )
}
