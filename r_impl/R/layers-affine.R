#' @title The Affine layer
#'
#' @description
#' A matrix product and a bias that is added to each row:
#' \deqn{out = x W + b}{out = x W + b}
#' \deqn{dx = dout \, W^T, \quad dW = x^T dout, \quad db_j = \sum_i dout_{ij}}{
#'   dx = dout t(W),  dW = t(x) dout,  db = colSums(dout)}
#'
#' An input of more than two dimensions is flattened to one row per sample first. R keeps arrays with the first
#' index running fastest, NumPy with the last; the trailing axes are therefore reversed by [aperm()]
#' before they are joined, so that a row of `W` means the same input feature in both languages.
#'
#' @param W The weights, a matrix (D, M).
#' @param b The bias: a vector of length M, or a matrix (M, 1) or (1, M).
#' @param x The input: a matrix (N, D), or an array (N, d1, d2, ...) with d1 d2 ... = D.
#' @param forward The result of `Affine.forward()`.
#' @param dout The gradient that flows in, a matrix (N, M).
#' @return `Affine.forward()`: a list with `out`, a matrix (N, M), and what the backward pass needs: `W`, `x`
#'   as a matrix (N, D), and `shape`, the dimensions of the input.
#'   `Affine.backward()`: a list with `dx` (of the dimensions of the input), `dW` (D, M) and `db`, a vector of
#'   length M.
#' @examples
#' x <- matrix(1:6, nrow = 3, byrow = TRUE)
#' W <- matrix(3:8, nrow = 2, byrow = TRUE)
#' b <- matrix(9:11)
#' forward <- Affine.forward(W, b, x)
#' forward$out
#' Affine.backward(forward, dout = matrix(-(1:9), nrow = 3, byrow = TRUE))
#' @family layers
#' @name Affine
#' @rdname layers-affine
NULL

#' @rdname layers-affine
#' @export
Affine.forward <- function(W, b, x) {
  shape <- .shape(x)
  .check_product(shape, W)
  .check_bias(b, ncol(W))
  if (length(shape) > 2) {
    x <- aperm(x, c(1, rev(seq_along(shape)[-1])))
    dim(x) <- c(shape[1], prod(shape[-1]))
  }
  out <- sweep(x %*% W, 2, b, "+")
  list(out = out, W = W, x = x, shape = shape)
}

#' @rdname layers-affine
#' @export
Affine.backward <- function(forward, dout) {
  .check_shape("dout", dout, c(nrow(forward$x), ncol(forward$W)))
  # dout %*% t(W) and t(x) %*% dout, without a copy that is turned over.
  dx <- tcrossprod(dout, forward$W)
  dW <- crossprod(forward$x, dout)
  db <- colSums(dout)
  if (length(forward$shape) > 2) {
    reversed <- c(1, rev(seq_along(forward$shape)[-1]))
    dim(dx) <- forward$shape[reversed]
    dx <- aperm(dx, reversed)
  }
  list(dx = dx, dW = dW, db = db)
}
