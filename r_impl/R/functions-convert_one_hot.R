#' @title Ids as rows with a one
#'
#' @param corpus Ids **counted from 0** as in Python: a vector (N) or a matrix (N, C).
#' @param vocab_size How many words there are, V.
#' @return An array of whole numbers, (N, V) or (N, C, V): zeros with a one at the id along the last axis.
#' @source The book, second volume, chapter 3, 3.3.2.
#' @family functions for texts
#' @examples
#' convert_one_hot(c(2, 0), vocab_size = 3)
#' @export
convert_one_hot <- function(corpus, vocab_size) {
  .check_labels(corpus, vocab_size)
  rows <- diag(1L, vocab_size)[as.vector(corpus) + 1, , drop = FALSE]
  array(rows, c(.shape(corpus), vocab_size))
}
