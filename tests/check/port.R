twice <- function(x) 2 * x
thrice <- function(x) 3 * x
listed <- function(x) list(out = 2 * x, extra = x + 1)
pair <- function(x) list(a = x, b = 2 * x)
nothing <- function(x) NULL
refuse <- function(x) stop("x is bad")
complain <- function(x) { warning("x is odd"); 2 * x }
add_one <- function(x) list(x = x + 1)
noise <- function(x) x + stats::rnorm(length(x))

Square.forward <- function(a, x) list(out = a * x^2, a = a, x = x)
Square.backward <- function(forward, dout) {
  list(dx = 2 * forward$a * forward$x * dout, da = sum(dout * forward$x^2))
}
Steep.forward <- Square.forward
Steep.backward <- function(forward, dout) {
  list(dx = 3 * forward$a * forward$x * dout, da = sum(dout * forward$x^2))
}
