#' @title The Convolution layer
#'
#' @description
#' Each filter is laid over the images at every place, multiplied and added up; the filters are not turned:
#' \deqn{out_{n f} = \sum_c x_{n c} * W_{f c} + b_f}{out[n, f] = sum_c x[n, c] * W[f, c] + b[f]}
#' With the windows as rows, as [im2col()] has them, it is a product:
#' \deqn{out = col \, W^T + b, \quad dW = dout^T col, \quad dx = col2im(dout \, W)}{
#'   out = col t(W) + b,  dW = t(dout) col,  dx = col2im(dout W)}
#' and `db` the sum of `dout` over n, oh and ow.
#'
#' @details
#' The rows of `col` in the result go as R stores (N, OH, OW), n fastest, which makes the result of the product an
#' array with one short [aperm()]; those of [im2col()] go as in the book.
#'
#' @param W The filters, an array (FN, C, FH, FW).
#' @param b The bias, a vector of length FN.
#' @param x The images, an array (N, C, H, W).
#' @param stride The step from one place to the next.
#' @param pad The width of the rim of zeros.
#' @param forward The result of `Convolution.forward()`.
#' @param dout The gradient that flows in, an array (N, FN, OH, OW).
#' @return `Convolution.forward()`: a list with `out`, an array (N, FN, OH, OW), OH and OW as [output_size()] has them,
#'   and what the backward pass needs: `W`, `col`, and `windows`, where they lie.
#'   `Convolution.backward()`: a list with `dx` (N, C, H, W), `dW` (FN, C, FH, FW) and `db`, a vector of length FN.
#' @source The book, first volume, chapter 7, 7.4.3.
#' @examples
#' x <- array(1:12, c(1, 1, 3, 4))
#' W <- array(c(1, 0, 0, -1), c(1, 1, 2, 2))
#' forward <- Convolution.forward(W, b = 10, x)
#' forward$out[1, 1, , ]
#' Convolution.backward(forward, dout = forward$out)$dW[1, 1, , ]
#' @family layers
#' @name Convolution
#' @rdname layers-convolution
NULL

#' @rdname layers-convolution
#' @export
Convolution.forward <- function(W, b, x, stride = 1, pad = 0) {
  .check_images("x", x)
  .check_filters(W)
  filters <- dim(W)
  .check_channels(x, filters[2], "the filters W have")
  if (length(b) != filters[1]) stop("b has ", length(b), " elements for ", filters[1], " filters", call. = FALSE)
  windows <- .windows(dim(x), filters[3], filters[4], stride, pad, samples_first = TRUE)
  col <- .gather_stacks(x, windows)
  out <- col %*% .filters_as_columns(W)
  # (N, OH OW, FN): three axes turn faster than four.
  dim(out) <- c(dim(x)[1], prod(windows$out), filters[1])
  # N times each: the vector goes down (n, f) and is recycled over the places.
  out <- aperm(out, c(1, 3, 2)) + rep(as.vector(b), each = dim(x)[1])
  dim(out) <- c(dim(x)[1], filters[1], windows$out)
  list(out = out, W = W, col = col, windows = windows)
}

#' @rdname layers-convolution
#' @export
Convolution.backward <- function(forward, dout) {
  filters <- dim(forward$W)
  windows <- forward$windows
  N <- windows$padded[1]
  .check_shape("dout", dout, c(N, filters[1], windows$out))
  dim(dout) <- c(N, filters[1], prod(windows$out))
  dout <- aperm(dout, c(1, 3, 2))
  dim(dout) <- c(nrow(forward$col), filters[1])
  dW <- crossprod(forward$col, dout)
  dim(dW) <- rev(filters)
  dcol <- tcrossprod(dout, .filters_as_columns(forward$W))
  list(dx = .scatter_stacks(dcol, windows), dW = aperm(dW, 4:1), db = colSums(dout))
}

# A filter is a column (C FH FW), j fastest: R's order of the reversed axes.
.filters_as_columns <- function(W) {
  filters <- dim(W)
  matrix(aperm(W, 4:1), ncol = filters[1])
}

.check_filters <- function(W) {
  if (length(dim(W)) != 4) {
    stop("W has the shape ", .shape_text(.shape(W)), ", expected filters (FN, C, FH, FW)", call. = FALSE)
  }
}
