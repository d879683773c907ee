#' @title A text as ids
#'
#' @description
#' Lower case, the full stop a word of its own, ids **from 0** as in Python, in the order of the first appearance.
#'
#' @param text One text.
#' @return A list with `corpus`, the ids, `word_to_id`, a list of ids by word, and `id_to_word`, the words.
#' @source The book, second volume, chapter 2, 2.3.1.
#' @family functions for texts
#' @examples
#' preprocess("You say goodbye and I say hello.")
#' @export
preprocess <- function(text) {
  if (!is.character(text) || length(text) != 1) stop("text must be one text", call. = FALSE)
  words <- strsplit(gsub(".", " .", tolower(text), fixed = TRUE), " ", fixed = TRUE)[[1]]
  id_to_word <- unique(words)
  corpus <- match(words, id_to_word) - 1L
  word_to_id <- as.list(stats::setNames(seq_along(id_to_word) - 1L, id_to_word))
  list(corpus = corpus, word_to_id = word_to_id, id_to_word = id_to_word)
}
