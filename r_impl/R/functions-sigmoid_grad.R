#' @title The derivative of the sigmoid function
#'
#' @description
#' \deqn{\sigma'(x) = (1 - \sigma(x)) \, \sigma(x)}{sigmoid'(x) = (1 - sigmoid(x)) sigmoid(x)}
#' element by element.
#'
#' @param x A numeric vector, matrix or array.
#' @return An object of the shape of `x`, with values up to 1/4.
#' @source The book, first volume, chapter 5, 5.5.2, as a function of x.
#' @family functions
#' @examples
#' sigmoid_grad(c(-0.5, 0, 0.5))
#' @export
sigmoid_grad <- function(x) {
  y <- sigmoid(x)
  (1 - y) * y
}
