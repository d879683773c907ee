#' @title The identity function
#'
#' @description What the output layer does for a regression: nothing.
#'
#' @param x A numeric vector, matrix or array.
#' @return `x`.
#' @source The book, first volume, chapter 3, 3.4.2.
#' @family functions
#' @examples
#' identity_function(c(-1.5, 0, 2))
#' @export
identity_function <- function(x) {
  x
}
