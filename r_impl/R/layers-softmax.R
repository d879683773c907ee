#' @title The Softmax layer
#'
#' @description
#' \deqn{out_k = \frac{e^{x_k}}{\sum_j e^{x_j}}}{out[k] = exp(x[k]) / sum(exp(x))}
#' \deqn{dx = out \, (dout - \sum_k out_k \, dout_k)}{dx = out (dout - sum(out dout))}
#' for a vector, or for each row of a matrix.
#'
#' @param x The input: a matrix (N, C), or a vector of length C.
#' @param forward The result of `Softmax.forward()`.
#' @param dout The gradient that flows in, of the shape of `x`.
#' @return `Softmax.forward()`: a list with `out`, of the shape of `x`.
#'   `Softmax.backward()`: a list with `dx`, of the shape of `x`.
#' @examples
#' forward <- Softmax.forward(matrix(c(0.3, 2.9, 4.0, 1, -1, 0), nrow = 2, byrow = TRUE))
#' forward
#' Softmax.backward(forward, dout = matrix(c(1, -2, 3, 0, 4, -1), nrow = 2, byrow = TRUE))
#' @family layers
#' @name Softmax
#' @rdname layers-softmax
NULL

#' @rdname layers-softmax
#' @export
Softmax.forward <- function(x) {
  out <- softmax(x)
  list(out = out)
}

#' @rdname layers-softmax
#' @export
Softmax.backward <- function(forward, dout) {
  out <- forward$out
  .check_shape("dout", dout, .shape(out))
  dx <- out * dout
  if (length(dim(out)) < 2) {
    return(list(dx = dx - out * sum(dx)))
  }
  sumdx <- rowSums(dx)
  list(dx = dx - sweep(out, 1, sumdx, "*"))
}
