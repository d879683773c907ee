#' @title Is it this word?
#'
#' @description
#' The target should be, and the drawn words should not: the sum of 1 + sample_size losses, each [SigmoidWithLoss] of an
#' [EmbeddingDot]. `dh` and `dW` are the sums of theirs.
#'
#' @param W The table, a matrix (V, D).
#' @param corpus,power,sample_size,rng As in [UnigramSampler].
#' @param h A matrix (N, D).
#' @param target N ids, **counted from 0** as in Python.
#' @param negative_sample The drawn words, a matrix (N, sample_size); `NULL` to draw them.
#' @param delta A small number that keeps the logarithm away from 0.
#' @param forward The result of `NegativeSamplingLoss.forward()`.
#' @param dout The gradient that flows in, one number.
#' @return `NegativeSamplingLoss.forward()`: a list with `loss`, `negative_sample`, `rng`, and what the backward pass
#'   needs. `NegativeSamplingLoss.backward()`: a list with `dh` and `dW`.
#' @source The book, second volume, chapter 4, 4.2.7.
#' @examples
#' corpus <- c(0, 1, 2, 3, 4, 1, 2, 3)
#' W <- np_randn(np_random_state(1), 5, 2)$value
#' forward <- NegativeSamplingLoss.forward(W, corpus, sample_size = 2, h = matrix(1:4, 2), target = c(0, 3))
#' forward$loss
#' NegativeSamplingLoss.backward(forward)$dh
#' @family layers
#' @name NegativeSamplingLoss
#' @rdname layers-negative_sampling_loss
NULL

#' @rdname layers-negative_sampling_loss
#' @export
NegativeSamplingLoss.forward <- function(W, corpus, power = 0.75, sample_size = 5, h, target, negative_sample = NULL,
                                         rng = 0, delta = 1e-7) {
  if (is.null(negative_sample)) {
    drawn <- UnigramSampler.get_negative_sample(corpus, power, sample_size, target, rng)
    negative_sample <- drawn$sample
    rng <- drawn$rng
  }
  .check_shape("negative_sample", negative_sample, c(length(target), sample_size))
  words <- cbind(target, negative_sample)
  dots <- lapply(seq_len(ncol(words)), function(k) EmbeddingDot.forward(W, h, words[, k]))
  losses <- lapply(seq_along(dots), function(k) {
    SigmoidWithLoss.forward(dots[[k]]$out, rep(as.numeric(k == 1), length(target)), delta)
  })
  loss <- sum(vapply(losses, `[[`, 0, "loss"))
  list(loss = loss, negative_sample = negative_sample, rng = rng, dots = dots, losses = losses)
}

#' @rdname layers-negative_sampling_loss
#' @export
NegativeSamplingLoss.backward <- function(forward, dout = 1) {
  back <- Map(function(dot, loss) {
    EmbeddingDot.backward(dot, SigmoidWithLoss.backward(loss, dout)$dx)
  }, forward$dots, forward$losses)
  list(dh = Reduce(`+`, lapply(back, `[[`, "dh")), dW = Reduce(`+`, lapply(back, `[[`, "dW")))
}
