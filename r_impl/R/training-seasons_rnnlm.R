#' @title A language model learns twelve sentences
#'
#' @description
#' An [Rnnlm][Rnnlm.loss()] learns [load_seasons()] by stochastic gradient descent with clipped gradients.
#'
#' @inheritParams DigitsRun.train
#' @param time_size How many words a step goes through.
#' @param wordvec_size,hidden_size How long a word vector and a hidden state are.
#' @param max_grad How long the gradients may be together.
#' @return A list with `loss`, one number for each step and before its update; `perplexity`, `exp()` of their mean;
#'   `params`, as those of [Rnnlm.loss()]; and `state`.
#' @source The book, second volume, chapter 6, 6.4.3, with this text in place of Penn Treebank.
#' @family training runs
#' @examples
#' run <- SeasonsRnnlmRun.train(steps = 10, seed = 1)
#' run$perplexity
#' @export
SeasonsRnnlmRun.train <- function(steps, seed = 0, lr = 5, batch_size = 4, time_size = 9, wordvec_size = 12,
                                  hidden_size = 16, max_grad = 0.5, state = NULL) {
  text <- load_seasons()
  if (is.null(state)) {
    V <- length(text$words)
    D <- wordvec_size
    H <- hidden_size
    embed_W <- np_randn(np_random_state(seed), V, D)
    Wx <- np_randn(embed_W$state, D, 4 * H)
    Wh <- np_randn(Wx$state, H, 4 * H)
    affine_W <- np_randn(Wh$state, H, V)
    state <- list(params = list(
      embed_W = embed_W$value / 100, lstm_Wx = Wx$value / sqrt(D), lstm_Wh = Wh$value / sqrt(H),
      lstm_b = numeric(4 * H), affine_W = affine_W$value / sqrt(H), affine_b = numeric(V)
    ))
  }
  run <- RnnlmTrainer.train(steps, state, text$corpus, batch_size, time_size, lr, max_grad)
  c(run, list(perplexity = exp(mean(run$loss))))
}
