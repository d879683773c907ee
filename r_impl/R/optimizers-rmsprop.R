#' @title RMSprop
#'
#' @description
#' AdaGrad that forgets:
#' \deqn{h \leftarrow decay\_rate \; h + (1 - decay\_rate) \, dp^2, \quad
#'   p \leftarrow p - lr \, \frac{dp}{\sqrt{h} + 10^{-7}}}{
#'   h <- decay_rate h + (1 - decay_rate) dp^2,  p <- p - lr dp / (sqrt(h) + 1e-7)}
#'
#' NumPy's optimizer keeps what it remembers; here it goes in and comes out, as the parameters do.
#'
#' @param params A list of parameters, with names (`list(W1 = , b1 = )`) or without.
#' @param grads The list of their gradients: looked up by name where `params` has names, else by position.
#' @param h What was remembered, a list of the shapes of `params`; `NULL` at the first step.
#' @param lr The learning rate.
#' @param decay_rate How much of `h` stays.
#' @return A list with `params`, the new parameters, and `h`, for the next step.
#' @source The book, first volume, chapter 6, 6.1.5, note; the functions that go with it.
#' @examples
#' step <- RMSprop.update(list(W = c(1, -2)), list(W = c(10, 0.5)))
#' RMSprop.update(step$params, list(W = c(8, -0.5)), h = step$h)$params
#' @family optimizers
#' @name RMSprop
#' @rdname optimizers-rmsprop
NULL

#' @rdname optimizers-rmsprop
#' @export
RMSprop.update <- function(params, grads, h = NULL, lr = 0.01, decay_rate = 0.99) {
  .check_number("lr", lr)
  .check_gradients(params, grads)
  if (is.null(h)) h <- .zeros_like_each(params)
  for (key in .keys(params)) {
    grad <- grads[[key]]
    h[[key]] <- decay_rate * h[[key]] + (1 - decay_rate) * grad * grad
    params[[key]] <- params[[key]] - lr * grad / (sqrt(h[[key]]) + 1e-7)
  }
  list(params = params, h = h)
}
