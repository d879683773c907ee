#' @title A network with attention learns to write dates
#'
#' @description
#' A [Seq2seq][Seq2seq.loss()] with attention learns to write the dates of [load_dates()] as YYYY-MM-DD, from reversed
#' questions, by [Adam][Adam.update()] with clipped gradients. The last tenth of the dates is for the test.
#'
#' @inheritParams AdditionSeq2seqRun.train
#' @param count How many dates there are.
#' @return A list with `loss`, one number for each step and before its update; `test_accuracy`, the share of the test's
#'   dates of which every character is right, and `character_accuracy`, that of the test's characters, which rises long
#'   before; `alignment` (10, 29), the attention weights of the test's first question, where the decoder gets the right
#'   answer: in row t and column s, how much the answer's character t, "_" aside, looks at the question's character s,
#'   as it is spelled and not reversed (each row sums to 1); `params`, as those of [Seq2seq.loss()]; and `state`.
#' @source The book, second volume, chapter 8, 8.3, with smaller numbers.
#' @family training runs
#' @examples
#' run <- DatesAttentionRun.train(steps = 3, count = 100, batch_size = 20, hidden_size = 8)
#' run$loss
#' dim(run$alignment)
#' @export
DatesAttentionRun.train <- function(steps, seed = 0, count = 10000, lr = 0.01, batch_size = 100, wordvec_size = 16,
                                    hidden_size = 64, max_grad = 5, state = NULL) {
  if (is.null(state)) {
    data <- load_dates(count, seed)
    data$xs <- data$xs[, rev(seq_len(ncol(data$xs)))]
    # 68 characters.
    drawn <- Seq2seq.init(68, wordvec_size, hidden_size, attention = TRUE, rng = np_random_state(seed))
    state <- list(data = data, params = drawn$params, batches = drawn$state)
  }
  train <- count - count %/% 10
  xs <- state$data$xs
  ts <- state$data$ts
  run <- Trainer.train(
    steps, state,
    network = list(gradient = function(params, x, t) Seq2seq.gradient(params, x, t, attention = TRUE)),
    batches = function(rng, steps) epoch_batches(rng, steps, train, batch_size),
    take = function(batch) list(x = xs[batch, , drop = FALSE], t = ts[batch, , drop = FALSE]),
    lr = lr, update = Adam.update, max_grad = max_grad
  )
  state[names(run$state)] <- run$state
  tested <- list(xs = xs[-seq_len(train), , drop = FALSE], ts = ts[-seq_len(train), , drop = FALSE])
  # 67 is the id of "_".
  right <- Seq2seq.generate(run$params, tested$xs, 67, ncol(ts) - 1, attention = TRUE) == tested$ts[, -1, drop = FALSE]
  list(
    loss = run$loss, test_accuracy = mean(rowSums(!right) == 0), character_accuracy = mean(right),
    alignment = .alignment(run$params, tested$xs[1, , drop = FALSE], tested$ts[1, , drop = FALSE]),
    params = run$params, state = state
  )
}

# The attention weights of one reversed question, its columns in the order in which it is spelled.
.alignment <- function(params, x, t) {
  # The right answer goes in: a guessed one would jump as soon as two scores lie close together.
  weights <- .seq2seq(params, x, t, peeky = FALSE, attention = TRUE)$decoder$attention_weights
  weights[1, , rev(seq_len(ncol(x)))]
}
