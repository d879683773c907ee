# Prints, for each call of a case whose function is there, how its formals are filled: a line each of the names that it
# takes, of the arguments and of where those come from, after the mark, the case's number and the call's. What
# `r_side/*.R` defines lies around it; there it is decided, as it is for running the case.
function(mark, number, package, files, expression, make, calls) {
  space <- tryCatch(
    if (nzchar(package)) asNamespace(package) else load_files(files),
    error = function(e) new.env(parent = emptyenv())
  )
  functions <- lapply(calls, function(call) {
    if (!nzchar(expression)) return(find_function(call$name, space))
    f <- tryCatch(eval(str2lang(expression), space), error = identity)
    if (is.function(f)) f
  })
  signatures <- lapply(functions, function(f) if (!is.null(f)) signature_of(f))
  loose <- loose_names(make, signatures)
  for (i in which(!vapply(functions, is.null, NA))) {
    call <- calls[[i]]
    plan <- plan_of_call(signatures[[i]], call$with, call$state, call$results, make, loose)
    tell <- function(what, names) cat("\n", paste(c(mark, number, i - 1L, what, names), collapse = "\t"), "\n", sep = "")
    tell("takes", signatures[[i]]$names)
    tell("argument", plan$argument)
    tell("from", plan$from)
  }
}
