#' @title A rim around images
#'
#' @description
#' Images with a rim, `pad` pixels wide, of `value` on all four sides.
#'
#' @param x The images, an array (N, C, H, W).
#' @param pad How wide the rim is.
#' @param value What the rim holds.
#' @return An array (N, C, H + 2 pad, W + 2 pad).
#' @source The book, first volume, chapter 7, 7.2.3.
#' @examples
#' pad_images(array(1:6, c(1, 1, 2, 3)), pad = 1)[1, 1, , ]
#' @family functions
#' @export
pad_images <- function(x, pad, value = 0) {
  .check_images("x", x)
  if (pad < 0) stop("pad ", pad, ": expected at least 0", call. = FALSE)
  if (pad == 0) {
    return(x)
  }
  shape <- dim(x)
  padded <- array(as.double(value), shape + c(0, 0, 2 * pad, 2 * pad))
  padded[, , pad + seq_len(shape[3]), pad + seq_len(shape[4])] <- x
  padded
}
