# The R side of the bridge. Evaluated once, in an environment whose parent is the base package's: what R's global
# environment holds (a `c` or a `length` of the code under test) is out of its sight.

caught <- new.env(hash = FALSE, parent = emptyenv())
caught$conditions <- NULL # of each warning: its message, then its classes
caught$error <- NULL # list(message, classes, where, failing call and traceback)
caught$interrupted <- FALSE

forget_conditions <- function() caught$conditions <- NULL

take_error <- function() {
  error <- if (caught$interrupted) FALSE else caught$error
  caught$error <- NULL
  caught$interrupted <- FALSE
  error
}

# -- what happened ------------------------------------------------------------------------------------------------

describe <- function(value) {
  if (is.function(value)) {
    return(as.name("<function>"))
  }
  if (is.environment(value)) {
    return(as.name("<environment>"))
  }
  if (is.object(value) && !isS4(value)) attr(value, "class") <- NULL # no method of the code under test is asked
  extent <- if (is.null(dim(value))) length(value) else dim(value)
  as.name(paste0("<", typeof(value), " ", paste(extent, collapse = "x"), ">"))
}

# deparse() itself takes as long again to find out that no option is set.
directly <- function(call) .Internal(deparse(call, 120L, FALSE, 0L, 2L))
written <- tryCatch(
  {
    directly(quote(a))
    directly
  },
  error = function(e) function(call) deparse(call, 120L, FALSE, NULL, 2L)
)

# Arguments arrive in the call as values: a vector of a million numbers must not be written out.
one_line <- function(call) {
  if (is.null(call)) {
    return("")
  }
  for (i in seq_along(call)) {
    if (is.language(call[[i]])) { # also an argument that is left empty, as in x[1, ]
      if (i > 1L && is.call(call[[i]]) && identical(call[[i]][[1L]], quote)) call[[i]][[1L]] <- as.name("quote")
      next
    }
    part <- call[[i]]
    if (is.function(part) || is.list(part) || is.object(part) || length(part) > 1L) call[[i]] <- describe(part)
  }
  text <- written(call)
  if (length(text) > 1L) paste(text[[1L]], "...") else text
}

# Calls of our own that stand above those of the user: how many frames each has (eval() has two).
own_frames <- function(calls) {
  first <- ours + 1L
  if (length(calls) < first || !is.name(name <- calls[[first]][[1L]])) {
    return(0L)
  }
  switch(as.character(name), .parity.evaluate = 3L, .parity.file = 3L, .parity.variable = 2L, 0L)
}

# The failing call, then the calls that led to it. `last` is the frame of the handler that asks.
account <- function(failing, calls, last) {
  first <- ours + 1L
  own <- own_frames(calls)
  if (own) {
    # A failing call that is our own parse() or eval() says nothing to the user.
    below <- calls[first - 1L + seq_len(min(own, length(calls) - first + 1L))]
    if (Position(function(call) identical(call, failing), below, nomatch = 0L)) failing <- NULL
    first <- first + own
  }
  if (last > 1L && identical(calls[[last - 1L]][[1L]], quote(.handleSimpleError))) last <- last - 1L
  if (last <= first) {
    return(one_line(failing))
  }
  shown <- first:(last - 1L)
  if (length(shown) > 60L) shown <- c(shown[1:20], NA, shown[length(shown) - 38:0])
  lines <- character(length(shown))
  for (i in seq_along(shown)) lines[[i]] <- if (is.na(shown[[i]])) "..." else one_line(calls[[shown[[i]]]])
  # The failing call is nearly always the last, or the one that called stop(); writing it out again takes time.
  at <- if (identical(calls[[last - 1L]][[1L]], quote(stop))) length(lines) - 1L else length(lines)
  known <- at > 0L && identical(calls[[last - 1L - length(lines) + at]], failing)
  c(if (known) lines[[at]] else one_line(failing), lines)
}

# "file.R:12" of the innermost call that was read from a file with its source kept, or "". The frame of the handler
# itself carries the statement that was under way, which is how an error of a builtin (`a %*% b`) gets its line.
where <- function(calls, last) {
  for (i in last:1L) {
    position <- attr(calls[[i]], "srcref", exact = TRUE)
    if (is.null(position)) next
    file <- attr(position, "srcfile", exact = TRUE)
    if (!is.environment(file)) next
    name <- get0("filename", envir = file, inherits = FALSE)
    if (is.character(name) && length(name) == 1L && name != "" && name != "<text>") {
      return(paste0(name, ":", position[[1L]]))
    }
  }
  ""
}

one_text <- function(texts) {
  if (is.character(texts) && length(texts) == 1L && is.null(attributes(texts))) {
    return(texts)
  }
  paste(as.character(unlist(texts)), collapse = "\n")
}

