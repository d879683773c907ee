#' @title Words drawn by how often they occur
#'
#' @description
#' \deqn{p_i = count_i^{power} / \sum_j count_j^{power}}{p[i] = count[i]^power / sum_j count[j]^power}
#' The target is never drawn, and no word twice. A power below 1 makes rare words a little less rare. The draws are those
#' of NumPy's stream, which goes in and comes out.
#'
#' @param corpus The ids of a text, **counted from 0** as in Python.
#' @param power The exponent.
#' @param sample_size How many words for each target.
#' @param target The words that must not be drawn, N ids.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken.
#' @return A list with `sample`, a matrix (N, sample_size) of ids, and `rng`, the stream after the draws.
#' @source The book, second volume, chapter 4, 4.2.6.
#' @examples
#' UnigramSampler.get_negative_sample(c(0, 1, 2, 3, 4, 1, 2, 3), 0.75, 2, target = c(1, 3, 0), rng = 1)$sample
#' @family layers
#' @name UnigramSampler
#' @rdname layers-unigram_sampler
NULL

#' @rdname layers-unigram_sampler
#' @export
UnigramSampler.get_negative_sample <- function(corpus, power, sample_size, target, rng = 0) {
  stream <- if (is.list(rng)) rng else np_random_state(rng)
  counts <- tabulate(corpus + 1, max(corpus) + 1)^power
  .check_labels(target, length(counts))
  sample <- matrix(0L, length(target), sample_size)
  for (n in seq_along(target)) {
    p <- counts / sum(counts)
    p[target[n] + 1] <- 0
    drawn <- np_choice(stream, length(p), size = sample_size, replace = FALSE, p = p / sum(p))
    stream <- drawn$state
    sample[n, ] <- as.integer(drawn$value)
  }
  list(sample = sample, rng = stream)
}
