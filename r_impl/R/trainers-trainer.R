#' @title Stochastic gradient descent on mini-batches
#'
#' @description
#' The loop that all training runs share:
#' \deqn{p \leftarrow p - lr \, \frac{\partial L}{\partial p}}{p <- p - lr dL/dp}
#' with L on another batch at each step.
#'
#' @details
#' `state` goes in and comes out: with the `state` of an earlier call the run goes on where that one stopped, so that a
#' run in pieces is the same run, and whatever is to be known at a checkpoint can be asked in between.
#'
#' @param steps How many steps to make.
#' @param state A list of `params`, the parameters of the network, and `batches`, the state of the batches; after a first
#'   call also `kept`, what the optimizer remembers. Where the network remembers something too, as running statistics,
#'   `network` is a list of it, by the names of the arguments of `gradient`.
#' @param network What is trained, a list of functions: `gradient(params, x, t)` returns a list with the `loss`, the
#'   `grads`, and anew whatever `state$network` has; `loss(params, x, t)`, the number alone, is needed for `loss_after`.
#' @param batches A function of such a state and a number of steps, such as one that calls [random_batches()] or
#'   [epoch_batches()]: it returns `value`, a row of zero-based numbers for each step, and the new `state`.
#' @param take A function of the numbers of a batch, counted from 1, that returns a list with its `x` and `t`.
#' @param lr The learning rate.
#' @param update The optimizer, such as [SGD.update()] or [Adam.update()]: a function of `params`, `grads`, what it returned
#'   besides the parameters the last time, and `lr`.
#' @param max_grad How long the gradients may be together, for [clip_grads()]; `NULL` for any length.
#' @param loss_after Whether the loss of a step is that after its update, which costs another forward pass.
#' @return A list with `loss`, one number for each step and on its batch; `params`, the new ones; and `state`.
#' @source The training loop of the blog post "Back Propagation (2)", Training, and of the book, both volumes.
#' @family trainers
#' @examples
#' # A line through points that lie on y = 2 x + 1.
#' points <- list(x = matrix(c(-1, 0, 1, 2)), t = matrix(c(-1, 1, 3, 5)))
#' line <- list(gradient = function(params, x, t) {
#'   affine <- Affine.forward(params$W, params$b, x)
#'   off <- affine$out - t
#'   grads <- Affine.backward(affine, 2 * off / length(off))
#'   list(loss = mean(off^2), grads = list(W = grads$dW, b = grads$db))
#' })
#' state <- list(params = list(W = matrix(0), b = 0), batches = np_random_state(1))
#' run <- Trainer.train(
#'   200, state, line,
#'   batches = function(state, steps) random_batches(state, steps, count = 4, size = 2),
#'   take = function(batch) lapply(points, function(rows) rows[batch, , drop = FALSE]),
#'   lr = 0.1
#' )
#' run$params
#' @export
Trainer.train <- function(steps, state, network, batches, take, lr, loss_after = FALSE, update = SGD.update,
                          max_grad = NULL) {
  params <- state$params
  kept <- state$kept
  remembered <- state$network
  drawn <- batches(state$batches, steps)
  loss <- numeric(steps)
  for (step in seq_len(steps)) {
    batch <- take(drawn$value[step, ] + 1L)
    now <- do.call(network$gradient, c(list(params, batch$x, batch$t), remembered))
    remembered <- now[names(remembered)]
    grads <- if (is.null(max_grad)) now$grads else clip_grads(now$grads, max_grad)$grads
    kept <- do.call(update, c(list(params, grads, lr = lr), kept))
    params <- kept$params
    kept$params <- NULL
    loss[step] <- if (loss_after) network$loss(params, batch$x, batch$t) else now$loss
  }
  state <- list(params = params, batches = drawn$state, kept = kept)
  if (length(remembered)) state$network <- remembered
  list(loss = loss, params = params, state = state)
}
