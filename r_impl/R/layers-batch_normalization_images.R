#' @title The BatchNormalization layer for images
#'
#' @description
#' Each channel is brought to mean 0 and variance 1 over the batch and the pixels, then scaled and shifted:
#' \deqn{\hat{x} = \frac{x - \mu}{\sqrt{var + \epsilon}}, \quad out = \gamma \hat{x} + \beta}{
#'   xhat = (x - mu) / sqrt(var + eps),  out = gamma xhat + beta}
#' with `var` the mean square, divided by M = N H W (not M - 1, as [var()] has it), and
#' \deqn{dx = \frac{\gamma}{M \sqrt{var + \epsilon}}
#'   \left(M \, dout - \sum dout - \hat{x} \sum dout \, \hat{x}\right)}{
#'   dx = gamma / (M sqrt(var + eps)) (M dout - sum(dout) - xhat sum(dout xhat))}
#' While training the running statistics move, `momentum` of the old and the rest of the batch's; at test they stand in
#' for the mean and the variance.
#'
#' NumPy's layer keeps the running statistics; here they go in and come out.
#'
#' @param gamma,beta The scale and the shift, vectors of length C.
#' @param x The images, an array (N, C, H, W).
#' @param running_mean,running_var The running statistics, vectors of length C; zeros at first, as in the book.
#' @param momentum How much of the running statistics stays.
#' @param eps A small number that keeps the division away from 0.
#' @param train_flg Whether the statistics are those of the batch.
#' @param forward The result of `BatchNormalizationImages.forward()`.
#' @param dout The gradient that flows in, of the shape of `x`.
#' @return `BatchNormalizationImages.forward()`: a list with `out`, of the shape of `x`, the new `running_mean` and
#'   `running_var`, and what the backward pass needs: `xhat`, `std`, `gamma` and `train_flg`.
#'   `BatchNormalizationImages.backward()`: a list with `dx`, `dgamma` and `dbeta`.
#' @source The book, first volume, chapter 6, 6.3, whose eps is 10e-7 and whose running statistics begin at 0; per
#'   channel as Ioffe and Szegedy (2015), section 3.2, have it for convolutions.
#' @examples
#' x <- array(1:24, c(2, 2, 2, 3))
#' forward <- BatchNormalizationImages.forward(gamma = c(1, 2), beta = c(0, 10), x)
#' round(apply(forward$out, 2, mean), 10)
#' forward$running_mean
#' @family layers
#' @name BatchNormalizationImages
#' @rdname layers-batch_normalization_images
NULL

#' @rdname layers-batch_normalization_images
#' @export
BatchNormalizationImages.forward <- function(gamma, beta, x, running_mean = NULL, running_var = NULL, momentum = 0.9,
                                             eps = 1e-6, train_flg = TRUE) {
  .check_images("x", x)
  .check_channels(x, length(gamma), "gamma has")
  N <- dim(x)[1]
  if (is.null(running_mean)) running_mean <- numeric(length(gamma))
  if (is.null(running_var)) running_var <- numeric(length(gamma))
  M <- length(x) / length(gamma)
  mu <- running_mean
  if (train_flg) mu <- .channel_sums(x) / M
  # N times each, so that the vector goes down (n, c) and is recycled over the pixels.
  xc <- x - rep(mu, each = N)
  var <- running_var
  if (train_flg) {
    var <- .channel_sums(xc^2) / M
    running_mean <- momentum * running_mean + (1 - momentum) * mu
    running_var <- momentum * running_var + (1 - momentum) * var
  }
  std <- sqrt(var + eps)
  xhat <- xc / rep(std, each = N)
  out <- rep(gamma, each = N) * xhat + rep(beta, each = N)
  list(
    out = out, running_mean = running_mean, running_var = running_var,
    xhat = xhat, std = std, gamma = gamma, train_flg = train_flg
  )
}

#' @rdname layers-batch_normalization_images
#' @export
BatchNormalizationImages.backward <- function(forward, dout) {
  .check_shape("dout", dout, dim(forward$out))
  N <- dim(dout)[1]
  M <- length(dout) / length(forward$gamma)
  dgamma <- .channel_sums(dout * forward$xhat)
  dbeta <- .channel_sums(dout)
  dx <- dout
  if (forward$train_flg) dx <- dout - rep(dbeta / M, each = N) - forward$xhat * rep(dgamma / M, each = N)
  list(dx = rep(forward$gamma / forward$std, each = N) * dx, dgamma = dgamma, dbeta = dbeta)
}

# Over all but the second axis.
.channel_sums <- function(x) rowSums(colSums(x), dims = 1)
