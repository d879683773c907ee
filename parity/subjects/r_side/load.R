# How code under test comes into R.

# Everything that the files define, in an environment below the global one. A file is read from its own folder, so that
# it may source() others and name data beside it.
load_files <- function(files) {
  space <- new.env(parent = globalenv())
  for (file in files) {
    tryCatch(
      sys.source(file, envir = space, chdir = TRUE, keep.source = TRUE),
      error = function(e) stop(basename(file), ": ", conditionMessage(e), call. = FALSE)
    )
  }
  space
}

# What the package's namespace would hold, with what it imports above it, from the sources in `folder`. It is locked, as
# a namespace is.
load_sources <- function(folder) {
  imports <- new.env(parent = .BaseNamespaceEnv)
  for (one in parseNamespaceFile(basename(folder), dirname(folder), mustExist = FALSE)$imports) {
    from <- asNamespace(one[[1L]])
    names <- if (length(one) > 1L) one[[2L]] else getNamespaceExports(from)
    for (name in names) assign(name, get(name, envir = from), envir = imports)
  }
  space <- new.env(parent = imports)
  for (file in list.files(file.path(folder, "R"), "[.][RrSsQq]$", full.names = TRUE)) {
    sys.source(file, envir = space, keep.source = TRUE)
  }
  lockEnvironment(space, bindings = TRUE)
  space
}

# Where the names of an installed package are found.
load_package <- function(package) asNamespace(package)

# The function of that name in the environment itself (or, below a file's, in what it sourced); NULL if there is none.
find_function <- function(name, envir) {
  found <- get0(name, envir = envir, mode = "function", inherits = FALSE)
  sourced <- is.null(found) && identical(parent.env(envir), globalenv())
  if (sourced) get0(name, envir = globalenv(), mode = "function", inherits = FALSE) else found
}
