#' @title The Pooling layer
#'
#' @description
#' The largest pixel of each window, channel by channel; the gradient goes to that pixel:
#' \deqn{out = \max_{i, j} x_{S \, oh + i, S \, ow + j}}{out = max over i, j of x[S oh + i, S ow + j]}
#' Of equal pixels the first takes the gradient, row by row as the window is read; where windows overlap, a pixel gets
#' the sum of what they send. The rim of `pad` pixels is -Inf, so that it never is the largest.
#'
#' @details
#' There is a place (i, j) of the window at a time: [pmax()] of strided slices holds all windows at once.
#'
#' @param x The images, an array (N, C, H, W).
#' @param pool_h,pool_w The extents of a window.
#' @param stride The step S from one window to the next.
#' @param pad The width of the rim, less than `pool_h` and `pool_w`.
#' @param forward The result of `Pooling.forward()`.
#' @param dout The gradient that flows in, an array (N, C, OH, OW).
#' @return `Pooling.forward()`: a list with `out` and `arg_max`, arrays (N, C, OH, OW), and where the windows lie.
#'   `arg_max` is the place of the largest in its window, `pool_w * i + j`, counted from 0 as in Python.
#'   `Pooling.backward()`: a list with `dx`, an array (N, C, H, W).
#' @source The book, first volume, chapter 7, 7.4.4. The book leaves `pad` out of its output size, and pads with 0.
#' @examples
#' x <- array(c(1, 5, 2, 4, 3, 5, 0, 7), c(1, 1, 2, 4))
#' forward <- Pooling.forward(x, pool_h = 2, pool_w = 2, stride = 2)
#' forward$out[1, 1, , ]
#' Pooling.backward(forward, dout = array(c(10, -1), c(1, 1, 1, 2)))$dx[1, 1, , ]
#' @family layers
#' @name Pooling
#' @rdname layers-pooling
NULL

#' @rdname layers-pooling
#' @export
Pooling.forward <- function(x, pool_h, pool_w, stride = 1, pad = 0) {
  .check_images("x", x)
  if (pad >= min(pool_h, pool_w)) {
    stop(
      "pad ", pad, " leaves windows of ", pool_h, " x ", pool_w, " that hold nothing of the image",
      call. = FALSE
    )
  }
  places <- .pooling_places(dim(x), pool_h, pool_w, stride, pad)
  img <- pad_images(x, pad, -Inf)
  out <- .strided(img, places[[1]])
  arg_max <- array(0L, dim(out))
  for (k in seq_along(places)[-1]) {
    pixel <- .strided(img, places[[k]])
    arg_max[.is_larger(pixel, out)] <- k - 1L
    out <- pmax(out, pixel)
  }
  list(out = out, arg_max = arg_max, places = places, padded = dim(img), pad = pad)
}

#' @rdname layers-pooling
#' @export
Pooling.backward <- function(forward, dout) {
  .check_shape("dout", dout, dim(forward$out))
  dimg <- array(0, forward$padded)
  for (k in seq_along(forward$places)) {
    place <- forward$places[[k]]
    sent <- dout * (forward$arg_max == k - 1L)
    dimg[, , place$rows, place$columns] <- .strided(dimg, place) + sent
  }
  list(dx = .without_rim(dimg, forward$pad))
}

# For each place (i, j) of the window, j fastest, the rows and columns of the pixels that it meets.
.pooling_places <- function(shape, pool_h, pool_w, stride, pad) {
  oh <- stride * (seq_len(output_size(shape[3], pool_h, stride, pad)) - 1)
  ow <- stride * (seq_len(output_size(shape[4], pool_w, stride, pad)) - 1)
  places <- expand.grid(j = seq_len(pool_w), i = seq_len(pool_h))
  Map(function(i, j) list(rows = oh + i, columns = ow + j), places$i, places$j)
}

.strided <- function(img, place) img[, , place$rows, place$columns, drop = FALSE]

# NaN counts as larger than every number, as in NumPy: the first one in a window is its largest.
.is_larger <- function(pixel, out) {
  larger <- pixel > out
  if (anyNA(larger)) larger <- ifelse(is.na(larger), is.na(pixel) & !is.na(out), larger)
  larger
}
