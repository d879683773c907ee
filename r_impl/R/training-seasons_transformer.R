#' @title One block of a transformer learns the characters of twelve sentences
#'
#' @description
#' A [TransformerLM][TransformerLM.loss()] learns [load_seasons()] by [AdamW][AdamW.update()] and a [cosine_schedule()].
#'
#' @inheritParams DigitsRun.train
#' @param lr The largest learning rate.
#' @param total How many steps the schedule has.
#' @param warmup How many steps it takes to get to `lr`.
#' @param batch_size,time_size How many sequences a step has, and how long they are.
#' @param size How long a character's vector is.
#' @param heads As in [MultiHeadAttention].
#' @return A list with `loss`, one number for each step and before its update; `params`, as those of
#'   [TransformerLM.loss()]; and `state`.
#' @source Written for this project.
#' @family training runs
#' @examples
#' run <- SeasonsTransformerRun.train(steps = 3, seed = 1)
#' run$loss
#' @export
SeasonsTransformerRun.train <- function(steps, seed = 0, lr = 0.02, total = 200, warmup = 10, batch_size = 8,
                                        time_size = 16, size = 16, heads = 2, state = NULL) {
  text <- load_seasons(characters = TRUE)
  if (is.null(state)) {
    drawn <- .transformer_weights(np_random_state(seed), length(text$words), size)
    state <- list(params = drawn$params, rng = drawn$state, done = 0, kept = NULL)
  }
  last <- length(text$corpus) - time_size
  params <- state$params
  loss <- numeric(steps)
  for (step in seq_len(steps)) {
    drawn <- np_randint(state$rng, 0, last, batch_size)
    state$rng <- drawn$state
    places <- outer(drawn$value, seq_len(time_size), `+`)
    xs <- matrix(text$corpus[places], batch_size)
    ts <- matrix(text$corpus[places + 1], batch_size)
    now <- TransformerLM.gradient(params, xs, ts, heads)
    loss[step] <- now$loss
    rate <- cosine_schedule(state$done, total, lr, warmup = warmup)
    state$kept <- do.call(AdamW.update, c(list(params, now$grads, lr = rate), state$kept))
    params <- state$kept$params
    state$kept$params <- NULL
    state$done <- state$done + 1
  }
  state$params <- params
  list(loss = loss, params = params, state = state)
}

# One draw for all of them, which is the same stream, cut row by row.
.transformer_weights <- function(state, V, D) {
  shapes <- list(
    embed_W = c(V, D), block_Wq = c(D, D), block_Wk = c(D, D), block_Wv = c(D, D), block_Wo = c(D, D),
    block_W1 = c(D, 4 * D), block_W2 = c(4 * D, D), affine_W = c(D, V)
  )
  sizes <- vapply(shapes, prod, 0)
  drawn <- np_randn(state, sum(sizes))
  values <- split(0.1 * drawn$value, rep(seq_along(sizes), sizes))
  weights <- Map(function(value, shape) matrix(value, shape[1], byrow = TRUE), unname(values), unname(shapes))
  biases <- c("bq", "bk", "bv", "bo", "b2", "beta1", "beta2")
  zeros <- stats::setNames(rep(list(numeric(D)), length(biases)), paste0("block_", biases))
  params <- c(stats::setNames(weights, names(shapes)), zeros, list(
    block_b1 = numeric(4 * D), block_gamma1 = rep(1, D), block_gamma2 = rep(1, D),
    gamma = rep(1, D), beta = numeric(D), affine_b = numeric(V)
  ))
  list(params = params, state = drawn$state)
}
