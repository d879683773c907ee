# Code that a fixture itself writes: set-up lines, expressions as arguments, other functions for a call.

# Run the lines in the global environment, where what is sourced lies, too. They keep their numbers.
set_up <- function(code) {
  lines <- strsplit(code, "\n", fixed = TRUE)[[1L]]
  source <- srcfilecopy("<set-up lines>", lines)
  code <- parse(text = lines, srcfile = source, keep.source = TRUE)
  for (i in seq_along(code)) eval(code[i], globalenv())
}

# The value of an expression about the object, which it calls `.`
value_about <- function(code, envir, object = NULL) {
  space <- new.env(parent = envir)
  if (!is.null(object)) assign(".", object, envir = space)
  value <- NULL
  for (expression in parse(text = code, keep.source = FALSE)) value <- eval(expression, space)
  value
}

# The formals that a function written in this code never looks at; none where the code only names a function.
ignored_formals <- function(code) {
  f <- tryCatch(str2lang(code), error = function(e) NULL)
  while (is.call(f) && (identical(f[[1L]], quote(`(`)) || identical(f[[1L]], quote(`{`))) && length(f) == 2L) f <- f[[2L]]
  if (!is.call(f) || !identical(f[[1L]], quote(`function`))) return(character())
  used <- c(all.names(f[[3L]]), unlist(lapply(as.list(f[[2L]]), all.names)))
  if (any(c("sys.call", "match.call", "environment", "sys.function", "nargs", "get", "mget") %in% used)) {
    return(character())
  }
  if (any(c("...length", "...elt", "..1") %in% used)) used <- c(used, "...")
  setdiff(names(f[[2L]]), used)
}
