#' @title The three-layer network of chapter 3
#'
#' @description
#' A forward pass; nothing is learned:
#' \deqn{z_1 = \sigma(x W_1 + b_1), \quad z_2 = \sigma(z_1 W_2 + b_2), \quad y = z_2 W_3 + b_3}{
#'   z1 = sigmoid(x W1 + b1),  z2 = sigmoid(z1 W2 + b2),  y = z2 W3 + b3}
#'
#' @param params The parameters, a named list of `W1`, `b1`, `W2`, `b2`, `W3` and `b3`.
#' @param x The input: a vector of length I, or a matrix (N, I).
#' @return A list with `y`, `z1` and `z2`: vectors for a vector, else matrices with a row for each sample.
#' @source The book, first volume, chapter 3, 3.4.
#' @examples
#' params <- list(
#'   W1 = matrix(1:6 / 10, nrow = 2), b1 = 1:3 / 10, W2 = matrix(1:6 / 10, nrow = 3), b2 = 1:2 / 10,
#'   W3 = matrix(1:4 / 10, nrow = 2), b3 = 1:2 / 10
#' )
#' ThreeLayerNet.forward(params, c(1, 0.5))$y
#' @family networks
#' @name ThreeLayerNet
NULL

#' @rdname ThreeLayerNet
#' @export
ThreeLayerNet.forward <- function(params, x) {
  vector <- is.null(dim(x))
  # A vector is one row; what comes out is made a vector again.
  row <- if (vector) matrix(x, nrow = 1) else x
  z1 <- sigmoid(Affine.forward(params$W1, params$b1, row)$out)
  z2 <- sigmoid(Affine.forward(params$W2, params$b2, z1)$out)
  y <- identity_function(Affine.forward(params$W3, params$b3, z2)$out)
  results <- list(y = y, z1 = z1, z2 = z2)
  if (vector) lapply(results, as.vector) else results
}
