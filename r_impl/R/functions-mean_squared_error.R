#' @title The mean squared error, as the book has it
#'
#' @description
#' \deqn{E = \frac{1}{2} \sum_k (y_k - t_k)^2}{E = sum((y - t)^2) / 2}
#' over all elements: half of a sum of squares, in spite of its name no mean.
#'
#' @param y,t The output and the right answer, of one shape.
#' @return One number.
#' @source The book, first volume, chapter 4, 4.2.1.
#' @family functions
#' @examples
#' mean_squared_error(y = c(0.1, 0.6, 0.3), t = c(0, 1, 0))
#' @export
mean_squared_error <- function(y, t) {
  .check_shape("t", t, .shape(y))
  0.5 * sum((y - t)^2)
}
