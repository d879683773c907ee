#' @title Read an idx file
#'
#' @description
#' The format in which MNIST is distributed. The file is 00 00 08 d, then d sizes of four bytes each (the highest byte
#' first), then the elements as unsigned bytes with the last index running fastest. It may be gzipped: its first two
#' bytes tell, not its name.
#'
#' @details
#' In R the first index runs fastest, so the elements are put into an array of the reversed sizes, and its indices are
#' then reversed. Element `x[n, i, j]` is the one that NumPy calls `x[n - 1, i - 1, j - 1]`.
#'
#' A file that is missing, empty, cut off, damaged, too long or not of this format is an error that names the file, what
#' was found and what was expected.
#'
#' @param path The path of the file.
#' @return An integer array in the file's own shape; a plain vector where there is one dimension.
#' @source The description of the format on the MNIST page (Y. LeCun, C. Cortes, C. J. C. Burges).
#' @family datasets
#' @examples
#' file <- tempfile()
#' writeBin(as.raw(c(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1:6)), file)
#' read_idx(file)
#' unlink(file)
#' @export
read_idx <- function(path) {
  idx <- .idx_bytes(path)
  if (length(idx$sizes) == 1) {
    return(as.integer(idx$bytes))
  }
  x <- aperm(array(idx$bytes, rev(idx$sizes)))
  storage.mode(x) <- "integer"
  x
}

# The sizes that the head of the file names, and the elements as they follow one another in the file.
.idx_bytes <- function(path) {
  if (dir.exists(path)) stop(path, ": a folder, expected an idx file", call. = FALSE)
  if (!file.exists(path)) stop(path, ": no such file", call. = FALSE)
  size <- file.size(path)
  if (size == 0) stop(path, ": an empty file, expected an idx file", call. = FALSE)
  gzipped <- identical(readBin(path, "raw", 2), as.raw(c(0x1f, 0x8b)))
  # readBin() makes room for all that it is asked for: no more than a file of this size can hold (gzip packs 1032 bytes
  # into one at best), whatever its head says.
  most <- if (gzipped) 1032 * size + 1032 else size
  con <- if (gzipped) gzfile(path, "rb") else file(path, "rb")
  on.exit(close(con))
  read <- function(count) {
    # gzfile() warns of damaged data, and goes on.
    tryCatch(
      readBin(con, "raw", min(count, most, .Machine$integer.max)),
      warning = function(w) stop(path, ": damaged gzip data", call. = FALSE),
      error = function(e) stop(path, ": damaged gzip data", call. = FALSE)
    )
  }

  # Bytes out of damaged gzip data say nothing about the file, so its end is read first.
  fail <- function(...) {
    if (gzipped) while (length(read(2^20)) > 0) next
    stop(path, ": ", ..., call. = FALSE)
  }

  head <- read(4)
  if (length(head) < 4 || any(head[1:2] != 0)) {
    found <- paste(format(head), collapse = " ")
    fail("begins with ", found, ", expected 00 00 08 (idx, unsigned bytes) and the dimensions")
  }
  if (head[3] != 8) fail("an idx file of type ", format(head[3]), ", expected 08 (unsigned bytes)")
  dimensions <- as.integer(head[4])
  if (dimensions == 0) fail("an idx file of 0 dimensions, expected at least 1")
  start <- 4 + 4 * dimensions
  sizes <- read(4 * dimensions)
  if (length(sizes) < 4 * dimensions) {
    fail(4 + length(sizes), " bytes, expected at least ", start, ": the sizes are cut off")
  }
  # In doubles: a size of four unsigned bytes can be larger than R's integers.
  sizes <- colSums(matrix(as.integer(sizes), nrow = 4) * 256^(3:0))

  count <- prod(sizes)
  bytes <- read(count)
  found <- length(bytes)
  while ((more <- length(read(2^20))) > 0) found <- found + more
  if (gzipped) .check_gzip_end(path, start + found)
  if (found != count) {
    what <- if (found < count) "the file is cut off" else paste(found - count, "too many")
    whole <- function(x) format(x, scientific = FALSE, trim = TRUE)
    shape <- paste(whole(sizes), collapse = " x ")
    fail(whole(found), " bytes of data, expected ", whole(count), " (", shape, "): ", what)
  }
  list(sizes = sizes, bytes = bytes)
}

# gzfile() does not tell a file that is cut off, or followed by something, from a whole one. A whole one ends with the
# number of bytes that were packed, in four bytes, the lowest first.
.check_gzip_end <- function(path, unpacked) {
  con <- file(path, "rb")
  on.exit(close(con))
  seek(con, file.size(path) - 4)
  end <- sum(as.integer(readBin(con, "raw", 4)) * 256^(0:3))
  if (end != unpacked %% 2^32) {
    stop(
      path, ": damaged gzip data: they are cut off, or something follows them, after ", unpacked, " bytes unpacked",
      call. = FALSE
    )
  }
}
