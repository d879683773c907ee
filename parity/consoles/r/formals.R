# Prints, for each function that is asked for, a line of the mark, its number, its name and the names of its formals.
# A group of names is looked up in a package's namespace, in files, or in what everyone sees. `load_files` is defined
# around it.
function(mark, number, names, package, files, expression) {
  space <- tryCatch(
    if (length(files)) load_files(files) else if (nzchar(package)) asNamespace(package) else globalenv(),
    error = function(e) new.env()
  )
  for (name in names) {
    f <- if (nzchar(expression)) tryCatch(eval(str2lang(expression), space), error = identity) else get0(name, envir = space)
    if (is.function(f)) {
      cat("\n", paste(c(mark, number, name, names(formals(args(f)))), collapse = "\t"), "\n", sep = "")
    }
  }
}
