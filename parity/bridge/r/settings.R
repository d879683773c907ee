# How an R that runs inside Python is set. Evaluated once, below the base package.
# An embedded R that quits would take Python with it, with exit status 0.
local({
  Sys.setenv(LANGUAGE = "en")
  options(
    warn = 0L, keep.source = FALSE, browserNLdisabled = TRUE, menu.graphics = FALSE,
    device = function(...) grDevices::pdf(file = NULL) # a plot leaves no Rplots.pdf behind
  )
  for (locale in c("C.UTF-8", "en_US.UTF-8", "UTF-8")) {
    if (isTRUE(l10n_info()[["UTF-8"]])) break
    suppressWarnings(Sys.setlocale("LC_CTYPE", locale))
  }
  refuse <- function(...) stop("quit() was called: R runs inside Python and does not quit by itself", call. = FALSE)
  environment(refuse) <- baseenv()
  for (name in c("quit", "q")) {
    unlockBinding(name, baseenv())
    assign(name, refuse, envir = baseenv())
    lockBinding(name, baseenv())
  }
})
