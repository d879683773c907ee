#' @title The spiral data set
#'
#' @description
#' Three arms of 100 points each, in order (not shuffled). Point i of arm j (both from 0) lies at radius r = i / 100
#' and angle
#' \deqn{\theta = 4 j + 4 r + 0.2 z}{theta = 4 j + 4 r + 0.2 z}
#' with z standard normal, as \eqn{(r \sin\theta, r \cos\theta)}{(r sin theta, r cos theta)}. The draws are those of
#' NumPy's legacy stream, one per point, so that both languages get the same points from the same seed.
#'
#' @param seed A seed, as for [np_random_state()].
#' @return A list with `x`, a matrix (300, 2), and `t`, the one-hot labels (300, 3).
#' @source The book's dataset/spiral.py, as used by the notebook "inference and training".
#' @family datasets
#' @examples
#' spiral <- spiral.load_data()
#' dim(spiral$x)
#' dim(spiral$t)
#' plot(spiral$x, col = max.col(spiral$t), asp = 1)
#' @export
spiral.load_data <- function(seed = 1984) {
  z <- np_randn(np_random_state(seed), 300)$value
  arm <- rep(0:2, each = 100)
  r <- rep(0:99, times = 3) / 100
  theta <- arm * 4 + 4 * r + z * 0.2
  x <- cbind(r * sin(theta), r * cos(theta))
  t <- diag(3)[arm + 1, ]
  list(x = x, t = t)
}
