#' @title SkipGram with ids and negative samples
#'
#' @description
#' \deqn{h = W_{in}[target], \quad L = \sum_c NegativeSamplingLoss(h, contexts_c)}{
#'   h = W_in[target],  L = sum over the contexts of NegativeSamplingLoss(h, context)}
#'
#' @inheritParams CBOW
#' @param negative_sample The drawn words, an array (N, C, sample_size); `NULL` to draw them, one context after the other.
#' @return `SkipGram.loss()`: a list with `loss` and `rng`. `SkipGram.gradient()`: a list with `loss`, `grads` and `rng`.
#' @source The book, second volume, the networks that go with chapter 4.
#' @examples
#' corpus <- c(0, 1, 2, 3, 4, 1, 5, 6)
#' pairs <- create_contexts_target(corpus)
#' params <- list(W_in = np_randn(np_random_state(1), 7, 3)$value, W_out = np_randn(np_random_state(2), 7, 3)$value)
#' SkipGram.gradient(params, corpus, sample_size = 2, contexts = pairs$contexts, target = pairs$target)$loss
#' @family networks
#' @name SkipGram
NULL

#' @rdname SkipGram
#' @export
SkipGram.loss <- function(params, corpus, power = 0.75, sample_size = 5, contexts, target, negative_sample = NULL,
                          rng = 0, delta = 1e-7) {
  .skip_gram(params, corpus, power, sample_size, contexts, target, negative_sample, rng, delta)[c("loss", "rng")]
}

#' @rdname SkipGram
#' @export
SkipGram.gradient <- function(params, corpus, power = 0.75, sample_size = 5, contexts, target, negative_sample = NULL,
                              rng = 0, delta = 1e-7) {
  net <- .skip_gram(params, corpus, power, sample_size, contexts, target, negative_sample, rng, delta)
  back <- lapply(net$losses, NegativeSamplingLoss.backward)
  W_in <- Embedding.backward(net$into, Reduce(`+`, lapply(back, `[[`, "dh")))$dW
  W_out <- Reduce(`+`, lapply(back, `[[`, "dW"))
  list(loss = net$loss, grads = list(W_in = W_in, W_out = W_out), rng = net$rng)
}

.skip_gram <- function(params, corpus, power, sample_size, contexts, target, negative_sample, rng, delta) {
  .check_matrix("contexts", contexts)
  into <- Embedding.forward(params$W_in, target)
  losses <- vector("list", ncol(contexts))
  for (k in seq_len(ncol(contexts))) {
    given <- if (!is.null(negative_sample)) matrix(negative_sample[, k, ], length(target))
    losses[[k]] <- NegativeSamplingLoss.forward(
      params$W_out, corpus, power, sample_size, into$out, contexts[, k], given, rng, delta
    )
    rng <- losses[[k]]$rng
  }
  list(loss = sum(vapply(losses, `[[`, 0, "loss")), rng = rng, into = into, losses = losses)
}
