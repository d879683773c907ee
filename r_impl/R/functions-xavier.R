#' @title Xavier's weights
#'
#' @description
#' Weights for the sigmoid and tanh, normal with the standard deviation \eqn{\sqrt{1 / I}}{sqrt(1 / I)}, from NumPy's
#' stream. Glorot and Bengio divide by the mean of both sizes; the book, as many do, by the first.
#'
#' @param input_size,output_size The numbers I and O of inputs and outputs.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken.
#' @return A list with `W`, a matrix (I, O), and `state`, the stream after the draw.
#' @source The book, first volume, chapter 6, 6.2.2; Glorot and Bengio (2010).
#' @family functions
#' @examples
#' xavier(3, 2, rng = 42)$W
#' @export
xavier <- function(input_size, output_size, rng = 0) {
  .normal_weights(sqrt(1 / input_size), input_size, output_size, rng)
}

.normal_weights <- function(std, input_size, output_size, rng) {
  drawn <- np_randn(if (is.list(rng)) rng else np_random_state(rng), input_size, output_size)
  list(W = std * drawn$value, state = drawn$state)
}
