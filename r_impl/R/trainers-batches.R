#' @title Batches for training
#'
#' @description
#' Which samples each step of a training run learns from. `random_batches()` draws each batch anew from all samples.
#' `epoch_batches()` puts the samples, as they lie by then, in a new random order at the beginning of each epoch, and
#' takes one batch after the other from it, so that none comes twice within an epoch; samples that do not fill a batch
#' wait for the next order.
#'
#' @param state A state of [np_random_state()]; of `epoch_batches()` also the `state` that it returned.
#' @param steps How many batches.
#' @param count How many samples there are.
#' @param size How many samples a batch has.
#' @param replace May a sample come twice within a batch?
#' @return A list with `value`, an integer matrix (steps, size) of zero-based numbers, and the new `state`.
#' @source Blog post "Back Propagation (2)", Training; for the epochs the book, second volume, chapter 1, which shuffles
#'   the data themselves.
#' @family trainers
#' @examples
#' random_batches(np_random_state(42), steps = 3, count = 10, size = 4)$value
#' drawn <- epoch_batches(np_random_state(42), steps = 3, count = 10, size = 4)
#' drawn$value
#' epoch_batches(drawn$state, steps = 1, count = 10, size = 4)$value
#' @export
random_batches <- function(state, steps, count, size, replace = TRUE) {
  if (replace) {
    # All at once: the same numbers as drawn batch by batch, and a call costs more than a number.
    return(np_choice(state, count, size = c(steps, size)))
  }
  value <- matrix(0L, steps, size)
  for (step in seq_len(steps)) {
    drawn <- np_choice(state, count, size, replace = FALSE)
    value[step, ] <- drawn$value
    state <- drawn$state
  }
  list(value = value, state = state)
}

#' @rdname random_batches
#' @export
epoch_batches <- function(state, steps, count, size) {
  if (size < 1 || size > count) stop("a batch of ", size, " cannot be taken from ", count, call. = FALSE)
  # A state of np_random_state() alone is that before the first epoch.
  if (is.null(state$order)) state <- list(rng = state, order = seq_len(count) - 1L, done = 0)
  rng <- state$rng
  order <- state$order
  done <- state$done
  value <- matrix(0L, steps, size)
  for (step in seq_len(steps)) {
    if (done == 0) {
      drawn <- np_permutation(rng, count)
      rng <- drawn$state
      order <- order[drawn$value + 1L]
    }
    value[step, ] <- order[done + seq_len(size)]
    done <- if (done + 2 * size <= count) done + size else 0
  }
  list(value = value, state = list(rng = rng, order = order, done = done))
}
