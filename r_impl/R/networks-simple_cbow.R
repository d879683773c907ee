#' @title The word in the middle out of its neighbours
#'
#' @description
#' \deqn{h = \frac{1}{C} \sum_c contexts_c W_{in}, \quad L = CE(softmax(h W_{out}), target)}{
#'   h = mean of the contexts' W_in,  L = CE(softmax(h W_out), target)}
#'
#' @param params A list of `W_in` (V, H) and `W_out` (H, V).
#' @param contexts The neighbours, one-hot, an array (N, C, V).
#' @param target The words in the middle, one-hot, a matrix (N, V).
#' @param delta What keeps the logarithm of the cross entropy away from 0.
#' @return `SimpleCBOW.loss()`: a number. `SimpleCBOW.gradient()`: a list with `loss` and `grads`.
#' @source The book, second volume, chapter 3, 3.4, which has C = 2.
#' @examples
#' pairs <- create_contexts_target(c(0, 1, 2, 3, 4, 1, 5, 6))
#' params <- list(W_in = np_randn(np_random_state(1), 7, 5)$value, W_out = np_randn(np_random_state(2), 5, 7)$value)
#' SimpleCBOW.loss(params, convert_one_hot(pairs$contexts, 7), convert_one_hot(pairs$target, 7))
#' @family networks
#' @name SimpleCBOW
NULL

#' @rdname SimpleCBOW
#' @export
SimpleCBOW.loss <- function(params, contexts, target, delta = 1e-7) .simple_cbow(params, contexts, target, delta)$loss

#' @rdname SimpleCBOW
#' @export
SimpleCBOW.gradient <- function(params, contexts, target, delta = 1e-7) {
  net <- .simple_cbow(params, contexts, target, delta)
  out <- MatMul.backward(net$out, SoftmaxWithLoss.backward(net$last)$dx)
  # The contexts share W_in, and so does their mean: one product for all.
  W_in <- crossprod(net$words, out$dx)
  list(loss = net$loss, grads = list(W_in = W_in, W_out = out$dW))
}

.simple_cbow <- function(params, contexts, target, delta) {
  .check_sequence("contexts", contexts, nrow(params$W_in))
  words <- apply(contexts, c(1, 3), mean)
  out <- MatMul.forward(params$W_out, words %*% params$W_in)
  last <- SoftmaxWithLoss.forward(out$out, target, delta)
  list(loss = last$loss, words = words, out = out, last = last)
}
