#' @title The neighbours out of the word in the middle
#'
#' @description
#' \deqn{s = target \, W_{in} W_{out}, \quad L = \sum_c CE(softmax(s), contexts_c)}{
#'   s = target W_in W_out,  L = sum over the contexts of CE(softmax(s), context)}
#'
#' @param params A list of `W_in` (V, H) and `W_out` (H, V).
#' @param contexts The neighbours, one-hot, an array (N, C, V).
#' @param target The words in the middle, one-hot, a matrix (N, V).
#' @param delta What keeps the logarithm of the cross entropy away from 0.
#' @return `SimpleSkipGram.loss()`: a number. `SimpleSkipGram.gradient()`: a list with `loss` and `grads`.
#' @source The book, second volume, chapter 3, 3.5.2.
#' @examples
#' pairs <- create_contexts_target(c(0, 1, 2, 3, 4, 1, 5, 6))
#' params <- list(W_in = np_randn(np_random_state(1), 7, 5)$value, W_out = np_randn(np_random_state(2), 5, 7)$value)
#' SimpleSkipGram.loss(params, convert_one_hot(pairs$contexts, 7), convert_one_hot(pairs$target, 7))
#' @family networks
#' @name SimpleSkipGram
NULL

#' @rdname SimpleSkipGram
#' @export
SimpleSkipGram.loss <- function(params, contexts, target, delta = 1e-7) {
  .simple_skip_gram(params, contexts, target, delta)$loss
}

#' @rdname SimpleSkipGram
#' @export
SimpleSkipGram.gradient <- function(params, contexts, target, delta = 1e-7) {
  net <- .simple_skip_gram(params, contexts, target, delta)
  ds <- Reduce(`+`, lapply(net$losses, function(one) SoftmaxWithLoss.backward(one)$dx))
  out <- MatMul.backward(net$out, ds)
  list(loss = net$loss, grads = list(W_in = MatMul.backward(net$into, out$dx)$dW, W_out = out$dW))
}

.simple_skip_gram <- function(params, contexts, target, delta) {
  .check_sequence("contexts", contexts, nrow(params$W_in))
  into <- MatMul.forward(params$W_in, target)
  out <- MatMul.forward(params$W_out, into$out)
  losses <- lapply(seq_len(dim(contexts)[2]), function(k) {
    SoftmaxWithLoss.forward(out$out, matrix(contexts[, k, ], nrow(target)), delta)
  })
  list(loss = sum(vapply(losses, `[[`, 0, "loss")), into = into, out = out, losses = losses)
}
