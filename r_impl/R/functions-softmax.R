#' @title The softmax function
#'
#' @description
#' \deqn{softmax(x)_k = \frac{e^{x_k}}{\sum_j e^{x_j}}}{softmax(x)[k] = exp(x[k]) / sum(exp(x))}
#' for a vector, or for each row of a matrix. The largest element is subtracted first: the result is the same
#' and `exp()` cannot overflow.
#'
#' @param x A numeric vector of length C, or a matrix (N, C).
#' @return An object of the shape of `x`; it, or each of its rows, sums to 1.
#' @family functions
#' @examples
#' softmax(c(0.3, 2.9, 4.0))
#' softmax(matrix(c(0.3, 2.9, 4.0, 1000, 1001, 999), nrow = 2, byrow = TRUE))
#' @export
softmax <- function(x) {
  if (length(dim(x)) > 2) stop("x has the shape ", .shape_text(dim(x)), ", expected a vector or a matrix", call. = FALSE)
  if (length(dim(x)) < 2) {
    exp_x <- exp(x - max(x))
    return(exp_x / sum(exp_x))
  }
  # A vector with a number for each row is recycled down the columns, as sweep(x, 1, ...) lays it out.
  exp_x <- exp(x - .row_max(x))
  exp_x / rowSums(exp_x)
}

# The largest element of each row. apply(x, 1, max) reads better, and takes ten times as long.
.row_max <- function(x) do.call(pmax, lapply(seq_len(ncol(x)), function(column) x[, column]))
