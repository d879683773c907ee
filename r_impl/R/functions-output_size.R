#' @title The output size of a convolution
#'
#' @description
#' How many places a filter takes along one axis:
#' \deqn{OH = \left\lfloor \frac{H + 2P - FH}{S} \right\rfloor + 1}{OH = floor((H + 2 P - FH) / S) + 1}
#' Where the steps do not divide what is left, the last pixels are in no window, and the division rounds down.
#'
#' @param input_size,filter_size The extents H and FH of the input and of the filter.
#' @param stride The step S from one place to the next.
#' @param pad The width P of the rim, on both ends.
#' @return A number.
#' @source The book, first volume, chapter 7, equation 7.1.
#' @examples
#' output_size(28, 5, stride = 3, pad = 2)
#' output_size(31, 5, stride = 3, pad = 2)
#' @family functions
#' @export
output_size <- function(input_size, filter_size, stride = 1, pad = 0) {
  if (stride < 1 || pad < 0) {
    stop(
      "stride ", stride, " and pad ", pad, ": expected a stride of at least 1 and a pad of at least 0",
      call. = FALSE
    )
  }
  if (filter_size < 1 || filter_size > input_size + 2 * pad) {
    stop("a filter of ", filter_size, " does not fit into ", input_size, " with a pad of ", pad, call. = FALSE)
  }
  (input_size + 2 * pad - filter_size) %/% stride + 1
}
