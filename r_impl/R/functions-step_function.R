#' @title The step function
#'
#' @description
#' 1 where `x > 0`, else 0, as whole numbers; 0 at `x = 0`.
#'
#' @param x A numeric vector, matrix or array.
#' @return An object of the shape of `x`, of the type integer.
#' @source The book, first volume, chapter 3, 3.2.2.
#' @family functions
#' @examples
#' step_function(c(-1, 1, 2))
#' @export
step_function <- function(x) {
  # as.integer() would drop the dimensions; multiplying keeps them.
  1L * (x > 0)
}
