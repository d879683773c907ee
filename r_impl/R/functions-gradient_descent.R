#' @title Gradient descent
#'
#' @description
#' Steps against the numerical gradient:
#' \deqn{x \leftarrow x - lr \, \nabla f(x)}{x <- x - lr grad f(x)}
#'
#' @param f A function of `x` that gives one number.
#' @param init_x Where to begin: a numeric vector, matrix or array.
#' @param lr The learning rate.
#' @param step_num How many steps.
#' @return Where it ends, an object of the shape of `init_x`.
#' @source The book, first volume, chapter 4, 4.4.1.
#' @family functions
#' @examples
#' gradient_descent(function_2, init_x = c(-3, 4), lr = 0.1, step_num = 100)
#' @export
gradient_descent <- function(f, init_x, lr = 0.01, step_num = 100) {
  .check_number("lr", lr)
  x <- init_x
  # seq_len(0) is empty, where 1:0 would take two steps.
  for (i in seq_len(step_num)) x <- x - lr * numerical_gradient(f, x)
  x
}
