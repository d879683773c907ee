#' @title The Dropout layer
#'
#' @description
#' While training, elements of `x` are set to 0 at random:
#' \deqn{out = x \, mask, \quad dx = dout \, mask}{out = x mask,  dx = dout mask}
#' At test all of them stay, and are made smaller by as much as was missing on average:
#' \deqn{out = (1 - dropout\_ratio) \, x}{out = (1 - dropout_ratio) x}
#'
#' The mask is drawn from NumPy's stream, so that both languages drop the same elements; or it is given. NumPy's layer
#' keeps its stream; here it goes in and comes out.
#'
#' @param x A numeric vector, matrix or array.
#' @param dropout_ratio The share of the elements that is dropped: those whose uniform number is not above it.
#' @param train_flg Whether elements are dropped.
#' @param mask What `x` is multiplied by, of its shape; `NULL` to draw it.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken.
#' @param forward The result of `Dropout.forward()`.
#' @param dout The gradient that flows in, of the shape of `x`.
#' @return `Dropout.forward()`: a list with `out` and `mask`, both of the shape of `x`, and `rng`, the stream after the
#'   draw. `Dropout.backward()`: a list with `dx`.
#' @source The book, first volume, chapter 6, 6.4.3.
#' @examples
#' x <- matrix(1:6, nrow = 2)
#' first <- Dropout.forward(x, rng = 42)
#' first$out
#' Dropout.forward(x, rng = first$rng)$out
#' Dropout.forward(x, train_flg = FALSE)$out
#' @family layers
#' @name Dropout
#' @rdname layers-dropout
NULL

#' @rdname layers-dropout
#' @export
Dropout.forward <- function(x, dropout_ratio = 0.5, train_flg = TRUE, mask = NULL, rng = 0) {
  .check_number("dropout_ratio", dropout_ratio)
  if (!is.null(mask)) .check_shape("mask", mask, .shape(x))
  if (!train_flg) {
    mask <- replace(x, seq_along(x), 1 - dropout_ratio)
  } else if (is.null(mask)) {
    drawn <- np_random_sample(if (is.list(rng)) rng else np_random_state(rng), .shape(x))
    mask <- drawn$value > dropout_ratio
    rng <- drawn$state
  }
  list(out = x * mask, mask = mask, rng = rng)
}

#' @rdname layers-dropout
#' @export
Dropout.backward <- function(forward, dout) {
  .check_shape("dout", dout, .shape(forward$out))
  list(dx = dout * forward$mask)
}
