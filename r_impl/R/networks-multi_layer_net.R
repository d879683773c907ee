#' @title A network of any number of layers
#'
#' @description
#' Affine and an activation as often as there are hidden layers, Affine, and a softmax with cross entropy. With weight
#' decay the loss is larger by the squares of all weights, and of no bias:
#' \deqn{L = CE(softmax(scores), t) + \frac{\lambda}{2} \sum W^2}{L = CE(softmax(scores), t) + lambda / 2 sum(W^2)}
#' and each `dW` by \eqn{\lambda W}{lambda W}.
#'
#' @param input_size,output_size The numbers I and O of inputs and outputs.
#' @param hidden_size_list The numbers of hidden units, a vector.
#' @param weight_init_std The standard deviation of the weights; or `"relu"` or `"he"` for He's weights, `"sigmoid"` or
#'   `"xavier"` for Xavier's.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken. W1 is drawn first.
#' @param params The parameters, a named list: `W1` (I, H1), `b1` (H1), `W2`, `b2`, ...
#' @param x The input, a matrix (N, I).
#' @param t The labels, a one-hot matrix (N, O) or N zero-based class numbers.
#' @param activation `"relu"` or `"sigmoid"`.
#' @param weight_decay_lambda How much the squares of the weights count.
#' @param delta What keeps the logarithm of the cross entropy away from 0.
#' @return `MultiLayerNet.init()`: a list with `params` and `state`, the stream after the draws.
#'   `MultiLayerNet.predict()`: the scores, a matrix (N, O).
#'   `MultiLayerNet.loss()`: a number.
#'   `MultiLayerNet.accuracy()`: the share of rows whose largest score (the first, where several tie) is at the label.
#'   `MultiLayerNet.gradient()`: a list with the `loss` and `grads`, a named list of its gradients by the parameters.
#' @source The book, first volume, chapter 6, 6.4.2, and the networks that go with it.
#' @family networks
#' @examples
#' params <- MultiLayerNet.init(4, c(5, 3), 2, rng = 42)$params
#' x <- np_randn(np_random_state(7), 2, 4)$value
#' MultiLayerNet.loss(params, x, t = c(1, 0), weight_decay_lambda = 0.1)
#' MultiLayerNet.gradient(params, x, t = c(1, 0), weight_decay_lambda = 0.1)$grads$b3
#' @name MultiLayerNet
NULL

#' @rdname MultiLayerNet
#' @export
MultiLayerNet.init <- function(input_size, hidden_size_list, output_size, weight_init_std = "relu", rng = 0) {
  sizes <- c(input_size, hidden_size_list, output_size)
  params <- list()
  for (k in seq_len(length(sizes) - 1)) {
    drawn <- .weights(sizes[k], sizes[k + 1], weight_init_std, rng)
    rng <- drawn$state
    params[paste0(c("W", "b"), k)] <- list(drawn$W, numeric(sizes[k + 1]))
  }
  list(params = params, state = rng)
}

#' @rdname MultiLayerNet
#' @export
MultiLayerNet.predict <- function(params, x, activation = "relu") {
  .multi_layer_net(params, x, activation)$scores
}

#' @rdname MultiLayerNet
#' @export
MultiLayerNet.loss <- function(params, x, t, activation = "relu", weight_decay_lambda = 0, delta = 1e-7) {
  y <- MultiLayerNet.predict(params, x, activation)
  SoftmaxWithLoss.forward(y, t, delta)$loss + .weight_decay(params, weight_decay_lambda)
}

#' @rdname MultiLayerNet
#' @export
MultiLayerNet.accuracy <- function(params, x, t, activation = "relu") {
  .share_of_right(MultiLayerNet.predict(params, x, activation), t)
}

#' @rdname MultiLayerNet
#' @export
MultiLayerNet.gradient <- function(params, x, t, activation = "relu", weight_decay_lambda = 0, delta = 1e-7) {
  net <- .multi_layer_net(params, x, activation)
  .multi_layer_net_gradient(net, params, t, weight_decay_lambda, delta)
}

