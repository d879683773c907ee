# How the formals of an R function are filled: the one place that says so, for running a case, for the lines of its
# console, and for R's own tests.

# What a function takes: the names of its formals, and which of them may be left out (they have a default, or the
# function asks missing() about them).
signature_of <- function(f) {
  if (is.primitive(f)) f <- args(f)
  takes <- if (is.null(f)) alist(... = ) else formals(f)
  names <- as.character(names(takes))
  asked <- if (is.null(f)) character() else asked_missing(body(f))
  optional <- vapply(names, function(name) {
    name == "..." || !identical(takes[[name]], quote(expr = )) || name %in% asked
  }, NA)
  list(names = names, optional = as.logical(optional))
}

# The names in missing(name), anywhere in an expression.
asked_missing <- function(expression) {
  if (!is.call(expression)) return(character())
  here <- if (identical(expression[[1L]], quote(missing)) && length(expression) == 2L && is.name(expression[[2L]])) {
    as.character(expression[[2L]])
  }
  parts <- as.list(expression)
  parts <- parts[!vapply(parts, identical, NA, quote(expr = ))]
  c(here, unlist(lapply(parts, asked_missing)))
}

# Names of `make` that no function of the case has a formal for: whoever takes `...` gets them.
loose_names <- function(make, signatures) {
  setdiff(make, unlist(lapply(signatures, function(signature) signature$names)))
}

# Where each argument of a call comes from, in this order: the call's `with`, the case's state, whole earlier results by
# the call's name, `make`. What `...` takes is passed under its own name. `argument` and `from` run side by side;
# `untaken` are names of `with` that nothing takes, `lacking` are formals that nothing fills.
plan_of_call <- function(signature, with, state = character(), results = character(), make = character(),
                         loose = character()) {
  dots <- "..." %in% signature$names
  formals <- setdiff(signature$names, "...")
  from <- rep(NA_character_, length(formals))
  from[formals %in% make] <- "make"
  from[formals %in% results] <- "results"
  from[formals %in% state] <- "state"
  from[formals %in% with] <- "with"
  extra <- setdiff(with, formals)
  lacking <- formals[is.na(from) & !signature$optional[match(formals, signature$names)]]
  loose <- setdiff(loose, with)
  list(
    argument = c(formals[!is.na(from)], if (dots) c(extra, loose)),
    from = c(from[!is.na(from)], if (dots) c(rep("with", length(extra)), rep("make", length(loose)))),
    untaken = if (dots) character() else extra,
    lacking = lacking
  )
}
