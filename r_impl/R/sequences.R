# A sequence (N, T, D) as a matrix (N T, D), whose rows are those of the first step, then those of the second, ...: R
# runs the first index fastest, so that nothing moves.
.rows_of_steps <- function(xs) matrix(xs, ncol = dim(xs)[3])

# The rows of one step in such a matrix.
.step <- function(t, N) (t - 1L) * N + seq_len(N)

.as_sequence <- function(rows, N, T) array(rows, c(N, T, ncol(rows)))

.check_sequence <- function(name, xs, D) {
  if (length(dim(xs)) != 3 || dim(xs)[3] != D) {
    stop(name, " has the shape ", .shape_text(.shape(xs)), ", expected (N, T, ", D, ")", call. = FALSE)
  }
}

# The parameters of a recurrent layer whose gates have H columns each.
.check_recurrent <- function(Wx, Wh, b, gates) {
  .check_matrix("Wx", Wx)
  .check_matrix("Wh", Wh)
  H <- nrow(Wh)
  .check_shape("Wh", Wh, c(H, gates * H))
  .check_shape("Wx", Wx, c(nrow(Wx), gates * H))
  .check_bias(b, gates * H)
}

# The state that the first step gets: what was kept, or zeros.
.first_state <- function(state, stateful, N, H) {
  if (!stateful || is.null(state)) {
    return(matrix(0, N, H))
  }
  .check_shape("the state", state, c(N, H))
  state
}

# The columns of one gate out of several that lie side by side.
.gate <- function(A, k, H) A[, (k - 1L) * H + seq_len(H), drop = FALSE]
