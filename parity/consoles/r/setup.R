# What a console needs before the first session: a function of the marks, of the folders of package sources, by name,
# and of the lines' width. `load_package` and `remember_session` are defined around it.
function(failure, prompts, folders, width) {
  options(
    error = bquote(cat(.(failure), "\n", sep = "")), showErrorCalls = FALSE, keep.source = TRUE,
    device = function(...) grDevices::pdf(NULL), width = width, prompt = prompts[1L], continue = prompts[2L]
  )
  home <- as.environment("Autoloads")
  for (name in names(folders)) load_package(name, folders[[name]], register = TRUE)
  attach_sources <- function(name) {
    label <- paste0("package:", name)
    if (!label %in% search()) {
      space <- load_package(name, folders[[name]], register = TRUE)
      attach(mget(getNamespaceExports(space), envir = space), pos = 2L, name = label, warn.conflicts = FALSE)
    }
    invisible(.packages())
  }
  assign("library", function(package, ...) {
    call <- sys.call()
    named <- isTRUE(list(...)$character.only)
    name <- if (missing(package)) "" else if (named) package else as.character(substitute(package))
    if (length(name) == 1L && name %in% names(folders)) {
      return(attach_sources(name))
    }
    call[[1L]] <- quote(library)
    eval(call, list(library = base::library), parent.frame())
  }, envir = home)
  clear_workspace()
  restore <- remember_session()
  assign(".console.reset", function(mark, directory) {
    restore()
    clear_workspace()
    setwd(directory)
    cat(mark, "\n", sep = "")
  }, envir = home)
}
