# Without a Python that has parity there is nothing to hold R against: on a developer's machine the test is skipped, in
# CI it fails.
needs_python <- function() {
  lacking <- tryCatch(
    {
      parity_python()
      NULL
    },
    parity_unavailable = conditionMessage
  )
  if (is.null(lacking)) return(invisible())
  if (on_ci()) stop(lacking)
  skip(lacking)
}

beside <- function() normalizePath(test_path("python"))

check <- function(object, python, ...) check_parity(object, python, ..., path = beside(), label = "f")

with_options <- function(options, code) {
  old <- options(options)
  on.exit(options(old))
  code
}

with_variables <- function(variables, code) {
  old <- Sys.getenv(names(variables), unset = NA, names = TRUE)
  on.exit({
    Sys.unsetenv(names(old)[is.na(old)])
    if (any(!is.na(old))) do.call(Sys.setenv, as.list(old[!is.na(old)]))
  })
  do.call(Sys.setenv, as.list(variables))
  code
}

# The columns of x with mean 0 and variance 1: the R side of port.py.
scaled <- function(x) {
  centred <- sweep(x, 2, colMeans(x))
  sweep(centred, 2, apply(x, 2, sd), "/")
}

m <- matrix(c(1, 4, 9, 2, 3, 5), nrow = 3)
