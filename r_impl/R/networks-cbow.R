#' @title CBOW with ids and negative samples
#'
#' @description
#' \deqn{h = \frac{1}{C} \sum_c W_{in}[contexts_c], \quad L = NegativeSamplingLoss(h, target)}{
#'   h = mean of W_in[contexts],  L = NegativeSamplingLoss(h, target)}
#'
#' @param params A list of `W_in` and `W_out`, both (V, H).
#' @param corpus,power,sample_size,rng As in [UnigramSampler].
#' @param contexts The neighbours, a matrix (N, C) of ids **counted from 0** as in Python.
#' @param target The words in the middle, N ids.
#' @param negative_sample The drawn words, a matrix (N, sample_size); `NULL` to draw them.
#' @param delta What keeps the logarithms away from 0.
#' @return `CBOW.loss()`: a list with `loss` and `rng`. `CBOW.gradient()`: a list with `loss`, `grads` and `rng`.
#' @source The book, second volume, chapter 4, 4.3.1.
#' @examples
#' corpus <- c(0, 1, 2, 3, 4, 1, 5, 6)
#' pairs <- create_contexts_target(corpus)
#' params <- list(W_in = np_randn(np_random_state(1), 7, 3)$value, W_out = np_randn(np_random_state(2), 7, 3)$value)
#' CBOW.gradient(params, corpus, sample_size = 2, contexts = pairs$contexts, target = pairs$target)$loss
#' @family networks
#' @name CBOW
NULL

#' @rdname CBOW
#' @export
CBOW.loss <- function(params, corpus, power = 0.75, sample_size = 5, contexts, target, negative_sample = NULL, rng = 0,
                      delta = 1e-7) {
  .cbow(params, corpus, power, sample_size, contexts, target, negative_sample, rng, delta)$last[c("loss", "rng")]
}

#' @rdname CBOW
#' @export
CBOW.gradient <- function(params, corpus, power = 0.75, sample_size = 5, contexts, target, negative_sample = NULL,
                          rng = 0, delta = 1e-7) {
  net <- .cbow(params, corpus, power, sample_size, contexts, target, negative_sample, rng, delta)
  back <- NegativeSamplingLoss.backward(net$last)
  each <- back$dh[rep(seq_len(nrow(contexts)), ncol(contexts)), , drop = FALSE] / ncol(contexts)
  W_in <- Embedding.backward(net$into, each)$dW
  list(loss = net$last$loss, grads = list(W_in = W_in, W_out = back$dW), rng = net$last$rng)
}

.cbow <- function(params, corpus, power, sample_size, contexts, target, negative_sample, rng, delta) {
  .check_matrix("contexts", contexts)
  # The neighbours of all words, one context after the other.
  into <- Embedding.forward(params$W_in, as.vector(contexts))
  h <- rowsum(into$out, rep(seq_len(nrow(contexts)), ncol(contexts))) / ncol(contexts)
  dimnames(h) <- NULL
  last <- NegativeSamplingLoss.forward(
    params$W_out, corpus, power, sample_size, h, target, negative_sample, rng, delta
  )
  list(into = into, last = last)
}
