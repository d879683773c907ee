#' @title Where a step is in a sequence
#'
#' @description
#' Sines and cosines of T places, of D / 2 wavelengths, in turn:
#' \deqn{PE_{t, 2i} = \sin(t / 10000^{2i / D}), \quad PE_{t, 2i + 1} = \cos(t / 10000^{2i / D})}{
#'   PE[t, 2i] = sin(t / 10000^(2i / D)),  PE[t, 2i + 1] = cos(t / 10000^(2i / D))}
#' with t and i **from 0**.
#'
#' @param T How many places.
#' @param D How many numbers for each; even.
#' @return A matrix (T, D).
#' @source Vaswani et al. (2017), Attention Is All You Need, 3.5.
#' @family functions
#' @examples
#' round(positional_encoding(3, 4), 4)
#' @export
positional_encoding <- function(T, D) {
  if (D %% 2 != 0) stop("D is ", D, ", expected an even number", call. = FALSE)
  angle <- outer(seq_len(T) - 1, 10000^(seq(0, D - 2, 2) / D), `/`)
  PE <- matrix(0, T, D)
  PE[, seq(1, D, 2)] <- sin(angle)
  PE[, seq(2, D, 2)] <- cos(angle)
  PE
}