# A class of the user's own may have its own conditionMessage(): that is looked up from where it was signalled, since
# from here only base's are seen.
message_of <- function(condition) {
  class <- oldClass(condition)[[1L]]
  if (class == "simpleError" || class == "simpleWarning") {
    return(one_text(.subset2(condition, "message")))
  }
  from <- globalenv()
  for (n in rev(seq_len(sys.nframe() - 2L))) {
    home <- environment(sys.function(n))
    # Functions of base, also those within them, which warning() and the like put on top.
    if (!is.null(home) && !identical(home, baseenv()) && !identical(topenv(home), .BaseNamespaceEnv)) {
      from <- sys.frame(n)
      break
    }
  }
  one_text(eval(as.call(list(conditionMessage, condition)), from))
}

has_restart <- function(name, condition) {
  for (restart in computeRestarts(condition)) if (identical(restart[["name"]], name)) {
    return(TRUE)
  }
  FALSE
}

on_warning <- function(w) {
  level <- getOption("warn")
  if (level >= 2L) {
    return(NULL)
  } # the user asked for an error: R makes it one
  if (level >= 0L && length(caught$conditions) < 1000L) {
    caught$conditions <- c(caught$conditions, list(c(message_of(w), class(w))))
  }
  if (has_restart("muffleWarning", w)) invokeRestart("muffleWarning")
}

# An error is written down where it happens, while the calls are still on the stack, and then leaves by R's "abort"
# restart: R's default handler, which would print it, never runs.
on_error <- function(e) {
  calls <- sys.calls()
  last <- sys.nframe()
  caught$error <- list(message_of(e), class(e), where(calls, last), account(conditionCall(e), calls, last))
  invokeRestart("abort")
}

on_interrupt <- function(i) caught$interrupted <- TRUE

# -- calling ------------------------------------------------------------------------------------------------------

# `guard` costs about a microsecond a call because it pushes handlers that were built once, as withCallingHandlers does
# inside; where R no longer allows that, withCallingHandlers itself is used.
classes <- c("warning", "error", "interrupt")
handlers <- list(on_warning, on_error, on_interrupt)
nowhere <- emptyenv()
pushing <- function(expr) {
  .Internal(.addCondHands(classes, handlers, nowhere, NULL, TRUE))
  expr
}
calling <- function(expr) withCallingHandlers(expr, warning = on_warning, error = on_error, interrupt = on_interrupt)
guard <- tryCatch(
  {
    suppressWarnings(pushing(NULL))
    pushing
  },
  error = function(e) calling
)
ours <- if (identical(guard, pushing)) 1L else 2L # the frames of the guard

template <- function(name, names) {
  arguments <- vector("list", length(names))
  names(arguments) <- names
  as.call(list(guard, as.call(c(list(as.name(name)), arguments))))
}

scope <- function(name, f) {
  scope <- new.env(hash = FALSE, parent = globalenv())
  assign(name, f, envir = scope)
  scope
}

below_base <- function() new.env(parent = baseenv())

.parity.evaluate <- function(code, envir) {
  value <- NULL
  for (expression in parse(text = code, keep.source = FALSE)) value <- eval(expression, envir)
  value
}

.parity.file <- function(path, envir, chdir) {
  lines <- readLines(path, warn = FALSE, encoding = "UTF-8")
  source <- srcfilecopy(path, lines, file.mtime(path), isFile = TRUE)
  expressions <- parse(text = lines, srcfile = source, keep.source = TRUE, encoding = "UTF-8")
  if (chdir) {
    before <- setwd(dirname(path))
    on.exit(setwd(before))
  }
  value <- NULL
  for (i in seq_along(expressions)) value <- eval(expressions[i], envir) # an expression vector keeps its lines
  value
}

.parity.variable <- function(envir, name) {
  if (exists(name, envir = envir, inherits = FALSE)) list(get(name, envir = envir, inherits = FALSE)) else NULL
}

# -- questions ----------------------------------------------------------------------------------------------------

formals_of <- function(f) {
  if (is.primitive(f)) f <- args(f)
  arguments <- if (is.null(f)) alist(... = ) else formals(f)
  filled <- vapply(names(arguments), function(n) n == "..." || !identical(arguments[[n]], quote(expr = )), NA)
  list(names = as.character(names(arguments)), filled = as.logical(filled))
}

versions <- function() {
  list(
    r = R.version.string, home = R.home(), blas = unname(extSoftVersion()["BLAS"]), lapack = La_library(),
    lapack_version = La_version(), locale = Sys.getlocale("LC_CTYPE")
  )
}

# -- many texts at once -------------------------------------------------------------------------------------------

# Texts from bytes that hold them one after the other, each with a NUL at its end, and back.
texts_of <- function(bytes, count, missing) {
  texts <- readBin(bytes, "character", count)
  Encoding(texts) <- "UTF-8"
  texts[missing] <- NA_character_
  texts
}

bytes_of <- function(texts) if (all(validUTF8(texts <- enc2utf8(texts)))) writeBin(texts, raw())

distinct <- function(texts) {
  labels <- unique(texts)
  labels <- labels[!is.na(labels)]
  list(codes = match(texts, labels, 0L), labels = labels)
}

taken <- function(labels, codes) labels[codes]
