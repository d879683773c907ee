#' @title Stochastic gradient descent
#'
#' @description
#' Each parameter moves against its gradient:
#' \deqn{p \leftarrow p - lr \, dp}{p <- p - lr dp}
#'
#' NumPy changes the parameters in place. R does not, so the new ones are returned: `params` goes in and comes out.
#'
#' @param params A list of parameters, with names (`list(W1 = , b1 = )`) or without.
#' @param grads The list of their gradients: looked up by name where `params` has names, else by position.
#' @param lr The learning rate.
#' @return A list with `params`, the new parameters.
#' @source Notebook "inference and training", SGD (lists without names); blog post "Back Propagation (2)", Training
#'   (named).
#' @examples
#' params <- list(W = matrix(1:4, nrow = 2), b = c(1, 2))
#' grads <- list(W = matrix(c(1, 0, 0, 1), nrow = 2), b = c(10, -10))
#' SGD.update(params, grads, lr = 0.1)$params
#' @family optimizers
#' @name SGD
#' @rdname optimizers-sgd
NULL

#' @rdname optimizers-sgd
#' @export
SGD.update <- function(params, grads, lr = 0.01) {
  .check_number("lr", lr)
  .check_gradients(params, grads)
  for (key in .keys(params)) params[[key]] <- params[[key]] - lr * grads[[key]]
  list(params = params)
}
