#' @title A language model goes through a text
#'
#' @description
#' In `batch_size` places at once, which are (M - 1) %/% batch_size words apart, `time_size` words at a time. The state of
#' the network goes on from one step to the next, also where a place comes to the end of the text and begins at its start;
#' gradients end at the first word of a step.
#'
#' @param steps How many steps to make.
#' @param state A list of `params`; after a first call the `state` of its result.
#' @param corpus The ids of M words, **counted from 0** as in Python.
#' @param batch_size,time_size How many places, and how many words.
#' @param lr The learning rate.
#' @param max_grad How long the gradients may be together, for [clip_grads()]; `NULL` for any length.
#' @param gradient The network, such as [Rnnlm.gradient()].
#' @return A list with `loss`, one number for each step and before its update (`exp()` of a mean loss is the perplexity),
#'   `params` and `state`.
#' @source The book, second volume, chapter 6, 6.4.3, and the trainer that goes with it.
#' @family trainers
#' @examples
#' drawn <- function(seed, ...) 0.1 * np_randn(np_random_state(seed), ...)$value
#' params <- list(
#'   embed_W = drawn(1, 4, 3), lstm_Wx = drawn(2, 3, 12), lstm_Wh = drawn(3, 3, 12), lstm_b = numeric(12),
#'   affine_W = drawn(4, 3, 4), affine_b = numeric(4)
#' )
#' run <- RnnlmTrainer.train(50, list(params = params), rep(0:3, 10), batch_size = 2, time_size = 4, lr = 1)
#' exp(run$loss[c(1, 50)])
#' @export
RnnlmTrainer.train <- function(steps, state, corpus, batch_size, time_size, lr, max_grad = NULL,
                               gradient = Rnnlm.gradient) {
  M <- length(corpus) - 1
  starts <- (seq_len(batch_size) - 1) * (M %/% batch_size)
  done <- if (is.null(state$done)) 0 else state$done
  params <- state$params
  last <- state$last
  loss <- numeric(steps)
  for (step in seq_len(steps)) {
    places <- outer(starts + done, seq_len(time_size) - 1, `+`) %% M + 1
    done <- done + time_size
    xs <- matrix(corpus[places], batch_size)
    ts <- matrix(corpus[places + 1], batch_size)
    last <- gradient(params, xs, ts, h = last$h, c = last$c)
    grads <- if (is.null(max_grad)) last$grads else clip_grads(last$grads, max_grad)$grads
    params <- SGD.update(params, grads, lr)$params
    loss[step] <- last$loss
  }
  list(loss = loss, params = params, state = list(params = params, done = done, last = last[c("h", "c")]))
}
