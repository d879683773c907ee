#' @title The Flatten layer
#'
#' @description
#' Each sample as one row, the last axis running fastest as in NumPy; the gradient comes back in the shape of `x`.
#' R stores the first axis fastest: the trailing axes are reversed by [aperm()] before they are joined.
#'
#' @param x An array (N, d1, d2, ...), or a matrix.
#' @param forward The result of `Flatten.forward()`.
#' @param dout The gradient that flows in, a matrix (N, d1 d2 ...).
#' @return `Flatten.forward()`: a list with `out`, a matrix (N, d1 d2 ...), and `shape`, the dimensions of `x`.
#'   `Flatten.backward()`: a list with `dx`, of the dimensions of `x`.
#' @source The book, first volume, chapter 7, 7.5, where Affine does it by itself.
#' @examples
#' x <- array(1:6, c(1, 2, 3))
#' forward <- Flatten.forward(x)
#' forward$out
#' identical(Flatten.backward(forward, forward$out)$dx, x)
#' @family layers
#' @name Flatten
#' @rdname layers-flatten
NULL

#' @rdname layers-flatten
#' @export
Flatten.forward <- function(x) {
  shape <- .shape(x)
  if (length(shape) < 2) stop("x has the shape ", .shape_text(shape), ", expected (N, ...)", call. = FALSE)
  out <- aperm(x, .trailing_reversed(shape))
  dim(out) <- c(shape[1], prod(shape[-1]))
  list(out = out, shape = shape)
}

#' @rdname layers-flatten
#' @export
Flatten.backward <- function(forward, dout) {
  shape <- forward$shape
  .check_shape("dout", dout, c(shape[1], prod(shape[-1])))
  reversed <- .trailing_reversed(shape)
  dim(dout) <- shape[reversed]
  list(dx = aperm(dout, reversed))
}

.trailing_reversed <- function(shape) c(1, rev(seq_along(shape)[-1]))
