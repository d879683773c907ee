#' @rdname im2col
#' @export
col2im <- function(col, input_shape, filter_h, filter_w, stride = 1, pad = 0) {
  windows <- .windows(as.vector(input_shape), filter_h, filter_w, stride, pad)
  .check_shape("col", col, c(length(windows$rows), length(windows$offsets)))
  .scatter_add(col, windows)
}
