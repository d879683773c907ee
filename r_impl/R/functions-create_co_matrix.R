#' @title How often words stand near each other
#'
#' @description
#' \eqn{C_{ij}}{C[i, j]}: how often word j stands within `window_size` places of word i. Symmetric.
#'
#' @param corpus The ids, a vector of whole numbers **counted from 0** as in Python.
#' @param vocab_size How many words there are.
#' @param window_size How far a neighbour may be.
#' @return A matrix (V, V).
#' @source The book, second volume, chapter 2, 2.3.4.
#' @family functions for texts
#' @examples
#' create_co_matrix(preprocess("You say goodbye and I say hello.")$corpus, vocab_size = 7)
#' @export
create_co_matrix <- function(corpus, vocab_size, window_size = 1) {
  .check_labels(corpus, vocab_size)
  levels <- seq_len(vocab_size) - 1
  C <- matrix(0, vocab_size, vocab_size)
  for (distance in seq_len(window_size)) {
    left <- factor(utils::head(corpus, -distance), levels)
    right <- factor(utils::tail(corpus, -distance), levels)
    pairs <- unclass(table(left, right))
    C <- C + pairs + t(pairs)
  }
  matrix(C, vocab_size)
}
