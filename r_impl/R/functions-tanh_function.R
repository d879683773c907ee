#' @title The hyperbolic tangent
#'
#' @description
#' \deqn{\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}}{tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))}
#' element by element. Written out like this it is NaN where `exp()` overflows; R's own [tanh()] is not.
#'
#' @param x A numeric vector, matrix or array.
#' @return An object of the shape of `x`, with values between -1 and 1.
#' @source The book, first volume, chapter 6, 6.2.2, where it takes the sigmoid's place; second volume, chapter 5.
#' @family functions
#' @examples
#' tanh_function(c(-0.5, 0, 0.5))
#' @export
tanh_function <- function(x) {
  tanh(x)
}
