# What is called in R: a function, or its name, or an expression whose value is one.
as_function <- function(object, envir) {
  if (is.function(object)) return(object)
  one_text(object, "object", "a function of R, its name (\"stats::quantile\"), or an expression (\"function(x) x + 1\")")
  value <- tryCatch(
    eval(parse(text = object, keep.source = FALSE), envir),
    error = function(e) stop_usage("object is ", excerpt(object), ", and R says: ", conditionMessage(e))
  )
  if (!is.function(value)) stop_usage("object is ", excerpt(object), ", whose value is no function of R")
  value
}

# Arguments by the names that R's function gives them: Python is called by names.
by_name <- function(f, arguments, title) {
  names <- if (is.null(names(arguments))) rep("", length(arguments)) else names(arguments)
  twice <- names[nzchar(names) & duplicated(names)]
  if (length(twice)) stop_usage("the argument ", twice[[1L]], " is given twice; expected it once")
  takes <- names(formals(args(f)))
  open <- setdiff(takes, names)
  for (i in which(!nzchar(names))) {
    if (!length(open) || open[[1L]] == "...") {
      stop_usage(
        "argument ", i, " of ", title, " has no name, and none of its formals takes it; expected name = value, ",
        "since Python is called by names"
      )
    }
    names[[i]] <- open[[1L]]
    open <- open[-1L]
  }
  stats::setNames(arguments, names)
}
