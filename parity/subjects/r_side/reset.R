# What one case leaves behind in R must not decide how the next comes out, nor touch what a user keeps in the same R.

# Everything that `restore` brings back: the global environment, the code under test where it is not locked, with what
# it keeps in environments of its own (a cache, the frame of a closure), options, the search path, the variables of the
# process and its locale.
state_of <- function(space = NULL) {
  list(
    globals = mget(free_names(globalenv()), envir = globalenv()),
    inner = if (is.environment(space) && !environmentIsLocked(space)) lapply(inner_of(space), function(one) {
      names <- free_names(one)
      list(envir = one, values = mget(names, envir = one))
    }),
    variables = Sys.getenv(),
    locale = locale(),
    options = options(),
    search = search()
  )
}

restore <- function(kept) {
  setTimeLimit() # one that a case has set would end what comes after it
  if (length(.Devices) > 1L) grDevices::graphics.off()
  put_back(kept$globals, globalenv())
  for (one in kept$inner) {
    if (environmentIsLocked(one$envir)) list2env(one$values, one$envir) else put_back(one$values, one$envir)
  }
  variables <- Sys.getenv()
  if (!identical(variables, kept$variables)) {
    Sys.unsetenv(setdiff(names(variables), names(kept$variables)))
    changed <- kept$variables[!names(kept$variables) %in% names(variables) |
                                kept$variables != variables[names(kept$variables)]]
    if (length(changed)) do.call(Sys.setenv, as.list(changed))
  }
  if (!identical(locale(), kept$locale)) {
    for (category in names(kept$locale)) suppressWarnings(Sys.setlocale(category, kept$locale[[category]]))
  }
  while (length(extra <- which(!search() %in% kept$search))) detach(pos = extra[1L], character.only = TRUE)
  now <- options()
  if (!identical(now, kept$options)) {
    new <- setdiff(names(now), names(kept$options))
    options(structure(vector("list", length(new)), names = new))
    options(kept$options)
  }
  invisible(NULL)
}

# The environments that the code under test keeps its state in: those it names, among them the objects of R6 and
# RefClass, and the frames of its closures.
inner_of <- function(space) {
  found <- list()
  for (value in as.list.environment(space, all.names = TRUE)) {
    envir <- if (is.function(value)) environment(value) else if (is.environment(value)) as.environment(value)
    shared <- is.null(envir) || identical(envir, space) || identical(envir, globalenv()) || isNamespace(envir) ||
      identical(envir, baseenv()) || is.primitive(value) || methods::is(value, "refObjectGenerator")
    if (!shared && !any(vapply(found, identical, NA, envir))) found <- c(found, envir)
  }
  found
}

# What may be assigned there: no active bindings, and none that are locked.
free_names <- function(envir) {
  names <- ls(envir, all.names = TRUE, sorted = FALSE)
  names[!vapply(names, function(name) bindingIsActive(name, envir) || bindingIsLocked(name, envir), NA)]
}

locale <- function() {
  categories <- c("LC_COLLATE", "LC_CTYPE", "LC_MONETARY", "LC_NUMERIC", "LC_TIME")
  vapply(categories, Sys.getlocale, "")
}

put_back <- function(values, envir) {
  extra <- setdiff(free_names(envir), names(values))
  if (length(extra)) rm(list = extra, envir = envir)
  if (length(values)) list2env(values, envir)
}

# An empty global environment and R's default generators, without a seed.
clean <- function() {
  RNGkind("default", "default", "default")
  forget_classes()
  rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())
}

# The classes and generics that were defined in the global environment: their tables hold on to them by name.
forget_classes <- function() {
  defined <- ls(globalenv(), all.names = TRUE, pattern = "^[.]__[CT]__")
  for (class in sub("^[.]__C__", "", grep("^[.]__C__", defined, value = TRUE))) {
    suppressWarnings(methods::removeClass(class, where = globalenv()))
  }
  for (generic in unique(sub("^[.]__T__(.*):[^:]*$", "\\1", grep("^[.]__T__", defined, value = TRUE)))) {
    if (methods::isGeneric(generic, globalenv())) suppressWarnings(methods::removeGeneric(generic, globalenv()))
  }
}
