# Parity's answer to a request: a file of R's own DCF form, whose first record is the verdict and whose others are the
# findings. The same for a process and for reticulate: only the names of two files go over.
answer <- function(request, engine) {
  folder <- new_folder()
  on.exit(unlink(folder, recursive = TRUE))
  files <- file.path(folder, c("request.json", "reply.dcf"))
  writeBin(charToRaw(enc2utf8(request)), files[[1L]])
  outcome <- if (engine$backend == "reticulate") by_reticulate(files) else by_process(engine$python, files)
  if (outcome$status != 0L || !file.exists(files[[2L]])) {
    stop_broken("Python gave no verdict (", engine$python, "): ", last_words(outcome))
  }
  read_reply(files[[2L]])
}

by_reticulate <- function(files) {
  tryCatch(
    {
      reticulate::import("parity.check.from_r", convert = TRUE)$verify_file(files[[1L]], files[[2L]])
      list(status = 0L, output = character(), errors = character())
    },
    error = function(e) list(status = 1L, output = character(), errors = conditionMessage(e))
  )
}

last_words <- function(outcome) {
  if (isTRUE(outcome$late)) return("it took longer than the option parity.timeout allows")
  words <- utils::tail(outcome$errors[nzchar(outcome$errors)], 3L)
  if (length(words)) paste(words, collapse = " | ") else paste("it ended with status", outcome$status)
}

new_folder <- function() {
  folder <- tempfile("parity-")
  dir.create(folder)
  normalizePath(folder)
}

# A program's output and errors, kept apart.
run <- function(program, arguments, timeout = 60) {
  errors <- tempfile("parity-errors-")
  on.exit(unlink(errors))
  output <- suppressWarnings(system2(
    program, arguments,
    stdout = TRUE, stderr = errors, stdin = nullfile(), timeout = timeout
  ))
  status <- attr(output, "status")
  list(
    status = if (is.null(status)) 0L else as.integer(status),
    output = as.character(output),
    errors = if (file.exists(errors)) readLines(errors, warn = FALSE, encoding = "UTF-8") else character()
  )
}

read_reply <- function(path) {
  fields <- c("Status", "Count", "Text", "Evidence", "Pair", "Value", "Ok", "Code", "Absolute", "Message")
  lines <- readLines(path, warn = FALSE, encoding = "UTF-8")
  connection <- textConnection(lines, encoding = "bytes")
  on.exit(close(connection))
  reply <- tryCatch(read.dcf(connection, fields = fields), error = function(e) stop_broken("Python gave an answer that is no DCF"))
  if (!nrow(reply) || is.na(reply[1L, "Status"])) stop_broken("Python's answer has no verdict")
  # A line end and a percent sign are the only characters that are written otherwise.
  reply[] <- gsub("%25", "%", gsub("%0A", "\n", gsub("%20", " ", reply, fixed = TRUE), fixed = TRUE), fixed = TRUE)
  Encoding(reply) <- "UTF-8"
  reply
}
