#' @title The words nearest to a word
#'
#' @description
#' By [cos_similarity()] of their rows, the word itself left out. Of words that are as near as each other the first in
#' `words` comes first.
#'
#' @param query A word.
#' @param words All words.
#' @param word_matrix A matrix (V, D), a row for each word.
#' @param top How many to give.
#' @return A list with `words` and their `similarity`.
#' @source The book, second volume, chapter 2, 2.3.6, which prints them; the order of equals is that of its sort.
#' @family functions for texts
#' @examples
#' you <- preprocess("You say goodbye and I say hello.")
#' most_similar("you", you$id_to_word, create_co_matrix(you$corpus, 7))
#' @export
most_similar <- function(query, words, word_matrix, top = 5) {
  words <- unlist(words)
  id <- match(query, words)
  if (is.na(id)) stop(query, " is not among the words", call. = FALSE)
  similarity <- apply(word_matrix, 1, cos_similarity, word_matrix[id, ])
  nearest <- order(-similarity)
  nearest <- utils::head(nearest[nearest != id], top)
  list(words = words[nearest], similarity = similarity[nearest])
}
