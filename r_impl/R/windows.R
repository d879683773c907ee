# Where the windows of a filter lie on padded images.

.check_images <- function(name, x) {
  if (length(dim(x)) != 4) {
    stop(name, " has the shape ", .shape_text(.shape(x)), ", expected images (N, C, H, W)", call. = FALSE)
  }
}

.check_channels <- function(x, C, whose) {
  if (dim(x)[2] != C) stop("x has ", dim(x)[2], " channels, ", whose, " ", C, call. = FALSE)
}

# The pixel at place k of window r, counted through the padded images as R stores them, is rows[r] + offsets[k]: the index
# matrix that a filter needs is the outer sum of two short vectors. `rows` go as in the book, the last window of an
# image next to the first of the following one; with `samples_first` as R stores (N, OH, OW), which reads memory in its
# order and spares the result of a convolution a slow aperm(). `offsets` run over j fastest, then i, then c.
.windows <- function(shape, filter_h, filter_w, stride, pad, samples_first = FALSE) {
  out <- c(output_size(shape[3], filter_h, stride, pad), output_size(shape[4], filter_w, stride, pad))
  padded <- shape + c(0, 0, 2 * pad, 2 * pad)
  apart <- cumprod(c(1, padded[1:3]))
  steps <- function(count, by) as.integer((seq_len(count) - 1) * by)
  n <- steps(shape[1], 1) + 1L
  oh <- steps(out[1], stride * apart[3])
  ow <- steps(out[2], stride * apart[4])
  rows <- if (samples_first) outer(outer(n, oh, "+"), ow, "+") else outer(outer(ow, oh, "+"), n, "+")
  i <- steps(filter_h, apart[3])
  j <- steps(filter_w, apart[4])
  offsets <- outer(outer(j, i, "+"), steps(shape[2], apart[2]), "+")
  list(rows = as.vector(rows), offsets = as.vector(offsets), out = out, padded = padded, pad = pad)
}

# The index matrix of a convolution by columns: for whole stacks of N pixels R copies a column at a time, in two thirds of
# the time that as many single pixels take.
.gather_stacks <- function(x, windows) {
  N <- windows$padded[1]
  if (N == 0) {
    return(.gather(x, windows))
  }
  img <- pad_images(x, windows$pad)
  dim(img) <- c(N, length(img) / N)
  first <- windows$rows[seq(1, length(windows$rows), by = N)] - 1L
  col <- img[, outer(first, windows$offsets, "+") / N + 1]
  dim(col) <- c(length(windows$rows), length(windows$offsets))
  col
}

.gather <- function(x, windows) {
  img <- pad_images(x, windows$pad)
  # A matrix of four columns would otherwise be taken for the four indices of an array.
  dim(img) <- NULL
  rows <- windows$rows
  col <- vapply(windows$offsets, function(offset) img[rows + offset], numeric(length(rows)))
  # vapply() gives a plain vector where there is one window.
  dim(col) <- c(length(rows), length(windows$offsets))
  col
}

# The adjoint of .gather_stacks(), with the same gain.
.scatter_stacks <- function(col, windows) {
  N <- windows$padded[1]
  if (N == 0) {
    return(.scatter_add(col, windows))
  }
  img <- matrix(0, N, prod(windows$padded[-1]))
  first <- (windows$rows[seq(1, length(windows$rows), by = N)] - 1L) / N + 1
  for (k in seq_along(windows$offsets)) {
    pixels <- first + windows$offsets[k] / N
    img[, pixels] <- img[, pixels] + col[, k]
  }
  dim(img) <- windows$padded
  .without_rim(img, windows$pad)
}

# Within a column no pixel comes twice, so that a column can be added at once; all of `col` at once would keep only the
# last of the values that belong to one pixel.
.scatter_add <- function(col, windows) {
  img <- numeric(prod(windows$padded))
  for (k in seq_along(windows$offsets)) {
    pixels <- windows$rows + windows$offsets[k]
    img[pixels] <- img[pixels] + col[, k]
  }
  dim(img) <- windows$padded
  .without_rim(img, windows$pad)
}

.without_rim <- function(img, pad) {
  if (pad == 0) {
    return(img)
  }
  inner <- dim(img)[3:4] - 2 * pad
  img[, , pad + seq_len(inner[1]), pad + seq_len(inner[2]), drop = FALSE]
}
