#' @title Gradients that are too long
#'
#' @description
#' They are shortened, all by one factor, so that the root of the sum of all their squares is no more than `max_norm`:
#' \deqn{g \leftarrow g \, \frac{max\_norm}{norm + 10^{-6}}}{g <- g max_norm / (norm + 1e-6)}
#' where that factor is below 1.
#'
#' NumPy's function changes the gradients in place; here the new ones are returned.
#'
#' @param grads A list of gradients of any shapes.
#' @param max_norm How long they may be together.
#' @return A list with `grads`.
#' @source The book, second volume, chapter 6, 6.1.4.
#' @family optimizers
#' @examples
#' clip_grads(list(dW = c(3, 0), db = 4), max_norm = 1)$grads
#' @export
clip_grads <- function(grads, max_norm) {
  .check_number("max_norm", max_norm)
  norm <- sqrt(sum(vapply(grads, function(grad) sum(grad^2), 0)))
  rate <- max_norm / (norm + 1e-6)
  # isTRUE(): if (NaN < 1) would stop, where NumPy takes it for FALSE.
  list(grads = if (isTRUE(rate < 1)) lapply(grads, function(grad) grad * rate) else grads)
}
