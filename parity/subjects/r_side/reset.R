# The state of an R session that one piece of code could leave to the next. Defines remember_session and clear_workspace.

# What the session is now: workspace, search path, options, working directory, environment variables, generators of
# random numbers. The value is a function that brings all of it back.
remember_session <- function() {
  workspace <- as.list(globalenv(), all.names = TRUE)
  attached <- search()
  settings <- options()
  folder <- getwd()
  variables <- Sys.getenv()
  kinds <- RNGkind()
  function() {
    while (length(extra <- which(!search() %in% attached))) detach(pos = extra[1L], character.only = TRUE)
    new <- setdiff(names(options()), names(settings))
    options(structure(vector("list", length(new)), names = new))
    options(settings)
    setwd(folder)
    now <- Sys.getenv()
    Sys.unsetenv(setdiff(names(now), names(variables)))
    changed <- variables[!names(variables) %in% names(now) | now[names(variables)] != variables]
    if (length(changed)) do.call(Sys.setenv, as.list(changed))
    suppressWarnings(RNGkind(kinds[1L], kinds[2L], kinds[3L]))
    rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())
    list2env(workspace, globalenv())
    invisible()
  }
}

# An empty workspace, and the generators of random numbers that a new R begins with.
clear_workspace <- function() {
  RNGkind("default", "default", "default")
  rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())
}