# The layers of both networks, in order, each with its backward function.
.multi_layer_net <- function(params, x, activation, train_flg = FALSE, masks = NULL, running = NULL, rng = 0,
                             use_dropout = FALSE, dropout_ratio = 0.5, use_batchnorm = FALSE) {
  active <- .activation(activation)
  depth <- sum(startsWith(names(params), "W"))
  hidden <- list()
  for (k in seq_len(depth - 1)) {
    param <- function(name) params[[paste0(name, k)]]
    affine <- Affine.forward(param("W"), param("b"), x)
    x <- affine$out
    norm <- NULL
    if (use_batchnorm) {
      places <- paste0(c("mean", "var"), k)
      norm <- BatchNormalization.forward(
        param("gamma"), param("beta"), x, running[[places[1]]], running[[places[2]]], train_flg = train_flg
      )
      running[places] <- norm[c("running_mean", "running_var")]
      x <- norm$out
    }
    act <- active$forward(x)
    x <- act$out
    drop <- NULL
    if (use_dropout) {
      drop <- Dropout.forward(x, dropout_ratio, train_flg, if (!is.null(masks)) masks[[k]], rng)
      rng <- drop$rng
      x <- drop$out
    }
    hidden[[k]] <- list(affine = affine, norm = norm, act = act, drop = drop)
  }
  last <- Affine.forward(params[[paste0("W", depth)]], params[[paste0("b", depth)]], x)
  list(scores = last$out, hidden = hidden, last = last, active = active, running = running, rng = rng)
}

.multi_layer_net_gradient <- function(net, params, t, weight_decay_lambda, delta) {
  forward <- SoftmaxWithLoss.forward(net$scores, t, delta)
  depth <- length(net$hidden) + 1
  grads <- list()
  back <- Affine.backward(net$last, SoftmaxWithLoss.backward(forward)$dx)
  grads[paste0(c("W", "b"), depth)] <- list(back$dW, back$db)
  for (k in rev(seq_along(net$hidden))) {
    layer <- net$hidden[[k]]
    dout <- back$dx
    if (!is.null(layer$drop)) dout <- Dropout.backward(layer$drop, dout)$dx
    dout <- net$active$backward(layer$act, dout)$dx
    if (!is.null(layer$norm)) {
      norm <- BatchNormalization.backward(layer$norm, dout)
      grads[paste0(c("gamma", "beta"), k)] <- norm[c("dgamma", "dbeta")]
      dout <- norm$dx
    }
    back <- Affine.backward(layer$affine, dout)
    grads[paste0(c("W", "b"), k)] <- list(back$dW, back$db)
  }
  for (name in .weight_names(params)) grads[[name]] <- grads[[name]] + weight_decay_lambda * params[[name]]
  list(loss = forward$loss + .weight_decay(params, weight_decay_lambda), grads = grads[names(params)])
}

.activation <- function(name) {
  switch(name,
    relu = list(forward = Relu.forward, backward = Relu.backward),
    sigmoid = list(forward = Sigmoid.forward, backward = Sigmoid.backward),
    stop("activation '", name, "': expected one of relu, sigmoid", call. = FALSE)
  )
}

.weights <- function(before, after, weight_init_std, rng) {
  if (is.numeric(weight_init_std)) {
    return(.normal_weights(weight_init_std, before, after, rng))
  }
  switch(weight_init_std,
    relu = ,
    he = he(before, after, rng),
    sigmoid = ,
    xavier = xavier(before, after, rng),
    stop("weight_init_std '", weight_init_std, "': expected a number, relu, he, sigmoid or xavier", call. = FALSE)
  )
}

.weight_names <- function(params) names(params)[startsWith(names(params), "W")]

.weight_decay <- function(params, weight_decay_lambda) {
  sum(vapply(params[.weight_names(params)], function(W) 0.5 * weight_decay_lambda * sum(W^2), 0))
}

# ties.method: max.col() would pick one of several largest at random, argmax takes the first.
.share_of_right <- function(y, t) {
  .check_answers(t, y)
  labels <- if (is.matrix(t)) max.col(t, ties.method = "first") else t + 1L
  mean(max.col(y, ties.method = "first") == labels)
}
