#' @title Handwritten digits of 8 x 8
#'
#' @description
#' The first 1,500 images to learn from and the last 297 to test with, in their own order. They come with the package, so
#' that there is nothing to fetch, and are laid out as [load_mnist()] lays out MNIST.
#'
#' @param path A folder with `digits-images-idx3-ubyte.gz` and `digits-labels-idx1-ubyte.gz`; without it those of the
#'   installed package. Needed where the R files were sourced without installing the package.
#' @param normalize Whether the numbers, 0 to 16, are divided by 16.
#' @param flatten Whether an image is a row of 64; otherwise `x` is (N, 1, 8, 8).
#' @param one_hot_label Whether the labels are one-hot rows of ten; otherwise whole numbers, from 0.
#' @return A list with `x_train`, `t_train`, `x_test` and `t_test`.
#' @source E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits (the test set, 1,797 images), UCI Machine
#'   Learning Repository, 1998, \doi{10.24432/C50P49}, CC BY 4.0.
#' @family datasets
#' @examples
#' digits <- load_digits(normalize = FALSE)
#' dim(digits$x_train)
#' matrix(digits$x_train[1, ], nrow = 8, byrow = TRUE)
#' table(digits$t_test)
#' @export
load_digits <- function(path = NULL, normalize = TRUE, flatten = TRUE, one_hot_label = FALSE) {
  if (is.null(path)) path <- system.file("extdata", package = "deepscratch")
  if (!nzchar(path)) {
    stop("deepscratch is not installed here, so its digits cannot be found: name their folder as `path`", call. = FALSE)
  }
  all <- .labelled_images(
    file.path(path, "digits-images-idx3-ubyte.gz"), file.path(path, "digits-labels-idx1-ubyte.gz"),
    16, normalize, flatten, one_hot_label
  )
  train <- seq_len(1500)
  list(
    x_train = .rows(all$x, train), t_train = .rows(all$t, train),
    x_test = .rows(all$x, -train), t_test = .rows(all$t, -train)
  )
}

# x[rows, ...] of a vector, a matrix or a higher array, as NumPy's x[rows] is.
.rows <- function(x, rows) {
  if (is.null(dim(x))) {
    return(x[rows])
  }
  do.call(`[`, c(list(x, rows), rep(list(TRUE), length(dim(x)) - 1), drop = FALSE))
}
