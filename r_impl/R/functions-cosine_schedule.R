#' @title A learning rate that falls like a cosine
#'
#' @description
#' Up in a line for `warmup` steps, then down by half a cosine to `lr_min`:
#' \deqn{lr_{min} + (lr - lr_{min}) (1 + \cos(\pi p)) / 2, \quad p = (step - warmup) / (steps - warmup)}{
#'   lr_min + (lr - lr_min) (1 + cos(pi p)) / 2,  p = (step - warmup) / (steps - warmup)}
#'
#' @param step The step, **from 0**.
#' @param steps How many there are; from then on it is `lr_min`.
#' @param lr,lr_min The largest and the last rate.
#' @param warmup How many steps it takes to get to `lr`.
#' @return One number.
#' @source Loshchilov and Hutter (2017), SGDR, section 3, without restarts.
#' @family functions
#' @examples
#' vapply(0:5, cosine_schedule, 0, steps = 5, lr = 1)
#' @export
cosine_schedule <- function(step, steps, lr, lr_min = 0, warmup = 0) {
  if (step < warmup) {
    return(lr * (step + 1) / warmup)
  }
  part <- min((step - warmup) / (steps - warmup), 1)
  lr_min + (lr - lr_min) * (1 + cos(pi * part)) / 2
}
