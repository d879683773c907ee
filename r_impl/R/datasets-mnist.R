#' @title MNIST
#'
#' @description
#' 60,000 images of handwritten digits to learn from and 10,000 to test with, 28 x 28 each, from the four idx files in
#' which they are distributed. The files are not part of this package. The Python side of the project fetches them, with
#' `python -m python_impl.datasets mnist`; any other copy in one folder does as well, gzipped or not:
#' `train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`, `t10k-images-idx3-ubyte.gz`, `t10k-labels-idx1-ubyte.gz`.
#'
#' @details
#' The rows of a flattened `x` hold the image row by row, as NumPy flattens it: column `28 * i + j + 1` is the pixel that
#' both languages call `[i, j]` when counting from 0. `matrix()` and `dim<-` would put it column by column.
#'
#' A missing file is an error that says where it was looked for and how to get it. Any set of the same layout and names
#' can be read (Fashion-MNIST).
#'
#' @param path The folder of the four files; without it the environment variable `MNIST_DIR`, or else `deepscratch/mnist`
#'   in the user's cache folder (`$XDG_CACHE_HOME` if that is absolute, or `~/.cache`). The Python side follows the same
#'   rule.
#' @param normalize Whether the bytes are divided by 255.
#' @param flatten Whether an image is a row of 784; otherwise `x` is (N, 1, 28, 28).
#' @param one_hot_label Whether the labels are one-hot rows of ten; otherwise whole numbers, from 0.
#' @return A list with `x_train`, `t_train`, `x_test` and `t_test`.
#' @source The book's dataset/mnist.py, which computes in float32.
#' @family datasets
#' @examples
#' \dontrun{
#' mnist <- load_mnist(one_hot_label = TRUE)
#' dim(mnist$x_train)
#' }
#' # The layout of the files, with one image of 2 x 2 in each set.
#' folder <- tempfile()
#' dir.create(folder)
#' for (set in c("train", "t10k")) {
#'   images <- as.raw(c(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 51, 102, 255))
#'   writeBin(images, file.path(folder, paste0(set, "-images-idx3-ubyte")))
#'   writeBin(as.raw(c(0, 0, 8, 1, 0, 0, 0, 1, 7)), file.path(folder, paste0(set, "-labels-idx1-ubyte")))
#' }
#' load_mnist(folder)$x_train
#' unlink(folder, recursive = TRUE)
#' @export
load_mnist <- function(path = NULL, normalize = TRUE, flatten = TRUE, one_hot_label = FALSE) {
  files <- vapply(
    c("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
    .mnist_file, "", path = path
  )
  train <- .labelled_images(files[1], files[2], 255, normalize, flatten, one_hot_label)
  test <- .labelled_images(files[3], files[4], 255, normalize, flatten, one_hot_label)
  list(x_train = train$x, t_train = train$t, x_test = test$x, t_test = test$t)
}

.mnist_file <- function(name, path) {
  folder <- if (is.null(path)) .mnist_folder() else path
  files <- file.path(folder, c(paste0(name, ".gz"), name))
  there <- file.exists(files)
  if (!any(there)) {
    why <- if (!is.null(path)) {
      "the folder that was given"
    } else if (nzchar(Sys.getenv("MNIST_DIR"))) {
      "the folder that MNIST_DIR names"
    } else {
      "the usual folder; MNIST_DIR can name another"
    }
    stop(
      "MNIST is not there: no ", name, ".gz or ", name, " in ", folder, " (", why, "). ",
      "To fetch it: python -m python_impl.datasets mnist --to ", folder, call. = FALSE
    )
  }
  files[there][1]
}

.mnist_folder <- function() {
  named <- Sys.getenv("MNIST_DIR")
  if (nzchar(named)) {
    return(named)
  }
  cache <- Sys.getenv("XDG_CACHE_HOME")
  if (!startsWith(cache, "/")) cache <- path.expand("~/.cache")
  file.path(cache, "deepscratch", "mnist")
}

# Images and labels from two idx files. The bytes stay bytes until all indices are in place: a number is eight of them.
.labelled_images <- function(images, labels, largest, normalize, flatten, one_hot_label) {
  x <- .idx_bytes(images)
  t <- .idx_bytes(labels)
  if (length(x$sizes) != 3) stop(images, ": ", length(x$sizes), " dimensions, expected 3 (images)", call. = FALSE)
  if (length(t$sizes) != 1) stop(labels, ": ", length(t$sizes), " dimensions, expected 1 (labels)", call. = FALSE)
  n <- x$sizes[1]
  if (t$sizes != n) {
    message <- paste0(t$sizes, " labels, expected ", n, ", one for each image of ", basename(images))
    stop(labels, ": ", message, call. = FALSE)
  }
  # Each column is one image as it lies in the file, row by row.
  pixels <- matrix(x$bytes, ncol = n)
  x <- if (flatten) t(pixels) else aperm(array(pixels, c(rev(x$sizes[-1]), 1, n)))
  extents <- dim(x)
  x <- if (normalize) as.numeric(x) / largest else as.integer(x)
  dim(x) <- extents
  t <- as.integer(t$bytes)
  list(x = x, t = if (one_hot_label) diag(10)[t + 1L, , drop = FALSE] else t)
}
