#' @title The LayerNorm layer
#'
#' @description
#' Each row, along the last axis, is brought to mean 0 and variance 1, then scaled and shifted:
#' \deqn{\hat{x} = \frac{x - \mu}{\sqrt{var + \epsilon}}, \quad out = \gamma \hat{x} + \beta}{
#'   xhat = (x - mu) / sqrt(var + eps),  out = gamma xhat + beta}
#' with `var` divided by D (not D - 1, as [var()] has it), and, with \eqn{g = dout \, \gamma}{g = dout gamma},
#' \deqn{dx = (g - mean(g) - \hat{x} \, mean(g \hat{x})) / \sqrt{var + \epsilon}}{
#'   dx = (g - mean(g) - xhat mean(g xhat)) / sqrt(var + eps)}
#'
#' @param gamma,beta The scale and the shift, vectors of length D.
#' @param x A matrix or array whose last extent is D.
#' @param eps A small number that keeps the division away from 0.
#' @param forward The result of `LayerNorm.forward()`.
#' @param dout The gradient that flows in, of the shape of `x`.
#' @return `LayerNorm.forward()`: a list with `out`, of the shape of `x`, `xhat` and `std` by rows, and `gamma`.
#'   `LayerNorm.backward()`: a list with `dx`, `dgamma` and `dbeta`.
#' @source Ba, Kiros and Hinton (2016), Layer Normalization, section 3.
#' @examples
#' LayerNorm.forward(c(1, 1, 1), c(0, 0, 0), matrix(c(1, 4, 2, 5, 6, 6), 2))$out
#' @family layers
#' @name LayerNorm
#' @rdname layers-layer_norm
NULL

#' @rdname layers-layer_norm
#' @export
LayerNorm.forward <- function(gamma, beta, x, eps = 1e-5) {
  D <- length(gamma)
  if (length(dim(x)) < 2 || dim(x)[length(dim(x))] != D) {
    stop("x has the shape ", .shape_text(.shape(x)), ", expected rows of ", D, call. = FALSE)
  }
  # All axes but the last run through the rows of a matrix.
  rows <- matrix(x, ncol = D)
  xc <- rows - rowMeans(rows)
  std <- sqrt(rowMeans(xc * xc) + eps)
  xhat <- xc / std
  out <- .along_rows(.along_rows(xhat, gamma, `*`), beta, `+`)
  list(out = array(out, dim(x)), xhat = xhat, std = std, gamma = gamma)
}

#' @rdname layers-layer_norm
#' @export
LayerNorm.backward <- function(forward, dout) {
  .check_shape("dout", dout, dim(forward$out))
  xhat <- forward$xhat
  rows <- matrix(dout, nrow(xhat))
  g <- .along_rows(rows, forward$gamma, `*`)
  dx <- (g - rowMeans(g) - xhat * rowMeans(g * xhat)) / forward$std
  list(dx = array(dx, dim(dout)), dgamma = colSums(rows * xhat), dbeta = colSums(rows))
}
