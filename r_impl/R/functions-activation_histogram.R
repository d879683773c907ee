#' @title How the activations of each layer are spread
#'
#' @description
#' Normal numbers go through layers of random weights:
#' \deqn{a_0 = x, \quad a_k = h(a_{k-1} W_k)}{a_0 = x, a_k = h(a_(k-1) W_k)}
#' and the activations of each layer are counted in bins of the interval from 0 to 1.
#'
#' @details
#' A bin is \eqn{[a, b)}, the last one \eqn{[a, b]}, as `np.histogram` has them; [graphics::hist()] counts in \eqn{(a, b]}.
#'
#' @inheritParams xavier
#' @param std The standard deviation of the weights: a number, `"xavier"` for \eqn{\sqrt{1 / width}}{sqrt(1 / width)} or
#'   `"he"` for \eqn{\sqrt{2 / width}}{sqrt(2 / width)}.
#' @param activation `"sigmoid"`, `"relu"` or `"tanh"`.
#' @param count How many rows x has.
#' @param width How many columns, and how many units a layer has.
#' @param layers How many layers there are.
#' @param bins Into how many bins the interval is cut.
#' @return A matrix (layers, bins) of counts.
#' @source The book, first volume, chapter 6, figures 6-10 to 6-14.
#' @family functions
#' @examples
#' activation_histogram(std = 1, bins = 5)
#' @export
activation_histogram <- function(std = 1, activation = "sigmoid", count = 1000, width = 100, layers = 5, bins = 30,
                                 rng = 0) {
  h <- switch(activation,
    relu = relu,
    sigmoid = sigmoid,
    tanh = tanh,
    stop("activation '", activation, "': expected one of relu, sigmoid, tanh", call. = FALSE)
  )
  if (is.character(std)) {
    gain <- switch(std,
      xavier = 1,
      he = 2,
      stop("std '", std, "': expected a number, xavier or he", call. = FALSE)
    )
    std <- sqrt(gain / width)
  }
  edges <- seq(0, 1, length.out = bins + 1)
  drawn <- np_randn(if (is.list(rng)) rng else np_random_state(rng), count, width)
  x <- drawn$value
  counts <- matrix(0, layers, bins)
  for (k in seq_len(layers)) {
    drawn <- np_randn(drawn$state, width, width)
    x <- h(x %*% (std * drawn$value))
    counts[k, ] <- tabulate(findInterval(x[x >= 0 & x <= 1], edges, rightmost.closed = TRUE), bins)
  }
  counts
}
