# One Python for the session, which answers one request after another: starting it takes longer than most checks. It ends
# with the session, whose end closes its standard input.
by_process <- function(python, files) {
  process <- running_process(python)
  done <- FALSE
  on.exit(if (!done) stop_process(process, kill = TRUE)) # interrupted, or given up
  writeLines(c(getwd(), files), process$connection)
  flush(process$connection)
  late <- !appears(c(files[[2L]], process$ended), getOption("parity.timeout", 600))
  done <- file.exists(files[[2L]])
  status <- if (done) 0L else if (file.exists(process$ended)) as.integer(readLines(process$ended)) else NA_integer_
  errors <- if (done) character() else readLines(process$errors, warn = FALSE, encoding = "UTF-8")
  list(status = status, errors = errors, late = late)
}

running_process <- function(python) {
  process <- session$process
  key <- c(python, Sys.getenv("PYTHONPATH"), Sys.getpid()) # a fork of this session has its own
  if (!is.null(process) && identical(process$key, key) && !file.exists(process$ended)) return(process)
  if (!is.null(process) && identical(process$key[[3L]], key[[3L]])) stop_process(process)
  session$process <- start_process(python, key)
}

start_process <- function(python, key) {
  process <- new.env(parent = emptyenv())
  process$key <- key
  process$folder <- new_folder()
  for (name in c("errors", "ended", "pid")) assign(name, file.path(process$folder, name), envir = process)
  # The shell stays to say that Python has ended, and how.
  command <- sprintf(
    "cd %s; %s -m parity.check.from_r --serve pid >errors 2>&1; echo $? >part; mv part ended",
    shQuote(process$folder), shQuote(python)
  )
  process$connection <- pipe(command, "w")
  reg.finalizer(process, stop_process, onexit = TRUE)
  process
}

stop_process <- function(process, kill = FALSE) {
  if (is.null(process$connection)) return(invisible())
  if (identical(process$key[[3L]], as.character(Sys.getpid()))) {
    if (kill && file.exists(process$pid)) tools::pskill(as.integer(readLines(process$pid)), tools::SIGKILL)
    try(close(process$connection), silent = TRUE)
    unlink(process$folder, recursive = TRUE)
  }
  process$connection <- NULL
  if (identical(session$process, process)) session$process <- NULL
}

# Whether one of the files is there before the time is over.
appears <- function(files, seconds) {
  end <- proc.time()[["elapsed"]] + seconds
  pause <- 0.001
  while (!any(file.exists(files))) {
    if (proc.time()[["elapsed"]] > end) return(FALSE)
    Sys.sleep(pause)
    pause <- min(2 * pause, 0.05)
  }
  TRUE
}
