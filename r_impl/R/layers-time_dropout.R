#' @title Dropout with one mask for all steps
#'
#' @description
#' While training \eqn{out = xs \, mask}{out = xs mask}, where the mask is the same at every step: 1 / (1 - dropout_ratio)
#' where a uniform number is above `dropout_ratio`, 0 elsewhere. At test `xs` comes out as it is. ([Dropout] scales at
#' test instead.)
#'
#' The mask is drawn from NumPy's stream, so that both languages drop the same; or it is given.
#'
#' @param xs The input, an array (N, T, D).
#' @param dropout_ratio The share that is dropped.
#' @param train_flg Whether anything is dropped.
#' @param mask What each step is multiplied by, an array (N, 1, D); `NULL` to draw it.
#' @param rng A seed, or a state of [np_random_state()] whose next numbers are taken.
#' @param forward The result of `TimeDropout.forward()`.
#' @param dout The gradient that flows in, (N, T, D).
#' @return `TimeDropout.forward()`: a list with `out`, `mask` and `rng`, the stream after the draw.
#'   `TimeDropout.backward()`: a list with `dxs`.
#' @source The book, second volume, chapter 6, 6.5.2, which calls it variational dropout. The code that goes with the book
#'   draws a mask of the shape of `xs`.
#' @examples
#' TimeDropout.forward(array(1:6, c(1, 3, 2)), rng = 3)$out[1, , ]
#' @family layers over time
#' @name TimeDropout
#' @rdname layers-time_dropout
NULL

#' @rdname layers-time_dropout
#' @export
TimeDropout.forward <- function(xs, dropout_ratio = 0.5, train_flg = TRUE, mask = NULL, rng = 0) {
  .check_number("dropout_ratio", dropout_ratio)
  if (length(dim(xs)) != 3) stop("xs has the shape ", .shape_text(.shape(xs)), ", expected (N, T, D)", call. = FALSE)
  shape <- c(dim(xs)[1], 1, dim(xs)[3])
  if (!is.null(mask)) .check_shape("mask", mask, shape)
  if (!train_flg) {
    mask <- array(1, shape)
  } else if (is.null(mask)) {
    drawn <- np_random_sample(if (is.list(rng)) rng else np_random_state(rng), shape)
    mask <- (drawn$value > dropout_ratio) / (1 - dropout_ratio)
    rng <- drawn$state
  }
  list(out = xs * .at_every_step(mask, dim(xs)[2]), mask = mask, rng = rng)
}

#' @rdname layers-time_dropout
#' @export
TimeDropout.backward <- function(forward, dout) {
  .check_shape("dout", dout, dim(forward$out))
  list(dxs = dout * .at_every_step(forward$mask, dim(dout)[2]))
}

.at_every_step <- function(mask, T) mask[, rep(1, T), , drop = FALSE]
