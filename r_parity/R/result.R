# The answer, as a value. What does not say in every way that it agrees does not agree.
result_of <- function(reply, engine) {
  first <- reply[1L, ]
  count <- suppressWarnings(as.numeric(first[["Count"]]))
  findings <- findings_of(reply[-1L, , drop = FALSE])
  agree <- identical(first[["Status"]], "agree")
  if (agree && !(isTRUE(count > 0) && nrow(findings) > 0L && all(findings$ok))) {
    stop_broken("Python's answer says that the two agree, and not in what")
  }
  structure(
    list(
      ok = agree, status = first[["Status"]], text = first[["Text"]], count = count, findings = findings,
      python = engine$python, backend = engine$backend
    ),
    class = "parity_result"
  )
}

findings_of <- function(rows) {
  data.frame(
    evidence = rows[, "Evidence"], pair = rows[, "Pair"], value = rows[, "Value"], ok = rows[, "Ok"] == "true",
    code = rows[, "Code"], count = as.numeric(rows[, "Count"]), absolute = suppressWarnings(as.numeric(rows[, "Absolute"])),
    message = rows[, "Message"], stringsAsFactors = FALSE, row.names = NULL
  )
}

#' Print a verdict
#'
#' @param x A result of [check_parity()].
#' @param ... Not used.
#' @return `x`, invisibly; for `format()` a text.
#' @family checks
#' @export
print.parity_result <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}

#' @rdname print.parity_result
#' @export
format.parity_result <- function(x, ...) x$text
