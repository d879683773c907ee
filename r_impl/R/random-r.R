# R's own random stream as a value. Nothing is computed here: R draws, at a state that goes in and comes out, and R's
# state of the session is put back as it was. It is the reference for the stream that follows R in NumPy.

#' R's own random stream, as a value
#'
#' `r_random_state(seed)` is what `set.seed(seed)` leaves in `.Random.seed`, with R's default kinds: Mersenne-Twister,
#' Inversion and Rejection, whatever kinds the session has chosen. The draws are R's own `runif()`, `rnorm()` and
#' `sample()` at such a state; they return the new state with what was drawn. The session's `.Random.seed` stays as it
#' was: `RStream.runif(3, seed = 42)$value` is what `set.seed(42); runif(3)` gives, and nothing else happens.
#'
#' The other way round, NumPy's stream in R, is [np_random_state()].
#'
#' @param seed A whole number from -(2^31 - 1) to 2^31 - 1; not needed with `state`.
#' @param state The `state` of an earlier draw.
#' @param n How many numbers.
#' @param min,max The bounds.
#' @param mean,sd Mean and standard deviation.
#' @param x The values to draw from, or one number for 1 to `x`. As with `sample()`, a vector of one number is a number.
#' @param size How many are drawn; all of them when left out.
#' @param replace May an element be drawn again?
#' @return `r_random_state()` and `RStream.random_seed()`: an integer vector of 626, R's `.Random.seed`.
#'   The draws: a list with the drawn `value` and the new `state`.
#' @source R itself, [set.seed()].
#' @family random numbers
#' @examples
#' drawn <- RStream.runif(3, seed = 42)
#' drawn$value # 0.9148060 0.9370754 0.2861395
#' RStream.sample(10, state = drawn$state)$value
#' set.seed(42)
#' identical(runif(3), drawn$value)
#' @name RStream.runif
#' @export
RStream.runif <- function(n, min = 0, max = 1, seed, state = r_random_state(seed)) {
  .r_draw(state, function() stats::runif(n, min, max))
}

#' @rdname RStream.runif
#' @export
RStream.rnorm <- function(n, mean = 0, sd = 1, seed, state = r_random_state(seed)) {
  .r_draw(state, function() stats::rnorm(n, mean, sd))
}

#' @rdname RStream.runif
#' @export
RStream.sample <- function(x, size = NULL, replace = FALSE, seed, state = r_random_state(seed)) {
  .r_draw(state, function() if (is.null(size)) sample(x, replace = replace) else sample(x, size, replace))
}

#' @rdname RStream.runif
#' @export
RStream.random_seed <- function(seed, state = r_random_state(seed)) state

#' @rdname RStream.runif
#' @export
r_random_state <- function(seed) {
  if (length(seed) != 1 || !.np_is_whole(seed) || abs(seed) > .Machine$integer.max) {
    stop("a seed of R is a whole number between -(2^31 - 1) and 2^31 - 1", call. = FALSE)
  }
  set <- function() set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
  .lend_generator(NULL, set)$random_seed
}

.r_draw <- function(state, draw) {
  lent <- .lend_generator(state, draw)
  list(value = lent$value, state = lent$random_seed)
}
