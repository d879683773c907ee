#' The Python that parity is asked in
#'
#' The first of these that is set, or there: the option `parity.python`; the
#' environment variable `PARITY_PYTHON`; the Python that reticulate has started,
#' or that `RETICULATE_PYTHON` names; that of an active virtual environment;
#' `python3` and `python` on the path. One that is named must have the package
#' `parity-r`; of the others the first that has it is taken. The answer is
#' kept for the session.
#'
#' @section reticulate and NumPy:
#' Checks are made in a Python of their own, which is started once for the
#' session. Where reticulate has started a Python already, they are made in that
#' one, so that functions which were defined there are found
#' (`"__main__:name"`); the option `parity.backend` says otherwise. NumPy 2 needs
#' reticulate 1.38 or newer, and NumPy 2.1 or newer needs 1.39: with an older one
#' (Debian 12 has 1.28) a Python of its own is used. The verdict is the same.
#'
#' @return The path of an executable. Stops with a condition of class
#'   `parity_unavailable` where no Python has parity.
#' @family set-up
#' @export
#' @examples
#' tryCatch(parity_python(), parity_unavailable = conditionMessage)
parity_python <- function() engine_for()$python

session <- new.env(parent = emptyenv())

# The Python and how it is reached. What was found out is kept, by what it was found out from.
engine_for <- function() {
  choice <- getOption("parity.backend", "auto")
  if (!is.character(choice) || length(choice) != 1L || !choice %in% c("auto", "process", "reticulate")) {
    stop_usage("the option parity.backend is ", excerpt(choice), "; expected \"auto\", \"process\" or \"reticulate\"")
  }
  candidates <- python_candidates()
  key <- paste(c(choice, candidates$path, reticulate_started(), Sys.getenv("PYTHONPATH")), collapse = "\n")
  if (!identical(session$key, key)) {
    session$engine <- first_engine(candidates, choice)
    session$key <- key
  }
  session$engine
}

python_candidates <- function() {
  option <- getOption("parity.python")
  if (!is.null(option)) {
    one_text(option, "the option parity.python", "the path of an executable")
    return(list(path = option, named_by = "the option parity.python"))
  }
  variable <- Sys.getenv("PARITY_PYTHON")
  if (nzchar(variable)) return(list(path = variable, named_by = "PARITY_PYTHON"))
  paths <- c(reticulate_python(), virtual_python(), Sys.which(c("python3", "python")))
  list(path = unique(unname(paths[nzchar(paths)])), named_by = NULL)
}

reticulate_python <- function() {
  if (reticulate_started()) reticulate::py_config()$python else Sys.getenv("RETICULATE_PYTHON")
}

reticulate_started <- function() "reticulate" %in% loadedNamespaces() && reticulate::py_available()

virtual_python <- function() {
  home <- Sys.getenv("VIRTUAL_ENV")
  paths <- file.path(home, c("bin/python", "Scripts/python.exe"))
  if (nzchar(home)) paths[file.exists(paths)] else character()
}

first_engine <- function(candidates, choice) {
  if (!length(candidates$path)) stop_unavailable("there is no python3 on the path; ", how_to_install)
  problems <- character()
  for (path in candidates$path) {
    probe <- ask_python(path)
    if (is.null(probe$problem)) return(with_backend(probe, choice))
    problems <- c(problems, probe$problem)
  }
  by <- if (!is.null(candidates$named_by)) paste0(candidates$named_by, " names ")
  stop_unavailable(by, paste(problems, collapse = "; "), "; ", how_to_install)
}

how_to_install <- paste(
  "install parity there (python3 -m pip install, of the wheel or a checkout),",
  "or name the Python that has it: options(parity.python = \"path/to/python\")"
)

# Its versions, or why it will not do.
ask_python <- function(path) {
  program <- Sys.which(path)
  if (!nzchar(program)) return(list(problem = paste0(path, ", which is no program")))
  code <- "import sys; del sys.path[0]; import numpy, parity.check.from_r as p; print('parity', p.PROTOCOL, numpy.__version__)"
  outcome <- run(program, c("-c", shQuote(code)))
  line <- grep("^parity ", outcome$output, value = TRUE)
  if (outcome$status != 0L || length(line) != 1L) {
    last <- utils::tail(outcome$errors[nzchar(outcome$errors)], 1L)
    return(list(problem = paste0(path, ", which cannot import parity (", if (length(last)) last else "it printed nothing", ")")))
  }
  words <- strsplit(line, " ", fixed = TRUE)[[1L]]
  if (words[[2L]] != "1") {
    return(list(problem = paste0(path, ", whose parity speaks version ", words[[2L]], " with R, and this package version 1")))
  }
  # Links are kept: by its own a virtual environment is known.
  list(python = file.path(normalizePath(dirname(program)), basename(program)), numpy = words[[3L]])
}

with_backend <- function(probe, choice) {
  # A Python that reticulate has started may have what no other has: functions that were defined there.
  preferred <- choice == "reticulate" || (choice == "auto" && reticulate_started())
  against <- if (preferred) against_reticulate(probe)
  if (!is.null(against) && choice == "reticulate") {
    stop_unavailable("the option parity.backend is \"reticulate\", and ", against)
  }
  c(probe, backend = if (preferred && is.null(against)) "reticulate" else "process")
}

# Why the check cannot be made in this process; NULL where it can.
against_reticulate <- function(probe) {
  if (!requireNamespace("reticulate", quietly = TRUE)) return("the package reticulate is not installed")
  against <- too_old(as.character(utils::packageVersion("reticulate")), probe$numpy)
  if (!is.null(against)) return(against)
  if (reticulate::py_available() && !same_file(reticulate::py_config()$python, probe$python)) {
    return(paste0("reticulate has started another Python: ", reticulate::py_config()$python))
  }
  tryCatch(
    {
      reticulate::use_python(probe$python, required = TRUE)
      reticulate::import("parity.check.from_r", convert = TRUE)
      NULL
    },
    error = function(e) paste0("reticulate cannot start ", probe$python, ": ", conditionMessage(e))
  )
}

# Source: reticulate's NEWS, 1.38.0 (NumPy 2.0) and 1.39.0 (NumPy 2.1).
too_old <- function(reticulate, numpy) {
  needed <- if (numpy_before(numpy, "2.0")) "0" else if (numpy_before(numpy, "2.1")) "1.38" else "1.39"
  if (utils::compareVersion(reticulate, needed) >= 0L) return(NULL)
  paste0("NumPy ", numpy, " needs reticulate ", needed, " or newer, and this is ", reticulate)
}

numpy_before <- function(version, other) {
  utils::compareVersion(gsub("^([0-9]+\\.[0-9]+).*", "\\1", version), other) < 0L
}

same_file <- function(a, b) {
  identical(normalizePath(dirname(a), mustWork = FALSE), normalizePath(dirname(b), mustWork = FALSE))
}
