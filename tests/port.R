Square.forward <- function(a, x) list(out = a * x^2, x = x, a = a)
Square.backward <- function(forward, dout) {
  list(dx = 2 * forward$a * forward$x * dout, da = sum(dout * forward$x^2))
}
Twice.forward <- function(a, x) list(out = 2 * a * x^2, x = x, a = a)
Twice.backward <- function(forward, dout) {
  list(dx = 4 * forward$a * forward$x * dout, da = 2 * sum(dout * forward$x^2))
}
WrongSlope.forward <- Square.forward
WrongSlope.backward <- function(forward, dout) {
  list(dx = 6 * forward$a * forward$x * dout, da = sum(dout * forward$x^2))
}
Failing.forward <- Square.forward
Failing.backward <- function(forward, dout) stop("no gradient today")
Talking.forward <- function(a, x) {
  cat("forward\n")
  warning("careful")
  Square.forward(a, x)
}
Dying.forward <- function(a, x) tools::pskill(Sys.getpid(), 9)
halve <- function(x) if (any(x < 0)) stop("x is negative") else x / 2
scale <- function(x, f) f(x)
double <- function(x) 2 * x
Counter.add <- function(total, values, by) {
  values <- values + by
  list(total = total + sum(values), values = values)
}
Descent.train <- function(steps, start, lr, state = list(p = start, made = 0)) {
  goal <- seq_along(start) - 1
  loss <- numeric(steps)
  for (i in seq_len(steps)) {
    state$p <- state$p - lr * (state$p - goal)
    loss[i] <- sum((state$p - goal)^2) / 2
  }
  list(loss = loss, p = state$p, closeness = 1 / (1 + loss[steps]), state = state)
}
