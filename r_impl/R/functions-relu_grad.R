#' @title The derivative of the rectified linear function
#'
#' @description
#' 1 where `x >= 0`, else 0. At `x = 0`, where there is no derivative, it is 1, as in the book's function; the layer
#' [Relu] takes 0 there.
#'
#' @param x A numeric vector, matrix or array.
#' @return An object of the shape of `x`.
#' @source The functions that go with the book, first volume.
#' @family functions
#' @examples
#' relu_grad(c(-1.5, 0, 2))
#' @export
relu_grad <- function(x) {
  1 * (x >= 0)
}
