#' @title AdamW
#'
#' @description
#' [Adam][Adam.update()] whose weight decay does not pass through the gradients: at the t-th step
#' \deqn{m \leftarrow \beta_1 m + (1 - \beta_1) dp, \quad v \leftarrow \beta_2 v + (1 - \beta_2) dp^2}{
#'   m <- beta1 m + (1 - beta1) dp,  v <- beta2 v + (1 - beta2) dp^2}
#' \deqn{p \leftarrow p - lr \, \lambda p - lr \, \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}}{
#'   p <- p - lr lambda p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)}
#'
#' @inheritParams Adam
#' @param eps What keeps the division away from 0, beside the corrected root.
#' @param weight_decay The share \eqn{\lambda}{lambda}.
#' @return A list with `params`, the new parameters, and `m`, `v`, `iter`, for the next step.
#' @source Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization, algorithm 2, with lr in the decay as torch
#'   has it.
#' @examples
#' AdamW.update(list(W = c(1, -2)), list(W = c(10, 0.5)))$params
#' @family optimizers
#' @name AdamW
#' @rdname optimizers-adamw
NULL

#' @rdname optimizers-adamw
#' @export
AdamW.update <- function(params, grads, m = NULL, v = NULL, iter = 0, lr = 0.001, beta1 = 0.9, beta2 = 0.999,
                         eps = 1e-8, weight_decay = 0.01) {
  .check_number("lr", lr)
  .check_gradients(params, grads)
  if (is.null(m)) m <- .zeros_like_each(params)
  if (is.null(v)) v <- .zeros_like_each(params)
  iter <- iter + 1
  for (key in .keys(params)) {
    grad <- grads[[key]]
    m[[key]] <- beta1 * m[[key]] + (1 - beta1) * grad
    v[[key]] <- beta2 * v[[key]] + (1 - beta2) * grad * grad
    step <- m[[key]] / (1 - beta1^iter) / (sqrt(v[[key]] / (1 - beta2^iter)) + eps)
    params[[key]] <- params[[key]] - lr * weight_decay * params[[key]]
    params[[key]] <- params[[key]] - lr * step
  }
  list(params = params, m = m, v = v, iter = iter)
}
