#' @title Words and their neighbours
#'
#' @description
#' Each word that has `window_size` neighbours on both sides, and these neighbours from left to right.
#'
#' @param corpus The ids of T words.
#' @param window_size How many neighbours on each side.
#' @return A list with `contexts`, a matrix (T - 2 window_size, 2 window_size), and `target`.
#' @source The book, second volume, chapter 3, 3.3.1.
#' @family functions for texts
#' @examples
#' create_contexts_target(c(0, 1, 2, 3, 4, 1, 5, 6))
#' @export
create_contexts_target <- function(corpus, window_size = 1) {
  places <- window_size + seq_len(length(corpus) - 2 * window_size)
  offsets <- setdiff(-window_size:window_size, 0)
  list(contexts = matrix(corpus[outer(places, offsets, `+`)], length(places)), target = corpus[places])
}
