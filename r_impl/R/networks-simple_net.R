#' @title The smallest network
#'
#' @description
#' One matrix of weights, and its gradient by central differences:
#' \deqn{L = CE(softmax(x W), t)}{L = CE(softmax(x W), t)}
#'
#' @param W The weights, a matrix (I, O).
#' @param x The input: a vector of length I, or a matrix (N, I).
#' @param t The right answers: one-hot, of the shape of the scores; or labels, **counted from 0**.
#' @param delta What keeps the logarithm of the cross entropy away from 0.
#' @return `simpleNet.predict()`: the scores, a vector of length O or a matrix (N, O). `simpleNet.loss()`: a number.
#'   `simpleNet.gradient()`: `dW`, of the shape of `W`.
#' @source The book, first volume, chapter 4, 4.4.2.
#' @examples
#' W <- matrix(c(0.47355232, 0.85557411, 0.9977393, 0.03563661, 0.84668094, 0.69422093), nrow = 2)
#' simpleNet.predict(W, x = c(0.6, 0.9))
#' simpleNet.loss(W, x = c(0.6, 0.9), t = c(0, 0, 1))
#' simpleNet.gradient(W, x = c(0.6, 0.9), t = c(0, 0, 1))
#' @family networks
#' @name simpleNet
NULL

#' @rdname simpleNet
#' @export
simpleNet.predict <- function(W, x) {
  if (!is.null(dim(x))) {
    return(x %*% W)
  }
  # A vector on the left of %*% is one row, and so is the result: drop() makes it a vector, as in NumPy.
  drop(x %*% W)
}

#' @rdname simpleNet
#' @export
simpleNet.loss <- function(W, x, t, delta = 1e-7) {
  cross_entropy_error(softmax(simpleNet.predict(W, x)), t, delta)
}

#' @rdname simpleNet
#' @export
simpleNet.gradient <- function(W, x, t, delta = 1e-7) {
  numerical_gradient(function(W) simpleNet.loss(W, x, t, delta), W)
}
