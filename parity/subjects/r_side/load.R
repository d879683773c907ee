# R code that is not installed: a package's folder of sources, or single files. Defines load_package and load_files.

# The namespace of a package, filled from the R files of its folder, with what it imports above it. Where `register`
# is TRUE, `name::f` and library(name) find it, as long as no package of that name has been loaded.
load_package <- function(name, folder, register = FALSE) {
  if (register && name %in% loadedNamespaces()) {
    return(asNamespace(name))
  }
  info <- parseNamespaceFile(basename(folder), dirname(folder), mustExist = FALSE)
  imports <- new.env(parent = .BaseNamespaceEnv)
  attr(imports, "name") <- paste0("imports:", name)
  for (one in info$imports) {
    from <- asNamespace(one[[1L]])
    members <- if (length(one) > 1L) one[[2L]] else getNamespaceExports(from)
    for (member in members) assign(member, get(member, envir = from), envir = imports)
  }
  space <- new.env(parent = imports)
  core <- new.env(parent = baseenv())
  assign(".__NAMESPACE__.", core, envir = space)
  assign(".packageName", name, envir = space)
  assign("spec", c(name = name, version = "0.0"), envir = core)
  assign("exports", new.env(parent = baseenv()), envir = core)
  assign("imports", list(base = TRUE), envir = core)
  assign("path", folder, envir = core)
  assign("dynlibs", NULL, envir = core)
  assign("S3methods", matrix(NA_character_, 0L, 4L), envir = core)
  for (file in list.files(file.path(folder, "R"), "[.][RrSsQq]$", full.names = TRUE)) {
    load_file(file, space)
  }
  exported <- info$exports
  for (pattern in info$exportPatterns) exported <- union(exported, ls(space, pattern = pattern, all.names = TRUE))
  if (!length(info$exports) && !length(info$exportPatterns)) exported <- ls(space)
  exported <- setdiff(exported, c(".__NAMESPACE__.", ".packageName"))
  list2env(as.list(structure(exported, names = exported)), get("exports", envir = core))
  if (register) {
    .Internal(registerNamespace(name, space))
    if (length(info$S3methods)) registerS3methods(info$S3methods, name, space)
  }
  space
}

# An environment below the global one with everything that the files define. A file is run in its own folder, and what
# it gets by source() is defined beside it, not in the workspace.
load_files <- function(files) {
  above <- new.env(parent = globalenv())
  space <- new.env(parent = above)
  assign("source", function(file, local = FALSE, ...) {
    place <- if (is.environment(local)) local else if (isTRUE(local)) parent.frame() else space
    base::source(file, local = place, ...)
  }, envir = above)
  for (file in files) load_file(file, space)
  space
}

# One file, run in its own folder. An error names the file.
load_file <- function(file, space) {
  tryCatch(
    sys.source(file, envir = space, chdir = TRUE, keep.source = FALSE),
    error = function(e) stop(basename(file), ": ", conditionMessage(e), call. = FALSE)
  )
  invisible(space)
}
