#' @title Twelve sentences on the seasons
#'
#' @description
#' On a river, a field, a bird and a farmer, written for this project.
#'
#' @param characters Whether an id is a letter, a blank or a full stop, and not a word.
#' @return A list with `corpus`, ids **counted from 0** as in Python, and `words`, what each id is.
#' @source Written for this project.
#' @family datasets
#' @examples
#' seasons <- load_seasons()
#' seasons$words[seasons$corpus[1:11] + 1]
#' @export
load_seasons <- function(characters = FALSE) {
  text <- paste(.seasons, collapse = " ")
  if (!characters) {
    return(stats::setNames(preprocess(text)[c("corpus", "id_to_word")], c("corpus", "words")))
  }
  letters <- strsplit(text, "")[[1]]
  # sort() of a locale puts the blank where that likes it; by code point it is first.
  words <- sort(unique(letters), method = "radix")
  list(corpus = match(letters, words) - 1L, words = words)
}

.seasons <- c(
  "in spring the river is high and the field is green.",
  "in summer the river is low and the field is gold.",
  "in autumn the river is brown and the field is bare.",
  "in winter the river is still and the field is white.",
  "in spring the bird sings and the farmer sows.",
  "in summer the bird rests and the farmer mows.",
  "in autumn the bird leaves and the farmer reaps.",
  "in winter the bird is gone and the farmer sleeps.",
  "the farmer sows in spring when the river is high.",
  "the farmer mows in summer when the river is low.",
  "the farmer reaps in autumn when the river is brown.",
  "the farmer sleeps in winter when the river is still."
)
