# Reads what Python gave, as `parity record --side python` writes it beside a fixture, so that R is held against Python
# without Python. A recording of another fixture, of another state of its file or of Python's sources, or one that was
# changed by hand, is an error that says so.

recording_file <- function(fixture) {
  file.path(dirname(fixture), "recorded", sub("[.]json$", ".python.json", basename(fixture)))
}

# The recording beside the fixture's file: its cases by name, each a list of observations.
read_recording <- function(fixture) {
  file <- recording_file(fixture)
  unusable <- function(...) {
    stop(basename(file), " ", ..., "; where there is Python: parity record --side python ", fixture, call. = FALSE)
  }
  if (!file.exists(file)) unusable("is not there")
  lines <- enc2utf8(readLines(file, encoding = "UTF-8", warn = FALSE))
  recording <- tryCatch(
    jsonlite::fromJSON(paste(lines, collapse = "\n"), simplifyVector = FALSE),
    error = function(e) unusable("is no JSON: ", conditionMessage(e))
  )
  if (!identical(recording$parity, "recording") || !identical(recording$version, 1L)) {
    unusable("is no recording of version 1")
  }
  kept <- lines[!startsWith(lines, ' "checksum": "')]
  if (!identical(recording$checksum, md5_of(charToRaw(paste0(kept, "\n", collapse = ""))))) {
    unusable("was changed by hand")
  }
  if (recording$side != "python") unusable("holds what ", recording$side, " gave, not Python")
  if (recording$fixture != basename(fixture)) unusable("is of ", recording$fixture)
  if (!identical(recording$document, md5_of_file(fixture))) unusable("is stale: ", basename(fixture), " changed")
  changed <- changed_sources(recording$sources, dirname(fixture))
  if (length(changed) > 0) unusable("is stale: ", toString(changed), " changed")
  recording
}

# Sources that are not what they were; none where no source is here to be looked at.
changed_sources <- function(sources, folder) {
  files <- file.path(folder, names(sources))
  if (!any(file.exists(files))) {
    return(character())
  }
  now <- vapply(files, function(file) if (file.exists(file)) md5_of_file(file) else "", "")
  names(sources)[unlist(sources) != now]
}

# Of a text with line ends as Unix has them.
md5_of_file <- function(file) {
  bytes <- readBin(file, "raw", file.size(file))
  ends <- which(bytes == as.raw(13L))
  md5_of(bytes[setdiff(seq_along(bytes), ends[bytes[ends + 1L] == as.raw(10L)])])
}

md5_of <- function(bytes) {
  copy <- tempfile()
  on.exit(unlink(copy))
  writeBin(bytes, copy)
  paste0("md5:", unname(tools::md5sum(copy)))
}

# A recorded value as R has it. The file has the last index fastest.
recorded_value <- function(leaf) {
  kind <- intersect(names(leaf), c("float64", "float32", "int32", "int64", "bool", "text"))
  if (length(kind) != 1L) stop("no value of ", toString(names(leaf)), " can be read", call. = FALSE)
  elements <- leaf[[kind]]
  flat <- if (is.character(elements)) {
    uncompressed(elements, kind)
  } else if (kind == "text") {
    vapply(elements, function(one) if (is.null(one)) NA_character_ else one, "")
  } else if (kind == "bool") {
    vapply(elements, function(one) if (is.null(one)) NA else one, NA)
  } else {
    vapply(elements, function(one) as.numeric(if (is.character(one)) SPELLED[[one]] else one), 0)
  }
  shape <- as.integer(unlist(leaf$shape %||% list(length(flat))))
  if (prod(shape) != length(flat)) stop("elements and shape do not fit", call. = FALSE)
  if (length(shape) < 2L) {
    return(flat)
  }
  aperm(array(flat, rev(shape)), rev(seq_along(shape)))
}

uncompressed <- function(text, kind) {
  bytes <- memDecompress(jsonlite::base64_dec(sub("^base64:zlib:", "", text)), "gzip")
  size <- c(float64 = 8L, float32 = 4L, int32 = 4L, int64 = 8L, bool = 1L)[[kind]]
  if (kind == "int64") stop("more int64 than R can read", call. = FALSE)
  what <- if (kind == "bool") "logical" else if (startsWith(kind, "float")) "double" else "integer"
  if (kind == "bool") {
    return(as.logical(as.integer(bytes)))
  }
  as.numeric(readBin(bytes, what, length(bytes) / size, size = size, endian = "little"))
}

# What is wrong with R's side of a case, by "call / path", where the recorded values are what should come out; and how
# many values were held against each other.
against_recorded <- function(case, observations) {
  runs <- run_calls(case)
  wrong <- character()
  count <- 0L
  for (seen in observations) {
    run <- runs[[seen$call + 1L]]
    if (!identical(seen$do, case$calls[[seen$call + 1L]]$do)) stop("the recording is of other calls", call. = FALSE)
    if (!is.null(seen$piece)) run$result <- run$pieces[[match(seen$step, cumsum(piece_lengths(run)))]]$result
    if (is.null(run$error) != is.null(seen$error)) wrong[seen$do] <- "one of the two raised an error"
    for (path in names(seen$values)) {
      expected <- recorded_value(seen$values[[path]])
      # A constant shows something where the fixture knows from elsewhere that it must be one.
      known <- any(startsWith(paste0(path, "."), paste0(names(case$calls[[seen$call + 1L]]$expected), ".")))
      found <- disagreement(value_of(run, path), expected, case$tolerance, constant_ok = known)
      if (!is.null(found)) wrong[paste(seen$do, "/", path)] <- found$message
      count <- count + length(expected)
    }
  }
  list(wrong = wrong, count = count)
}

piece_lengths <- function(run) vapply(run$pieces, function(piece) as.numeric(piece$steps), 0)
