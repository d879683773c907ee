#' @title A network of any number of layers, with batch normalization and dropout
#'
#' @description
#' [MultiLayerNet] with [BatchNormalization] before each activation and [Dropout] after it, where they are asked for.
#'
#' NumPy's network keeps the running statistics and the stream of the masks; here both go in and come out.
#'
#' @inheritParams MultiLayerNet
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken: for the weights, W1 first, or for
#'   the masks, those of the first hidden layer first.
#' @param params The parameters, a named list: `W1`, `b1`, `W2`, `b2`, ..., and with batch normalization `gamma1`,
#'   `beta1`, ... of the hidden layers.
#' @param train_flg Whether the network is being trained: elements are dropped, and the batch's statistics are used.
#' @param masks The masks of dropout, a list with a matrix for each hidden layer; `NULL` to draw them.
#' @param running The running statistics, a named list: `mean1`, `var1`, ...; `NULL` for zeros.
#' @param use_dropout,use_batchnorm What is asked for.
#' @param dropout_ratio The share of the units that is dropped.
#' @return `MultiLayerNetExtend.init()`: a list with `params` and `state`, the stream after the draws.
#'   `MultiLayerNetExtend.predict()`: a list with `out`, the scores (N, O), `running` and `rng`, the stream after the
#'   masks.
#'   `MultiLayerNetExtend.loss()`: a list with `loss`, `running` and `rng`.
#'   `MultiLayerNetExtend.accuracy()`: the share of rows whose largest score (the first, where several tie) is at the
#'   label.
#'   `MultiLayerNetExtend.gradient()`, always of training: a list with the `loss`, `grads`, `running` and `rng`.
#' @source The book, first volume, chapter 6, 6.3.2 and 6.4.3, and the networks that go with it.
#' @family networks
#' @examples
#' params <- MultiLayerNetExtend.init(4, c(5, 3), 2, use_batchnorm = TRUE, rng = 42)$params
#' x <- np_randn(np_random_state(7), 6, 4)$value
#' t <- c(1, 0, 0, 1, 1, 0)
#' step <- MultiLayerNetExtend.gradient(params, x, t, use_batchnorm = TRUE, use_dropout = TRUE, dropout_ratio = 0.2)
#' step$grads$gamma1
#' MultiLayerNetExtend.accuracy(params, x, t, running = step$running, use_batchnorm = TRUE)
#' @name MultiLayerNetExtend
NULL

#' @rdname MultiLayerNetExtend
#' @export
MultiLayerNetExtend.init <- function(input_size, hidden_size_list, output_size, weight_init_std = "relu",
                                     use_batchnorm = FALSE, rng = 0) {
  drawn <- MultiLayerNet.init(input_size, hidden_size_list, output_size, weight_init_std, rng)
  if (use_batchnorm) {
    for (k in seq_along(hidden_size_list)) {
      size <- hidden_size_list[k]
      drawn$params[paste0(c("gamma", "beta"), k)] <- list(rep(1, size), numeric(size))
    }
  }
  drawn
}

#' @rdname MultiLayerNetExtend
#' @export
MultiLayerNetExtend.predict <- function(params, x, train_flg = FALSE, masks = NULL, running = NULL, rng = 0,
                                        activation = "relu", use_dropout = FALSE, dropout_ratio = 0.5,
                                        use_batchnorm = FALSE) {
  net <- .multi_layer_net(
    params, x, activation, train_flg, masks, running, rng, use_dropout, dropout_ratio, use_batchnorm
  )
  list(out = net$scores, running = net$running, rng = net$rng)
}

#' @rdname MultiLayerNetExtend
#' @export
MultiLayerNetExtend.loss <- function(params, x, t, train_flg = FALSE, masks = NULL, running = NULL, rng = 0,
                                     activation = "relu", weight_decay_lambda = 0, use_dropout = FALSE,
                                     dropout_ratio = 0.5, use_batchnorm = FALSE, delta = 1e-7) {
  net <- MultiLayerNetExtend.predict(
    params, x, train_flg, masks, running, rng, activation, use_dropout, dropout_ratio, use_batchnorm
  )
  loss <- SoftmaxWithLoss.forward(net$out, t, delta)$loss + .weight_decay(params, weight_decay_lambda)
  list(loss = loss, running = net$running, rng = net$rng)
}

#' @rdname MultiLayerNetExtend
#' @export
MultiLayerNetExtend.accuracy <- function(params, x, t, running = NULL, activation = "relu", use_dropout = FALSE,
                                         dropout_ratio = 0.5, use_batchnorm = FALSE) {
  net <- MultiLayerNetExtend.predict(
    params, x,
    running = running, activation = activation, use_dropout = use_dropout, dropout_ratio = dropout_ratio,
    use_batchnorm = use_batchnorm
  )
  .share_of_right(net$out, t)
}

#' @rdname MultiLayerNetExtend
#' @export
MultiLayerNetExtend.gradient <- function(params, x, t, masks = NULL, running = NULL, rng = 0, activation = "relu",
                                         weight_decay_lambda = 0, use_dropout = FALSE, dropout_ratio = 0.5,
                                         use_batchnorm = FALSE, delta = 1e-7) {
  net <- .multi_layer_net(
    params, x, activation, TRUE, masks, running, rng, use_dropout, dropout_ratio, use_batchnorm
  )
  c(.multi_layer_net_gradient(net, params, t, weight_decay_lambda, delta), net[c("running", "rng")])
}
