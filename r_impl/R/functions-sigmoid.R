#' @title The sigmoid function
#'
#' @description
#' \deqn{\sigma(x) = \frac{1}{1 + e^{-x}}}{sigmoid(x) = 1 / (1 + exp(-x))}
#' element by element.
#'
#' @param x A numeric vector, matrix or array.
#' @return An object of the shape of `x`, with values between 0 and 1.
#' @family functions
#' @examples
#' sigmoid(c(-0.5, 0, 0.5))
#' @export
sigmoid <- function(x) {
  1 / (1 + exp(-x))
}
