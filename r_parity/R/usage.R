# A call that cannot be carried out as it was written. The message names the argument and what was expected.
stop_usage <- function(...) stop(condition_of("parity_usage", paste0(...)))

# Nothing can be compared: there is no Python that has parity.
stop_unavailable <- function(...) stop(condition_of("parity_unavailable", paste0(...)))

# Python was there and gave no verdict: its code may have ended the process. That is no reason to skip a test.
stop_broken <- function(...) stop(condition_of("parity_broken", paste0(...)))

condition_of <- function(class, message) {
  structure(list(message = message, call = NULL), class = c(class, "parity_error", "error", "condition"))
}

one_text <- function(x, name, expected, missing_ok = FALSE) {
  if (missing_ok && is.null(x)) return(invisible(NULL))
  if (!is.character(x) || length(x) != 1L || is.na(x) || !nzchar(x)) {
    stop_usage(name, " is ", excerpt(x), "; expected ", expected)
  }
}

named_texts <- function(x, name, expected) {
  texts <- if (is.list(x)) unlist(x) else x
  good <- is.null(x) || (is.character(texts) && length(texts) == length(x) && has_names(x) && !anyNA(texts))
  if (!good) stop_usage(name, " is ", excerpt(x), "; expected ", expected)
  texts
}

has_names <- function(x) {
  !length(x) || (!is.null(names(x)) && !anyNA(names(x)) && all(nzchar(names(x))) && !anyDuplicated(names(x)))
}

one_number <- function(x, name) {
  if (is.null(x)) return(json_null)
  if (!is.numeric(x) || length(x) != 1L || is.na(x) || !is.finite(x) || x < 0) {
    stop_usage(name, " is ", excerpt(x), "; expected a number, 0 or more")
  }
  json_double(as.double(x))
}

excerpt <- function(x) {
  text <- paste(deparse(x, width.cutoff = 60L, nlines = 1L), collapse = "")
  if (nchar(text) > 60L) paste0(substr(text, 1L, 57L), "...") else text
}
