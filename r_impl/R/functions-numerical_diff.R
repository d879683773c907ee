#' @title The numerical derivative
#'
#' @description
#' The central difference of a function of one number,
#' \deqn{\frac{df}{dx} \approx \frac{f(x + h) - f(x - h)}{2h}}{df/dx = (f(x + h) - f(x - h)) / (2 h)}
#' off by h^2 / 6 times the third derivative. `function_1()` is the book's example, 0.01 x^2 + 0.1 x, whose derivative
#' is 0.02 x + 0.1.
#'
#' @param f A function of one number that gives one.
#' @param x A number.
#' @param h The step.
#' @return A number.
#' @source The book, first volume, chapter 4, 4.3.1 and 4.3.2.
#' @family functions
#' @examples
#' numerical_diff(function_1, 5)
#' @export
numerical_diff <- function(f, x, h = 1e-4) {
  (f(x + h) - f(x - h)) / (2 * h)
}

#' @rdname numerical_diff
#' @export
function_1 <- function(x) {
  0.01 * x^2 + 0.1 * x
}
