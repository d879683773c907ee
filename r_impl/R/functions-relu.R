#' @title The rectified linear function
#'
#' @description
#' \deqn{relu(x) = \max(0, x)}{relu(x) = max(0, x)}
#' element by element. The layer with a backward pass is [Relu].
#'
#' @param x A numeric vector, matrix or array.
#' @return An object of the shape of `x`.
#' @source The book, first volume, chapter 3, 3.2.7.
#' @family functions
#' @examples
#' relu(c(-1.5, 0, 2))
#' @export
relu <- function(x) {
  # pmax(0, x) would have the shape of 0, and drop the dimensions of a matrix.
  pmax(x, 0)
}
