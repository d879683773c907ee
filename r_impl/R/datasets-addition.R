#' @title Sums of two numbers as sequences of characters
#'
#' @description
#' Questions such as "5+73 " and answers such as "_78 ", as ids of "0123456789+_ " **counted from 0**, padded with blanks
#' at the end. The numbers are drawn from NumPy's stream, all the first ones before all the second ones.
#'
#' @param count How many.
#' @param largest The numbers are 0 to this one, of d digits.
#' @param seed A seed.
#' @return A list with `xs`, a matrix (count, 2 d + 1), and `ts`, a matrix (count, d + 2).
#' @source The book, second volume, chapter 7, 7.2.2, which has up to three digits.
#' @family datasets
#' @examples
#' load_addition(3, seed = 1)
#' @export
load_addition <- function(count, largest = 99, seed = 0) {
  a <- np_randint(np_random_state(seed), 0, largest + 1, count)
  b <- np_randint(a$state, 0, largest + 1, count)
  d <- nchar(largest)
  list(
    xs = .character_ids(paste0(a$value, "+", b$value), 2 * d + 1),
    ts = .character_ids(paste0("_", a$value + b$value), d + 2)
  )
}

.character_ids <- function(texts, width) {
  characters <- strsplit("0123456789+_ ", "")[[1]]
  padded <- sprintf(paste0("%-", width, "s"), texts)
  matrix(match(unlist(strsplit(padded, "")), characters) - 1L, length(texts), byrow = TRUE)
}
