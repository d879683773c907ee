#' @title A two-layer network with sigmoid, parameters in a list
#'
#' @description
#' Affine, Sigmoid, Affine, and a softmax with cross entropy:
#' \deqn{L = CE(softmax(\sigma(x W_1 + b_1) W_2 + b_2), t)}{L = CE(softmax(sigmoid(x W1 + b1) W2 + b2), t)}
#'
#' @param input_size,hidden_size,output_size The numbers I, H and O of inputs, hidden units and outputs.
#' @param weight_init_std What the normal weights are multiplied by: 1 in the notebook, 0.01 in the book.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken. W1 is drawn first, then W2.
#' @param params The parameters `list(W1, b1, W2, b2)`, without names: W1 (I, H), b1 (H), W2 (H, O), b2 (O).
#' @param x The input, a matrix (N, I).
#' @param t The labels, a one-hot matrix (N, O) or N zero-based class numbers.
#' @param delta What keeps the logarithm of the cross entropy away from 0.
#' @param forward The result of `TwoLayerNetSigmoid.forward()`.
#' @param dout The gradient of what follows by the loss, a number.
#' @return `TwoLayerNetSigmoid.init()`: a list with `params` and `state`, the stream after the draws.
#'   `TwoLayerNetSigmoid.predict()`: the scores, a matrix (N, O).
#'   `TwoLayerNetSigmoid.forward()`: a list with `loss` and `layers`, what each layer's forward pass returned.
#'   `TwoLayerNetSigmoid.backward()`: a list with `dx` (N, I) and `grads`, the list of gradients in the order of
#'   `params`.
#' @source Notebook "inference and training", TwoLayerNet, completed as in the book.
#' @family networks
#' @examples
#' params <- TwoLayerNetSigmoid.init(2, 4, 3, rng = 42)$params
#' x <- matrix(c(0.5, -1, 2, 1, 0, -0.5), nrow = 3, byrow = TRUE)
#' TwoLayerNetSigmoid.predict(params, x)
#' forward <- TwoLayerNetSigmoid.forward(params, x, t = c(0, 2, 1))
#' forward$loss
#' TwoLayerNetSigmoid.backward(forward)$grads
#' @name TwoLayerNetSigmoid
NULL

#' @rdname TwoLayerNetSigmoid
#' @export
TwoLayerNetSigmoid.init <- function(input_size, hidden_size, output_size, weight_init_std = 1, rng = 0) {
  state <- if (is.list(rng)) rng else np_random_state(rng)
  W1 <- np_randn(state, input_size, hidden_size)
  W2 <- np_randn(W1$state, hidden_size, output_size)
  params <- list(
    weight_init_std * W1$value, numeric(hidden_size),
    weight_init_std * W2$value, numeric(output_size)
  )
  list(params = params, state = W2$state)
}

#' @rdname TwoLayerNetSigmoid
#' @export
TwoLayerNetSigmoid.predict <- function(params, x) {
  .two_layer_net_sigmoid(params, x)$Affine2$out
}

#' @rdname TwoLayerNetSigmoid
#' @export
TwoLayerNetSigmoid.forward <- function(params, x, t, delta = 1e-7) {
  layers <- .two_layer_net_sigmoid(params, x)
  layers$SoftmaxWithLoss <- SoftmaxWithLoss.forward(layers$Affine2$out, t, delta)
  list(loss = layers$SoftmaxWithLoss$loss, layers = layers)
}

#' @rdname TwoLayerNetSigmoid
#' @export
TwoLayerNetSigmoid.backward <- function(forward, dout = 1) {
  layers <- forward$layers
  last <- SoftmaxWithLoss.backward(layers$SoftmaxWithLoss, dout)
  second <- Affine.backward(layers$Affine2, last$dx)
  hidden <- Sigmoid.backward(layers$Sigmoid, second$dx)
  first <- Affine.backward(layers$Affine1, hidden$dx)
  list(dx = first$dx, grads = list(first$dW, first$db, second$dW, second$db))
}

.two_layer_net_sigmoid <- function(params, x) {
  first <- Affine.forward(params[[1]], params[[2]], x)
  hidden <- Sigmoid.forward(first$out)
  second <- Affine.forward(params[[3]], params[[4]], hidden$out)
  list(Affine1 = first, Sigmoid = hidden, Affine2 = second)
}
