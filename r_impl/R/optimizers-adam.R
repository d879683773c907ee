#' @title Adam
#'
#' @description
#' Momentum and RMSprop in one, both corrected for their beginning at 0: at the t-th step
#' \deqn{m \leftarrow m + (1 - \beta_1)(dp - m), \quad v \leftarrow v + (1 - \beta_2)(dp^2 - v)}{
#'   m <- m + (1 - beta1) (dp - m),  v <- v + (1 - beta2) (dp^2 - v)}
#' \deqn{p \leftarrow p - lr \, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \, \frac{m}{\sqrt{v} + 10^{-7}}}{
#'   p <- p - lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + 1e-7)}
#' The 1e-7 stands beside the uncorrected root, as in the paper's remark in section 2 and unlike its algorithm 1.
#'
#' NumPy's optimizer keeps what it remembers; here it goes in and comes out, as the parameters do.
#'
#' @param params A list of parameters, with names (`list(W1 = , b1 = )`) or without.
#' @param grads The list of their gradients: looked up by name where `params` has names, else by position.
#' @param m,v The moving means of the gradients and of their squares, lists of the shapes of `params`; `NULL` at the
#'   first step.
#' @param iter How many steps there were before.
#' @param lr The learning rate.
#' @param beta1,beta2 How much of `m` and of `v` stays.
#' @return A list with `params`, the new parameters, and `m`, `v`, `iter`, for the next step.
#' @source The book, first volume, chapter 6, 6.1.6, and the functions that go with it; Kingma and Ba (2015).
#' @examples
#' step <- Adam.update(list(W = c(1, -2)), list(W = c(10, 0.5)))
#' Adam.update(step$params, list(W = c(8, -0.5)), m = step$m, v = step$v, iter = step$iter)$params
#' @family optimizers
#' @name Adam
#' @rdname optimizers-adam
NULL

#' @rdname optimizers-adam
#' @export
Adam.update <- function(params, grads, m = NULL, v = NULL, iter = 0, lr = 0.001, beta1 = 0.9,
                        beta2 = 0.999) {
  .check_number("lr", lr)
  .check_gradients(params, grads)
  if (is.null(m)) m <- .zeros_like_each(params)
  if (is.null(v)) v <- .zeros_like_each(params)
  iter <- iter + 1
  lr_t <- lr * sqrt(1 - beta2^iter) / (1 - beta1^iter)
  for (key in .keys(params)) {
    grad <- grads[[key]]
    m[[key]] <- m[[key]] + (1 - beta1) * (grad - m[[key]])
    v[[key]] <- v[[key]] + (1 - beta2) * (grad * grad - v[[key]])
    params[[key]] <- params[[key]] - lr_t * m[[key]] / (sqrt(v[[key]]) + 1e-7)
  }
  list(params = params, m = m, v = v, iter = iter)
}
