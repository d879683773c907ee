# Prints, for each call of a case whose function is there, how its formals are filled: a line each of the names that it
# takes, of the arguments and of where those come from (or else of what makes the object whose method it is), after the mark, the case's number and the call's. What
# `r_side/*.R` defines lies around it; there it is decided, as it is for running the case.
function(mark, number, package, files, expression, make, base, factory, setup, calls) {
  before <- ls(globalenv(), all.names = TRUE)
  on.exit(rm(list = setdiff(ls(globalenv(), all.names = TRUE), before), envir = globalenv()))
  space <- tryCatch(
    if (nzchar(package)) asNamespace(package) else load_files(files, globalenv()),
    error = function(e) new.env(parent = emptyenv())
  )
  tryCatch(set_up(setup), error = identity)
  thing <- tryCatch(if (nzchar(expression)) eval(str2lang(expression), space) else find_object(base, space), error = identity)
  makes <- factory || is_generator(thing)
  functions <- lapply(calls, function(call) {
    if (nzchar(call$code)) {
      f <- tryCatch(eval(str2lang(call$code), space), error = identity)
    } else if (makes) {
      f <- NULL
    } else {
      f <- if (nzchar(expression)) if (call$do == "call") thing else NULL else find_function(call$name, space)
    }
    if (is.function(f)) f
  })
  signatures <- lapply(functions, function(f) if (!is.null(f)) signature_of(f))
  loose <- loose_names(make, signatures)
  tell <- function(i, what, names) {
    cat("\n", paste(c(mark, number, i - 1L, what, names), collapse = "\t"), "\n", sep = "")
  }
  for (i in seq_along(calls)) {
    call <- calls[[i]]
    if (is.null(functions[[i]])) {
      own <- inherits(thing, c("R6ClassGenerator", "refObjectGenerator"))
      generic <- !own && call$do != "call" && exists(call$do, envir = space, mode = "function")
      if (!is.null(maker_of(thing))) {
        tell(i, "object", c(paste0(base, if (inherits(thing, "R6ClassGenerator")) "$new"), if (generic) "generic"))
      }
      next
    }
    plan <- plan_of_call(signatures[[i]], call$with, call$state, call$results, make, loose)
    tell(i, "takes", signatures[[i]]$names)
    tell(i, "argument", plan$argument)
    tell(i, "from", plan$from)
  }
}
