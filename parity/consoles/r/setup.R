# What a console needs before the first session: a function of the marks, of the folders of package sources, by name,
# and of the lines' width. The functions of `r_side/*.R` are defined around it.
function(failure, prompts, folders, width) {
  options(
    error = bquote(cat(.(failure), "\n", sep = "")), showErrorCalls = FALSE, keep.source = TRUE,
    device = function(...) grDevices::pdf(NULL), width = width, prompt = prompts[1L], continue = prompts[2L]
  )
  home <- as.environment("Autoloads")
  for (name in names(folders)) register_sources(name, folders[[name]])
  attach_sources <- function(name) {
    label <- paste0("package:", name)
    if (!label %in% search()) {
      space <- register_sources(name, folders[[name]])
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
  clean()
  kept <- state_of()
  assign(".console.reset", function(mark, directory) {
    restore(kept)
    clean()
    setwd(directory)
    cat(mark, "\n", sep = "")
  }, envir = home)
}
