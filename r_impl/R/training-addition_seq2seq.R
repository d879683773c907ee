#' @title A network learns to add
#'
#' @description
#' A [Seq2seq][Seq2seq.loss()] learns the sums of [load_addition()] by [Adam][Adam.update()] with clipped gradients; with
#' the questions reversed, peeky, or with attention. The last tenth of the sums is for the test.
#'
#' @inheritParams DigitsRun.train
#' @param reverse Whether the characters of a question come in the other order.
#' @param peeky,attention As in [Seq2seq.loss()].
#' @param count How many sums there are.
#' @param largest The largest number that is added.
#' @param wordvec_size,hidden_size How long a character's vector and a hidden state are.
#' @param max_grad How long the gradients may be together.
#' @return A list with `loss`, one number for each step and before its update; `test_accuracy`, the share of the test's sums
#'   of which every character is right; `params`, as those of [Seq2seq.loss()]; and `state`.
#' @source The book, second volume, chapter 7, 7.3.4, 7.4 and chapter 8, with smaller numbers.
#' @family training runs
#' @examples
#' run <- AdditionSeq2seqRun.train(steps = 3, count = 200)
#' run$loss
#' @export
AdditionSeq2seqRun.train <- function(steps, seed = 0, reverse = FALSE, peeky = FALSE, attention = FALSE, count = 2000,
                                     largest = 9, lr = 0.01, batch_size = 50, wordvec_size = 8, hidden_size = 24,
                                     max_grad = 5, state = NULL) {
  if (is.null(state)) {
    data <- load_addition(count, largest, seed)
    if (reverse) data$xs <- data$xs[, rev(seq_len(ncol(data$xs)))]
    drawn <- Seq2seq.init(13, wordvec_size, hidden_size, peeky, attention, np_random_state(seed))
    state <- list(data = data, params = drawn$params, batches = drawn$state)
  }
  train <- count - count %/% 10
  xs <- state$data$xs
  ts <- state$data$ts
  run <- Trainer.train(
    steps, state,
    network = list(gradient = function(params, x, t) Seq2seq.gradient(params, x, t, peeky, attention)),
    batches = function(rng, steps) epoch_batches(rng, steps, train, batch_size),
    take = function(batch) list(x = xs[batch, , drop = FALSE], t = ts[batch, , drop = FALSE]),
    lr = lr, update = Adam.update, max_grad = max_grad
  )
  state[names(run$state)] <- run$state
  test <- seq(train + 1, count)
  accuracy <- Seq2seq.accuracy(run$params, xs[test, , drop = FALSE], ts[test, , drop = FALSE], peeky, attention)
  list(loss = run$loss, test_accuracy = accuracy, params = run$params, state = state)
}
