#' @title The numerical gradient
#'
#' @description
#' The central difference for each element of `x`:
#' \deqn{\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}}{
#'   df/dx[i] = (f(x + h e_i) - f(x - h e_i)) / (2 h)}
#'
#' @param f A function of `x` that gives one number.
#' @param x A numeric vector, matrix or array.
#' @param h The step.
#' @return An object of the shape of `x`.
#' @family functions
#' @examples
#' numerical_gradient(function_2, c(3, 4))
#' numerical_gradient(function(W) sum(W %*% c(1, -2)), matrix(1:6, nrow = 3))
#' @export
numerical_gradient <- function(f, x, h = 1e-4) {
  .check_number("h", h)
  grad <- x
  for (i in seq_along(x)) {
    x_i <- x[i]
    x[i] <- x_i + h
    fxh1 <- f(x)
    .check_number("f(x)", fxh1)
    x[i] <- x_i - h
    fxh2 <- f(x)
    x[i] <- x_i
    grad[i] <- (fxh1 - fxh2) / (2 * h)
  }
  grad
}

#' @title A sum of squares
#'
#' @description
#' The book's example of a function of several variables,
#' \deqn{f(x) = \sum_i x_i^2}{f(x) = sum(x^2)}
#' whose gradient is \eqn{2x}.
#'
#' @param x A numeric vector, matrix or array.
#' @return One number.
#' @family functions
#' @examples
#' function_2(c(3, 4))
#' @export
function_2 <- function(x) {
  sum(x^2)
}
