#' @title From images to the rows of a matrix, and back
#'
#' @description
#' `im2col()` lays out every window that a filter sees as one row, so that a convolution is a matrix product. With
#' everything counted from 0:
#' \deqn{col_{(n \, OH + oh) OW + ow, \; (c \, FH + i) FW + j} = x_{n, c, S \, oh + i - P, S \, ow + j - P}}{
#'   col[(n OH + oh) OW + ow, (c FH + i) FW + j] = x[n, c, S oh + i - P, S ow + j - P]}
#' and 0 outside of x.
#'
#' `col2im()` is its adjoint, not its inverse: what the windows hold for one pixel is added up, so that
#' \eqn{\langle im2col(x), y \rangle = \langle x, col2im(y) \rangle}{<im2col(x), y> = <x, col2im(y)>} for all x and y.
#'
#' @param input_data The images, an array (N, C, H, W).
#' @param filter_h,filter_w The extents FH and FW of the filter.
#' @param stride The step S from one window to the next.
#' @param pad The width P of the rim of zeros.
#' @param col A matrix (N OH OW, C FH FW).
#' @param input_shape The extents N, C, H and W.
#' @return `im2col()`: a matrix (N OH OW, C FH FW). `col2im()`: an array (N, C, H, W).
#' @source The book, first volume, chapter 7, 7.4.3 and 7.4.4.
#' @examples
#' x <- array(1:12, c(1, 1, 3, 4))
#' col <- im2col(x, filter_h = 2, filter_w = 3)
#' col
#' # How many windows see each pixel.
#' col2im(array(1, dim(col)), dim(x), filter_h = 2, filter_w = 3)[1, 1, , ]
#' @family functions
#' @export
im2col <- function(input_data, filter_h, filter_w, stride = 1, pad = 0) {
  .check_images("input_data", input_data)
  .gather(input_data, .windows(dim(input_data), filter_h, filter_w, stride, pad))
}
