# How code under test comes into R.

# The statements of a file, each with the line it begins on, and whether it only gives a function a name.
statements_of <- function(file) {
  lines <- readLines(file, warn = FALSE)
  if (length(lines)) lines[1L] <- sub("^\xef\xbb\xbf", "", lines[1L], useBytes = TRUE)
  source <- srcfilecopy(file, lines, file.mtime(file), isFile = TRUE)
  code <- parse(text = lines, srcfile = source, keep.source = TRUE)
  list(
    code = code,
    line = vapply(attr(code, "srcref"), function(place) as.integer(place)[1L], 1L),
    plain = vapply(code, names_function, NA)
  )
}

names_function <- function(statement) {
  is.call(statement) && length(statement) == 3L && as.character(statement[[1L]])[1L] %in% c("<-", "=") &&
    is.call(statement[[3L]]) && identical(statement[[3L]][[1L]], quote(`function`))
}

# Some statements of a file. After so many seconds that is an error.
run_statements <- function(code, which, envir, seconds = Inf) {
  if (is.finite(seconds)) {
    setTimeLimit(elapsed = seconds)
    on.exit(setTimeLimit())
  }
  kept <- options(keep.source = TRUE) # of the files that a file sources
  on.exit(options(kept), add = TRUE)
  for (i in which) eval(code[i], envir) # an expression vector keeps its lines
}

# What all of the files define, each run in its own folder, so that it may source() others and name data beside it.
load_files <- function(files, space = new.env(parent = globalenv())) {
  for (file in files) {
    before <- setwd(dirname(file))
    tryCatch(
      {
        code <- statements_of(file)$code
        run_statements(code, seq_along(code), space)
      },
      error = function(e) stop(basename(file), ": ", conditionMessage(e), call. = FALSE),
      finally = setwd(before)
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

global_environment <- function() globalenv()

new_environment <- function() new.env(parent = globalenv())

is_installed <- function(name) nzchar(system.file(package = name))

names_in <- function(envir) ls(envir)

# Where the names of an installed package are found.
load_package <- function(package) asNamespace(package)

# The function of that name in the environment itself or, below a file's, in what it sourced; NULL if there is none.
find_function <- function(name, envir) {
  f <- get0(name, envir = envir, mode = "function", inherits = FALSE)
  sourced <- is.null(f) && identical(parent.env(envir), globalenv())
  if (sourced) get0(name, envir = globalenv(), mode = "function", inherits = FALSE) else f
}
