# What runs a reader's lines in the browser's R: one expression after the other, as a console would. What is printed
# goes back as text, what is shown as bytes, so that no digit is lost.
# All of it lies above the workspace, so that nothing a reader defines there, such as a `c` of hers, is what it calls.
.parity <- new.env(parent = baseenv())
local(envir = .parity, {
  # What is in the workspace of a browser's R before anybody has typed.
  there <- ls(globalenv(), all.names = TRUE)

  # A package out of its sources as they are, which library() and :: then find.
  package <- function(name, path) {
    ns <- new.env(parent = .BaseNamespaceEnv)
    info <- new.env(parent = baseenv())
    info$spec <- c(name = name, version = "0")
    info$path <- path
    info$exports <- new.env(parent = baseenv())
    assign(".__NAMESPACE__.", info, envir = ns)
    assign(".packageName", name, envir = ns)
    .Internal(registerNamespace(name, ns))
    for (file in sort(list.files(file.path(path, "R"), "[.][Rr]$", full.names = TRUE), method = "radix")) {
      sys.source(file, envir = ns, keep.source = FALSE)
    }
    for (object in ls(ns)) assign(object, object, envir = info$exports)
    attach(as.list(ns)[ls(ns)], name = paste0("package:", name), warn.conflicts = FALSE)
    invisible()
  }

  # `before` has gone before in the same console and shows nothing; `texts` is code as the reader has changed it, `names`
  # its package, or "file" for what the lines read with source().
  run <- function(lines, before, texts, names, folder, width) {
    options(width = width)
    sources <- stats::setNames(as.list(texts), names)[names != "-"]
    # The lines of a case are typed in the folder of its fixture, which holds nothing that R reads.
    dir.create(folder, showWarnings = FALSE, recursive = TRUE)
    setwd(folder)
    # A new workspace. What source() defines goes there too.
    rm(list = setdiff(ls(globalenv(), all.names = TRUE), there), envir = globalenv())
    said <- character()
    undo <- list()
    # Changed code that nothing reads would leave the old code to agree.
    waiting <- names(sources)
    change <- function(of) {
      for (name in intersect(waiting, of)) {
        # First what gives the old ones back: the new ones may stop halfway.
        if (name %in% loadedNamespaces()) undo[[name]] <<- keep(name)
        redefine(sources[[name]], name)
      }
      waiting <<- setdiff(waiting, of)
    }
    shown <- list()
    note <- function(text) said <<- c(said, text)
    one <- function(expression, show) {
      value <- withVisible(eval(expression, globalenv()))
      if (is.call(expression) && identical(expression[[1]], quote(source))) change("file")
      if (show && value$visible) {
        note(utils::capture.output(print(value$value)))
        shown[[length(shown) + 1]] <<- list(value$value)
      }
    }
    error <- tryCatch(
      withCallingHandlers(
        {
          on.exit(for (one in undo) one(), add = TRUE)
          change(loadedNamespaces())
          printed <- utils::capture.output({
            # One that fails is no end, as it is none in a console: a page may show what fails.
            for (expression in parse(text = before, keep.source = FALSE)) {
              tryCatch(one(expression, FALSE), error = function(e) NULL)
            }
          })
          for (expression in parse(text = lines, keep.source = FALSE)) {
            printed <- utils::capture.output(one(expression, TRUE))
            note(printed)
          }
          if (length(waiting)) stop("the changed code of ", waiting, " was never read")
          NULL
        },
        warning = function(w) {
          note(paste0("Warning: ", conditionMessage(w)))
          invokeRestart("muffleWarning")
        },
        message = function(m) {
          note(sub("\n$", "", conditionMessage(m)))
          invokeRestart("muffleMessage")
        }
      ),
      error = function(e) paste0("Error: ", conditionMessage(e))
    )
    # Each with the number of the value that it lies in.
    values <- do.call(c, lapply(seq_along(shown), function(k) {
      lapply(leaves(shown[[k]][[1]], ""), function(leaf) c(leaf, of = k))
    }))
    list(said = paste(said, collapse = "\n"), error = if (is.null(error)) "" else error, values = values)
  }

  # The functions of a package, or of the workspace, as the reader has them.
  redefine <- function(text, name) {
    packaged <- name %in% loadedNamespaces()
    where <- if (packaged) asNamespace(name) else globalenv()
    for (expression in parse(text = text, keep.source = FALSE)) eval(expression, where)
    if (packaged) attached(name, where)
  }

  # What is attached, as the namespace has it.
  attached <- function(name, ns) {
    package <- as.environment(paste0("package:", name))
    rm(list = ls(package), envir = package)
    for (object in ls(ns)) assign(object, get(object, envir = ns), envir = package)
  }

  # What makes a package what it is now, whatever was defined in it since.
  keep <- function(name) {
    ns <- asNamespace(name)
    old <- as.list(ns, all.names = TRUE)
    function() {
      rm(list = setdiff(ls(ns, all.names = TRUE), names(old)), envir = ns)
      for (object in setdiff(names(old), ".__NAMESPACE__.")) assign(object, old[[object]], envir = ns)
      attached(name, ns)
    }
  }

  # A value as what can be compared: each with its place in the value, its kind, its extents and its bytes.
  leaves <- function(x, path) {
    below <- function(name) if (nzchar(path)) paste0(path, "$", name) else name
    odd <- c("factor", "Date", "POSIXt", "difftime")
    if (is.null(x)) {
      return(list(list(path = path, kind = "NULL")))
    }
    plain <- is.list(x) || is.numeric(x) || is.logical(x) || is.character(x) || is.complex(x)
    if (isS4(x) || inherits(x, odd) || !plain) {
      return(list(list(path = path, kind = "other", class = class(x)[1])))
    }
    if (is.list(x) && !length(x)) {
      return(list(list(path = path, kind = "other", class = "empty list")))
    }
    if (is.list(x)) {
      names <- if (is.null(names(x))) rep("", length(x)) else names(x)
      names[!nzchar(names)] <- paste0("[[", seq_along(x), "]]")[!nzchar(names)]
      return(do.call(c, lapply(seq_along(x), function(k) leaves(.subset2(x, k), below(names[k])))))
    }
    extents <- if (is.null(dim(x))) length(x) else dim(x)
    x <- as.vector(x)
    kind <- typeof(x)
    if (kind == "logical" && anyNA(x)) {
      return(list(list(path = path, kind = "other", class = "logical with NA")))
    }
    if (kind == "integer" && anyNA(x)) kind <- "double"
    leaf <- list(path = path, kind = kind, extents = as.double(extents))
    if (kind == "character") {
      if (anyNA(x)) {
        return(list(list(path = path, kind = "other", class = "character with NA")))
      }
      leaf$texts <- enc2utf8(x)
    } else {
      leaf$bytes <- writeBin(if (kind == "logical") as.integer(x) else if (kind == "double") as.double(x) else x, raw())
    }
    list(leaf)
  }
})
