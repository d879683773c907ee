#' @title Steps added up by weights
#'
#' @description
#' \deqn{c_n = \sum_t a_{nt} \, hs_{nt}}{c[n, ] = sum_t a[n, t] hs[n, t, ]}
#'
#' @param hs The steps, an array (N, T, H).
#' @param a The weights, a matrix (N, T).
#' @param forward The result of `WeightSum.forward()`.
#' @param dc The gradient that flows in, (N, H).
#' @return `WeightSum.forward()`: a list with `c` (N, H), `hs` and `a`. `WeightSum.backward()`: a list with `dhs` and `da`.
#' @source The book, second volume, chapter 8, 8.1.3.
#' @examples
#' WeightSum.forward(array(1:12, c(2, 3, 2)), matrix(c(1, 0, 0, 0.5, 0, 0.5), 2))$c
#' @family layers over time
#' @name WeightSum
#' @rdname layers-weight_sum
NULL

#' @rdname layers-weight_sum
#' @export
WeightSum.forward <- function(hs, a) {
  .check_shape("a", a, dim(hs)[1:2])
  # a (N, T) is recycled over H: the first two axes of hs run fastest.
  list(c = .over_steps(hs * as.vector(a)), hs = hs, a = a)
}

#' @rdname layers-weight_sum
#' @export
WeightSum.backward <- function(forward, dc) {
  hs <- forward$hs
  .check_shape("dc", dc, dim(hs)[c(1, 3)])
  dt <- .for_each_step(dc, dim(hs)[2])
  list(dhs = dt * as.vector(forward$a), da = rowSums(dt * hs, dims = 2))
}

# The sum over the steps of (N, T, H): (N, H).
.over_steps <- function(x) matrix(colSums(aperm(x, c(2, 1, 3))), dim(x)[1])

# (N, H) at each of T steps: (N, T, H).
.for_each_step <- function(x, T) array(x[rep(seq_len(nrow(x)), T), , drop = FALSE], c(nrow(x), T, ncol(x)))
