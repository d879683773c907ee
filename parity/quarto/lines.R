# Lines as a console would take them, in the global environment. What they show is kept here, for the comparison.
kept <- new.env()
kept$shown <- list()

# The stretches of the text, each up to an expression that was answered, with the answer; `shown` is how many values
# have been shown so far. An error ends it, with the line that it is in.
typed <- function(text) {
  options(width = 80L)
  fails <- function(e) conditionMessage(e)
  expressions <- tryCatch(parse(text = text, keep.source = TRUE), error = fails)
  if (is.character(expressions)) {
    return(list(ends = integer(), answers = character(), shown = length(kept$shown), error = expressions, line = 0L))
  }
  ends <- vapply(attr(expressions, "srcref"), function(at) at[3L], 1L)
  answers <- character()
  for (k in seq_along(expressions)) {
    said <- character()
    note <- function(text) said <<- c(said, text)
    error <- NULL
    printed <- utils::capture.output(
      withCallingHandlers(
        tryCatch(one(expressions[[k]]), error = function(e) error <<- conditionMessage(e)),
        warning = function(w) {
          note(paste("Warning:", conditionMessage(w)))
          invokeRestart("muffleWarning")
        },
        message = function(m) {
          note(sub("\n$", "", conditionMessage(m)))
          invokeRestart("muffleMessage")
        }
      )
    )
    if (!is.null(error)) {
      return(list(ends = ends, answers = answers, shown = length(kept$shown), error = error, line = ends[k]))
    }
    answers[k] <- paste(c(said, printed), collapse = "\n")
  }
  list(ends = ends, answers = answers, shown = length(kept$shown), error = "", line = 0L)
}

one <- function(expression) {
  value <- withVisible(eval(expression, globalenv()))
  if (value$visible) {
    # Not [[<-, by which NULL would be none.
    kept$shown <- c(kept$shown, list(value$value))
    print(value$value)
  }
}

# The values of one pair, by the names that both sides give them, where a check finds them: it empties the workspace.
hand_over <- function(from, names) {
  options(parity.shown = stats::setNames(kept$shown[from + seq_along(names)], names))
}
