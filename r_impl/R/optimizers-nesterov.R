#' @title Nesterov's accelerated gradient
#'
#' @description
#' Momentum that looks ahead:
#' \deqn{v \leftarrow momentum \; v - lr \, dp, \quad p \leftarrow p + momentum \; v - lr \, dp}{
#'   v <- momentum v - lr dp,  p <- p + momentum v - lr dp}
#' with the new v. The gradient is that at p, where the parameters stand; p itself is already the point ahead.
#'
#' NumPy's optimizer keeps what it remembers; here it goes in and comes out, as the parameters do.
#'
#' @param params A list of parameters, with names (`list(W1 = , b1 = )`) or without.
#' @param grads The list of their gradients: looked up by name where `params` has names, else by position.
#' @param v The velocities, a list of the shapes of `params`; `NULL` at the first step.
#' @param lr The learning rate.
#' @param momentum How much of the velocity stays.
#' @return A list with `params`, the new parameters, and `v`, for the next step.
#' @source The functions that go with the book, first volume; Bengio, Boulanger-Lewandowski and Pascanu (2012), 3.5.
#' @examples
#' step <- Nesterov.update(list(W = c(1, -2)), list(W = c(10, 0.5)))
#' Nesterov.update(step$params, list(W = c(8, -0.5)), v = step$v)$params
#' @family optimizers
#' @name Nesterov
#' @rdname optimizers-nesterov
NULL

#' @rdname optimizers-nesterov
#' @export
Nesterov.update <- function(params, grads, v = NULL, lr = 0.01, momentum = 0.9) {
  .check_number("lr", lr)
  .check_gradients(params, grads)
  if (is.null(v)) v <- .zeros_like_each(params)
  for (key in .keys(params)) {
    step <- lr * grads[[key]]
    v[[key]] <- momentum * v[[key]] - step
    params[[key]] <- params[[key]] + momentum * v[[key]] - step
  }
  list(params = params, v = v)
}
