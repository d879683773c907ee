#' @title A two-layer network with ReLU, named parameters
#'
#' @description
#' Affine, Relu, Affine, and a softmax with cross entropy:
#' \deqn{L = CE(softmax(relu(x W_1 + b_1) W_2 + b_2), t)}{L = CE(softmax(relu(x W1 + b1) W2 + b2), t)}
#'
#' @param input_size,hidden_size,output_size The numbers I, H and O of inputs, hidden units and outputs.
#' @param weight_init_std What the normal weights are multiplied by.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken. W1 is drawn first, then W2.
#' @param params The parameters, a named list: `W1` (I, H), `b1` (H), `W2` (H, O), `b2` (O).
#' @param x The input, a matrix (N, I).
#' @param t The labels, a one-hot matrix (N, O) or N zero-based class numbers.
#' @param delta What keeps the logarithm of the cross entropy away from 0.
#' @return `TwoLayerNet.init()`: a list with `params` and `state`, the stream after the draws.
#'   `TwoLayerNet.predict()`: the scores, a matrix (N, O).
#'   `TwoLayerNet.loss()`: a number.
#'   `TwoLayerNet.accuracy()`: the share of rows whose largest score (the first, where several tie) is at the label.
#'   `TwoLayerNet.gradient()`, by backpropagation, and `TwoLayerNet.numerical_gradient()`, by central differences: a
#'   list with `grads`, a named list of the gradients of the loss by `W1`, `b1`, `W2` and `b2`; the former also has the
#'   `loss`.
#' @source Blog post "Back Propagation (2)", Network.
#' @family networks
#' @examples
#' params <- TwoLayerNet.init(4, 5, 3, weight_init_std = 0.5, rng = 42)$params
#' x <- np_randn(np_random_state(7), 2, 4)$value
#' t <- rbind(c(0, 0, 1), c(1, 0, 0))
#' TwoLayerNet.predict(params, x)
#' TwoLayerNet.loss(params, x, t)
#' TwoLayerNet.accuracy(params, x, t)
#' backprop <- TwoLayerNet.gradient(params, x, t)$grads
#' numeric <- TwoLayerNet.numerical_gradient(params, x, t)$grads
#' max(abs(backprop$W1 - numeric$W1))
#' @name TwoLayerNet
NULL

#' @rdname TwoLayerNet
#' @export
TwoLayerNet.init <- function(input_size, hidden_size, output_size, weight_init_std = 0.01, rng = 0) {
  state <- if (is.list(rng)) rng else np_random_state(rng)
  W1 <- np_randn(state, input_size, hidden_size)
  W2 <- np_randn(W1$state, hidden_size, output_size)
  params <- list(
    W1 = weight_init_std * W1$value, b1 = numeric(hidden_size),
    W2 = weight_init_std * W2$value, b2 = numeric(output_size)
  )
  list(params = params, state = W2$state)
}

#' @rdname TwoLayerNet
#' @export
TwoLayerNet.predict <- function(params, x) {
  .two_layer_net(params, x)$Affine2$out
}

#' @rdname TwoLayerNet
#' @export
TwoLayerNet.loss <- function(params, x, t, delta = 1e-7) {
  SoftmaxWithLoss.forward(TwoLayerNet.predict(params, x), t, delta)$loss
}

#' @rdname TwoLayerNet
#' @export
TwoLayerNet.accuracy <- function(params, x, t) {
  y <- TwoLayerNet.predict(params, x)
  # ties.method: max.col() would pick one of several largest at random, argmax takes the first.
  predicted <- max.col(y, ties.method = "first")
  .check_answers(t, y)
  labels <- if (is.matrix(t)) max.col(t, ties.method = "first") else t + 1L
  mean(predicted == labels)
}

#' @rdname TwoLayerNet
#' @export
TwoLayerNet.gradient <- function(params, x, t, delta = 1e-7) {
  layers <- .two_layer_net(params, x)
  forward <- SoftmaxWithLoss.forward(layers$Affine2$out, t, delta)
  last <- SoftmaxWithLoss.backward(forward, dout = 1)
  second <- Affine.backward(layers$Affine2, last$dx)
  hidden <- Relu.backward(layers$Relu1, second$dx)
  first <- Affine.backward(layers$Affine1, hidden$dx)
  list(loss = forward$loss, grads = list(W1 = first$dW, b1 = first$db, W2 = second$dW, b2 = second$db))
}

#' @rdname TwoLayerNet
#' @export
TwoLayerNet.numerical_gradient <- function(params, x, t, delta = 1e-7) {
  grads <- lapply(c(W1 = "W1", b1 = "b1", W2 = "W2", b2 = "b2"), function(name) {
    loss_with <- function(value) {
      params[[name]] <- value
      TwoLayerNet.loss(params, x, t, delta)
    }
    numerical_gradient(loss_with, params[[name]])
  })
  list(grads = grads)
}

.two_layer_net <- function(params, x) {
  first <- Affine.forward(params$W1, params$b1, x)
  hidden <- Relu.forward(first$out)
  second <- Affine.forward(params$W2, params$b2, hidden$out)
  list(Affine1 = first, Relu1 = hidden, Affine2 = second)
}
