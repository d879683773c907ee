#' @title The cosine of the angle between two vectors
#'
#' @description
#' \deqn{\frac{x \cdot y}{(|x| + \epsilon) (|y| + \epsilon)}}{x y / ((|x| + eps) (|y| + eps))}
#' where eps is for a vector of zeros.
#'
#' @param x,y Two vectors of one length.
#' @param eps A small number.
#' @return One number.
#' @source The book, second volume, chapter 2, 2.3.5.
#' @family functions for texts
#' @examples
#' cos_similarity(c(0, 1, 0), c(0, 1, 1))
#' @export
cos_similarity <- function(x, y, eps = 1e-8) {
  .check_shape("y", y, .shape(x))
  sum(x / (sqrt(sum(x^2)) + eps) * (y / (sqrt(sum(y^2)) + eps)))
}
