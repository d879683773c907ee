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
  space <- read_sources(folder)
  lockEnvironment(space, bindings = TRUE)
  space
}

# The same as the namespace of that name, which `name::f` and library() then find in this R; one of that name that has
# been loaded stays.
register_sources <- function(name, folder) {
  if (name %in% loadedNamespaces()) {
    return(asNamespace(name))
  }
  space <- read_sources(folder)
  info <- parseNamespaceFile(basename(folder), dirname(folder), mustExist = FALSE)
  exported <- info$exports
  for (pattern in info$exportPatterns) exported <- union(exported, ls(space, pattern = pattern, all.names = TRUE))
  if (!length(info$exports) && !length(info$exportPatterns)) exported <- ls(space)
  core <- new.env(parent = baseenv())
  assign("spec", c(name = name, version = "0.0"), envir = core)
  assign("exports", list2env(as.list(structure(exported, names = exported)), parent = baseenv()), envir = core)
  assign("imports", list(base = TRUE), envir = core)
  assign("path", folder, envir = core)
  assign("dynlibs", NULL, envir = core)
  assign("S3methods", matrix(NA_character_, 0L, 4L), envir = core)
  assign(".__NAMESPACE__.", core, envir = space)
  assign(".packageName", name, envir = space)
  .Internal(registerNamespace(name, space))
  if (length(info$S3methods)) registerS3methods(info$S3methods, name, space)
  space
}

# What the R files of a package's folder define, with what it imports above.
read_sources <- function(folder) {
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
