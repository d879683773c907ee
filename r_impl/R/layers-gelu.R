#' @title The GELU layer
#'
#' @description
#' \deqn{out = x \, \Phi(x), \quad dx = dout \, (\Phi(x) + x \phi(x))}{
#'   out = x Phi(x),  dx = dout (Phi(x) + x phi(x))}
#' with the normal distribution function, [pnorm()], and its density. With `approximate`, \eqn{\Phi(x)}{Phi(x)} is
#' \eqn{(1 + \tanh(u)) / 2}{(1 + tanh(u)) / 2}, \eqn{u = \sqrt{2 / \pi} (x + 0.044715 x^3)}{
#' u = sqrt(2 / pi) (x + 0.044715 x^3)}, which is off by 5e-4 at most.
#'
#' @param x A numeric vector, matrix or array.
#' @param approximate Whether the tanh form is used.
#' @param forward The result of `GELU.forward()`.
#' @param dout The gradient that flows in, of the shape of `x`.
#' @return `GELU.forward()`: a list with `out`, of the shape of `x`, and what the backward pass needs.
#'   `GELU.backward()`: a list with `dx`.
#' @source Hendrycks and Gimpel (2016), Gaussian Error Linear Units, section 2.
#' @examples
#' GELU.forward(c(-1, 0, 2))$out
#' GELU.backward(GELU.forward(c(-1, 0, 2)), dout = c(1, 1, -1))
#' @family layers
#' @name GELU
#' @rdname layers-gelu
NULL

#' @rdname layers-gelu
#' @export
GELU.forward <- function(x, approximate = FALSE) {
  if (approximate) {
    t <- tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))
    return(list(out = 0.5 * x * (1 + t), x = x, t = t))
  }
  Phi <- stats::pnorm(x)
  list(out = x * Phi, x = x, Phi = Phi)
}

#' @rdname layers-gelu
#' @export
GELU.backward <- function(forward, dout) {
  x <- forward$x
  .check_shape("dout", dout, .shape(x))
  if (!is.null(forward$t)) {
    du <- sqrt(2 / pi) * (1 + 3 * 0.044715 * x^2)
    return(list(dx = dout * (0.5 * (1 + forward$t) + 0.5 * x * (1 - forward$t^2) * du)))
  }
  list(dx = dout * (forward$Phi + x * stats::dnorm(x)))
}
