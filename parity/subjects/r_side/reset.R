# What one case leaves behind in R must not decide how the next comes out, nor touch what a user keeps in the same R.

# Everything that `restore` brings back: the global environment, the code under test where it is not locked, options,
# the search path.
state_of <- function(space = NULL) {
  list(
    globals = as.list(globalenv(), all.names = TRUE),
    space = if (is.environment(space) && !environmentIsLocked(space)) as.list(space, all.names = TRUE),
    options = options(),
    search = search()
  )
}

restore <- function(kept, space = NULL) {
  put_back(kept$globals, globalenv())
  if (!is.null(kept$space)) put_back(kept$space, space)
  while (length(extra <- which(!search() %in% kept$search))) detach(pos = extra[1L], character.only = TRUE)
  now <- options()
  if (!identical(now, kept$options)) {
    new <- setdiff(names(now), names(kept$options))
    options(structure(vector("list", length(new)), names = new))
    options(kept$options)
  }
  invisible(NULL)
}

put_back <- function(values, envir) {
  extra <- setdiff(ls(envir, all.names = TRUE, sorted = FALSE), names(values))
  if (length(extra)) rm(list = extra, envir = envir)
  if (length(values)) list2env(values, envir)
}

# An empty global environment and R's default generators, without a seed.
clean <- function() {
  RNGkind("default", "default", "default")
  rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())
}
