#' @title The BatchNormalization layer
#'
#' @description
#' Each column is brought to mean 0 and variance 1 over the batch, then scaled and shifted:
#' \deqn{\hat{x} = \frac{x - \mu}{\sqrt{var + \epsilon}}, \quad out = \gamma \hat{x} + \beta}{
#'   xhat = (x - mu) / sqrt(var + eps),  out = gamma xhat + beta}
#' with `var` the mean square, divided by N (not N - 1, as [var()] has it), and
#' \deqn{dx = \frac{\gamma}{N \sqrt{var + \epsilon}}
#'   \left(N \, dout - \sum dout - \hat{x} \sum dout \, \hat{x}\right)}{
#'   dx = gamma / (N sqrt(var + eps)) (N dout - sum(dout) - xhat sum(dout xhat))}
#' While training the running statistics move, `momentum` of the old and the rest of the batch's; at test they stand in
#' for the mean and the variance.
#'
#' NumPy's layer keeps the running statistics; here they go in and come out. Images have [BatchNormalizationImages].
#'
#' @param gamma,beta The scale and the shift, vectors of length D.
#' @param x The input, a matrix (N, D).
#' @param running_mean,running_var The running statistics, vectors of length D; zeros at first, as in the book.
#' @param momentum How much of the running statistics stays.
#' @param eps A small number that keeps the division away from 0.
#' @param train_flg Whether the statistics are those of the batch.
#' @param forward The result of `BatchNormalization.forward()`.
#' @param dout The gradient that flows in, of the shape of `x`.
#' @return `BatchNormalization.forward()`: a list with `out`, of the shape of `x`, the new `running_mean` and
#'   `running_var`, and what the backward pass needs: `xhat`, `std`, `gamma` and `train_flg`.
#'   `BatchNormalization.backward()`: a list with `dx`, `dgamma` and `dbeta`.
#' @source The book, first volume, chapter 6, 6.3, whose eps is 10e-7 and whose running statistics begin at 0.
#' @examples
#' x <- matrix(c(1, 2, 4, 8, -1, 0), nrow = 3)
#' forward <- BatchNormalization.forward(gamma = c(1, 2), beta = c(0, 10), x)
#' round(colMeans(forward$out), 10)
#' forward$running_mean
#' @family layers
#' @name BatchNormalization
#' @rdname layers-batch_normalization
NULL

#' @rdname layers-batch_normalization
#' @export
BatchNormalization.forward <- function(gamma, beta, x, running_mean = NULL, running_var = NULL, momentum = 0.9,
                                       eps = 1e-6, train_flg = TRUE) {
  .check_matrix("x", x)
  if (ncol(x) != length(gamma)) {
    stop("x has the shape ", .shape_text(dim(x)), ", expected a matrix with ", length(gamma), " columns", call. = FALSE)
  }
  if (is.null(running_mean)) running_mean <- numeric(length(gamma))
  if (is.null(running_var)) running_var <- numeric(length(gamma))
  mu <- if (train_flg) colMeans(x) else running_mean
  xc <- .along_rows(x, mu, `-`)
  var <- running_var
  if (train_flg) {
    var <- colMeans(xc * xc)
    running_mean <- momentum * running_mean + (1 - momentum) * mu
    running_var <- momentum * running_var + (1 - momentum) * var
  }
  std <- sqrt(var + eps)
  xhat <- .along_rows(xc, std, `/`)
  out <- .along_rows(.along_rows(xhat, gamma, `*`), beta, `+`)
  list(
    out = out, running_mean = running_mean, running_var = running_var,
    xhat = xhat, std = std, gamma = gamma, train_flg = train_flg
  )
}

#' @rdname layers-batch_normalization
#' @export
BatchNormalization.backward <- function(forward, dout) {
  .check_shape("dout", dout, dim(forward$out))
  N <- nrow(dout)
  dgamma <- colSums(dout * forward$xhat)
  dbeta <- colSums(dout)
  dx <- dout
  if (forward$train_flg) {
    dx <- .along_rows(dout, dbeta / N, `-`) - .along_rows(forward$xhat, dgamma / N, `*`)
  }
  list(dx = .along_rows(dx, forward$gamma / forward$std, `*`), dgamma = dgamma, dbeta = dbeta)
}

# What sweep(x, 2, v, operation) does, in a third of the time: each element of v, once for each row.
.along_rows <- function(x, v, operation) operation(x, rep.int(v, rep.int(nrow(x), length(v))))
