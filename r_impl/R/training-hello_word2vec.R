#' @title Word vectors of seven words
#'
#' @description
#' [SimpleCBOW][SimpleCBOW.loss()] or, with `skip_gram`, [SimpleSkipGram][SimpleSkipGram.loss()] learn the words of "You
#' say goodbye and I say hello." by [Adam][Adam.update()].
#'
#' @inheritParams DigitsRun.train
#' @param hidden_size How long a word vector is.
#' @param skip_gram Whether the neighbours are predicted from the word.
#' @return A list with `loss`, one number for each step; `params`, of which `W_in` are the word vectors; and `state`.
#' @source The book, second volume, chapter 3, 3.4.2, whose 1,000 epochs are 2,000 steps.
#' @family training runs
#' @examples
#' run <- HelloWord2vecRun.train(steps = 100, seed = 1)
#' run$loss[c(1, 100)]
#' @export
HelloWord2vecRun.train <- function(steps, seed = 0, lr = 0.001, batch_size = 3, hidden_size = 5, skip_gram = FALSE,
                                   state = NULL) {
  text <- preprocess("You say goodbye and I say hello.")
  V <- length(text$id_to_word)
  pairs <- create_contexts_target(text$corpus)
  contexts <- convert_one_hot(pairs$contexts, V)
  target <- convert_one_hot(pairs$target, V)
  if (is.null(state)) {
    W_in <- np_randn(np_random_state(seed), V, hidden_size)
    W_out <- np_randn(W_in$state, hidden_size, V)
    state <- list(params = list(W_in = 0.01 * W_in$value, W_out = 0.01 * W_out$value), batches = W_out$state)
  }
  run <- Trainer.train(
    steps, state,
    network = list(gradient = if (skip_gram) SimpleSkipGram.gradient else SimpleCBOW.gradient),
    batches = function(rng, steps) epoch_batches(rng, steps, nrow(target), batch_size),
    take = function(batch) list(x = contexts[batch, , , drop = FALSE], t = target[batch, , drop = FALSE]),
    lr = lr, update = Adam.update
  )
  list(loss = run$loss, params = run$params, state = run$state)
}
