#' @title Gradient descent with momentum
#'
#' @description
#' A ball that rolls:
#' \deqn{v \leftarrow momentum \; v - lr \, dp, \quad p \leftarrow p + v}{v <- momentum v - lr dp,  p <- p + v}
#'
#' NumPy's optimizer keeps what it remembers; here it goes in and comes out, as the parameters do.
#'
#' @param params A list of parameters, with names (`list(W1 = , b1 = )`) or without.
#' @param grads The list of their gradients: looked up by name where `params` has names, else by position.
#' @param v The velocities, a list of the shapes of `params`; `NULL` at the first step.
#' @param lr The learning rate.
#' @param momentum How much of the velocity stays.
#' @return A list with `params`, the new parameters, and `v`, for the next step.
#' @source The book, first volume, chapter 6, 6.1.4.
#' @examples
#' step <- Momentum.update(list(W = c(1, -2)), list(W = c(10, 0.5)))
#' Momentum.update(step$params, list(W = c(8, -0.5)), v = step$v)$params
#' @family optimizers
#' @name Momentum
#' @rdname optimizers-momentum
NULL

#' @rdname optimizers-momentum
#' @export
Momentum.update <- function(params, grads, v = NULL, lr = 0.01, momentum = 0.9) {
  .check_number("lr", lr)
  .check_gradients(params, grads)
  if (is.null(v)) v <- .zeros_like_each(params)
  for (key in .keys(params)) {
    v[[key]] <- momentum * v[[key]] - lr * grads[[key]]
    params[[key]] <- params[[key]] + v[[key]]
  }
  list(params = params, v = v)
}
