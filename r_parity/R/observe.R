# One call in this session: its value, or error, its warnings, and what it printed.
observe <- function(f, arguments, read) {
  warnings <- list()
  messages <- character()
  where <- ""
  failure <- NULL
  value <- NULL
  output <- utils::capture.output(
    tryCatch(
      withCallingHandlers(
        value <- read(do.call(f, arguments, quote = TRUE)),
        warning = function(w) {
          warnings[[length(warnings) + 1L]] <<- list(classes = class(w), message = conditionMessage(w))
          if (!is.null(findRestart("muffleWarning", w))) invokeRestart("muffleWarning")
        },
        message = function(m) {
          messages <<- c(messages, conditionMessage(m))
          if (!is.null(findRestart("muffleMessage", m))) invokeRestart("muffleMessage")
        },
        error = function(e) where <<- place_of(sys.calls())
      ),
      error = function(e) failure <<- list(classes = class(e), message = conditionMessage(e), where = where)
    )
  )
  list(
    values = if (is.null(failure)) value else list(), warnings = warnings, error = failure,
    output = paste0(c(output, messages), collapse = "\n")
  )
}

# "file.R:12" of the innermost call that was read from a file with its source kept, or "".
place_of <- function(calls) {
  for (call in rev(calls)) {
    source <- attr(call, "srcref", exact = TRUE)
    if (is.null(source)) next
    file <- utils::getSrcFilename(source)
    if (length(file) && nzchar(file)) return(paste0(file, ":", as.integer(source)[[1L]]))
  }
  ""
}

# Called twice: a function that counts its calls, or draws without a seed, agrees with another by luck. The second call
# leaves the session's random numbers as the first one did.
observe_twice <- function(f, arguments, read) {
  first <- observe(f, arguments, read)
  seed <- random_seed()
  on.exit(set_random_seed(seed))
  list(first, observe(f, arguments, read))
}

random_seed <- function() get0(".Random.seed", envir = globalenv(), inherits = FALSE)

set_random_seed <- function(seed) {
  home <- globalenv()
  if (!is.null(seed)) {
    assign(".Random.seed", seed, envir = home)
  } else if (!is.null(random_seed())) {
    rm(".Random.seed", envir = home)
  }
}

# What reads the compared values out of a result: what `values` names, else the members that `returns` names.
reader <- function(values, returns, envir) {
  whole <- is.null(returns)
  roots <- if (whole) "out" else returns
  function(result) {
    read <- lapply(values, function(one) read_value(one, result, envir))
    if (length(values)) return(lapply(read, node, result_policy))
    if (whole) return(list(out = node(result, result_policy)))
    members <- if (is.list(result)) intersect(roots, names(result)) else character()
    if (!length(members) && length(roots) == 1L) return(stats::setNames(list(node(result, result_policy)), roots))
    stats::setNames(lapply(members, function(name) node(.subset2(result, name), result_policy)), members)
  }
}

read_value <- function(expression, result, envir) {
  if (is.function(expression)) return(expression(result))
  scope <- new.env(parent = envir)
  assign(".", result, envir = scope)
  eval(parse(text = expression, keep.source = FALSE), scope)
}

json_observation <- function(observation) {
  json_object(
    values = json_pairs(observation$values),
    warnings = json_array(vapply(observation$warnings, json_condition, "")),
    output = json_text(readable(observation$output)),
    error = if (is.null(observation$error)) json_null else json_condition(observation$error)
  )
}

json_condition <- function(condition) {
  json_object(
    classes = json_array(json_text(condition$classes)),
    message = json_text(readable(condition$message)),
    where = json_text(if (is.null(condition$where)) "" else condition$where)
  )
}

# Texts of the code under test may be anything.
readable <- function(text) paste(iconv(as_utf8(text), "UTF-8", "UTF-8", sub = "byte"), collapse = "\n")
