#' @title He's weights
#'
#' @description
#' Weights for ReLU, normal with the standard deviation \eqn{\sqrt{2 / I}}{sqrt(2 / I)}, since half of the units are 0,
#' from NumPy's stream.
#'
#' @inheritParams xavier
#' @return A list with `W`, a matrix (I, O), and `state`, the stream after the draw.
#' @source The book, first volume, chapter 6, 6.2.3; He, Zhang, Ren and Sun (2015).
#' @family functions
#' @examples
#' he(3, 2, rng = 42)$W
#' @export
he <- function(input_size, output_size, rng = 0) {
  .normal_weights(sqrt(2 / input_size), input_size, output_size, rng)
}
