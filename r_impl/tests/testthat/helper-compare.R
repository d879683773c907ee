# Compares a value with what it should be, element by element. all.equal() would average over the elements. The rule,
# and the order of the reasons, are those of tests/conformance/comparing.json.

# What is wrong with `actual`, as list(reason, message, differing), or NULL where the two agree. `half_unit` is half a
# unit of the last digit that `expected` was printed with, one number or one for each element. With `constant_ok`,
# `expected` is known from elsewhere, and a constant, NaN or nothing of the right shape is an answer.
disagreement <- function(actual, expected, tolerance, half_unit = 0, constant_ok = FALSE, signed_zero = TRUE,
                         harmless_extents = FALSE) {
  check_tolerance(tolerance)
  if (is.null(actual) || is.null(expected)) {
    return(finding("missing", if (is.null(actual)) "is missing" else "is there, but no expected value"))
  }
  kinds <- c(kind_of(actual), kind_of(expected))
  if (kinds[1L] != kinds[2L] || !kinds[1L] %in% KINDS) {
    return(finding("type", paste0("is ", kinds[1L], ", expected ", kinds[2L])))
  }
  shapes <- lapply(list(actual, expected), shape_of)
  if (harmless_extents) shapes <- lapply(shapes, function(shape) shape[shape != 1])
  if (!identical(shapes[[1L]], shapes[[2L]])) {
    shown <- function(x) paste(shape_of(x), collapse = " x ")
    return(finding("shape", paste0("has the shape ", shown(actual), ", expected ", shown(expected))))
  }
  wrong <- if (kinds[1L] == "numeric") {
    unlike_numbers(as.numeric(actual), as.numeric(expected), tolerance, as.numeric(half_unit), signed_zero)
  } else {
    unlike_elements(actual, expected)
  }
  reason <- if (any(wrong$class)) "class" else if (any(wrong$value)) "value"
  if (!is.null(reason)) {
    return(finding(reason, where_wrong(actual, expected, wrong, reason), sum(wrong$class | wrong$value)))
  }
  labels_differ(actual, expected) %||%
    if (!constant_ok) vacuous(actual, expected, tolerance, as.numeric(half_unit))
}

KINDS <- c("numeric", "logical", "character", "date", "time", "factor")

finding <- function(reason, message, differing = 0L) list(reason = reason, message = message, differing = differing)

# A tolerance is declared by the case, never invented here.
check_tolerance <- function(tolerance) {
  for (name in c("rtol", "atol")) {
    number <- tolerance[[name]]
    if (!is.numeric(number) || length(number) != 1L || !is.finite(number) || number < 0) {
      stop("no tolerance: ", name, " must be a number that is finite and not negative", call. = FALSE)
    }
  }
}

kind_of <- function(x) {
  if (is.factor(x)) {
    "factor"
  } else if (inherits(x, "Date")) {
    "date"
  } else if (inherits(x, "POSIXct")) {
    "time"
  } else if (is.object(x) || !is.atomic(x)) {
    class(x)[1L]
  } else {
    switch(typeof(x), double = , integer = "numeric", typeof(x))
  }
}

# A vector of n has the shape n, with or without a dim of one extent.
shape_of <- function(x) as.numeric(if (is.null(dim(x))) length(x) else dim(x))

unlike_numbers <- function(a, e, tolerance, half_unit, signed_zero) {
  if (anyNA(half_unit) || any(half_unit < 0) || !length(half_unit) %in% c(1L, length(e))) {
    stop("half_unit must be one number, or one for each element, and not negative", call. = FALSE)
  }
  finite <- is.finite(a) & is.finite(e)
  class <- !finite & class_of(a) != class_of(e)
  # 1 / 0 and 1 / -0 tell the two zeros apart. A zero that was printed has lost its sign.
  if (signed_zero) class <- class | (finite & a == 0 & e == 0 & half_unit == 0 & 1 / a != 1 / e)
  error <- abs(a - e)
  allowed <- abs(e) * tolerance$rtol + (half_unit + tolerance$atol)
  list(class = class, value = finite & (error > allowed | error == Inf))
}

class_of <- function(x) ifelse(is.nan(x), "NaN", ifelse(is.na(x), "NA", ifelse(is.finite(x), "finite", x)))

# Whatever is no number is compared exactly: text by code points, a factor by its labels, dates and times by the
# instant.
unlike_elements <- function(actual, expected) {
  plain <- function(x) if (is.factor(x) || is.character(x)) enc2utf8(as.character(x)) else as.numeric(x)
  a <- plain(actual)
  e <- plain(expected)
  class <- is.na(a) != is.na(e)
  list(class = class, value = !class & !is.na(a) & a != e)
}

where_wrong <- function(actual, expected, wrong, reason) {
  first <- which(wrong[[reason]])[1L]
  where <- if (is.null(dim(actual))) first else arrayInd(first, dim(actual))
  element <- function(x) {
    one <- x[[first]]
    if (is.numeric(x) && !is.object(x)) sprintf("%.17g", one) else encodeString(as.character(one), na.encode = TRUE)
  }
  sprintf(
    "[%s] is %s, expected %s; %d of %d elements differ",
    paste(where, collapse = ", "), element(actual), element(expected), sum(wrong$class | wrong$value), length(actual)
  )
}

# Levels with their order, and names of axes that have them on both sides.
labels_differ <- function(actual, expected) {
  if (is.factor(actual)) {
    if (!identical(levels(actual), levels(expected))) {
      all <- lapply(list(actual, expected), function(x) toString(levels(x)))
      return(finding("levels", paste0("has the levels ", all[[1L]], ", expected ", all[[2L]])))
    }
    if (is.ordered(actual) != is.ordered(expected)) {
      return(finding("levels", paste("is", if (!is.ordered(actual)) "not", "ordered")))
    }
  }
  axes <- function(x) if (is.null(dim(x))) list(names(x)) else dimnames(x) %||% rep(list(NULL), length(dim(x)))
  long <- function(x) Filter(function(i) shape_of(x)[i] != 1, seq_along(shape_of(x)))
  pairs <- Map(list, axes(actual)[long(actual)], axes(expected)[long(expected)])
  for (pair in pairs) {
    if (!is.null(pair[[1L]]) && !is.null(pair[[2L]]) && !identical(pair[[1L]], pair[[2L]])) {
      return(finding("names", paste0("has the names ", toString(pair[[1L]]), ", expected ", toString(pair[[2L]]))))
    }
  }
  NULL
}

# Agreement that shows nothing: NULL, or why a constant (for one number: zero) would have agreed as well.
vacuous <- function(actual, expected, tolerance, half_unit) {
  count <- length(expected)
  if (count == 0L) {
    return(finding("vacuous", "has no elements"))
  }
  if (all(is.na(expected))) {
    return(finding("vacuous", "is NaN or NA throughout"))
  }
  constant <- if (kind_of(expected) != "numeric") {
    count > 1L && !anyNA(expected) && all(expected == expected[[1L]])
  } else {
    e <- as.numeric(expected)
    allowed <- abs(e) * tolerance$rtol + (half_unit + tolerance$atol)
    if (!all(is.finite(e))) {
      count > 1L && !anyNA(e) && all(e == e[1L])
    } else if (count == 1L) {
      abs(e) <= allowed
    } else {
      max(e - allowed) <= min(e + allowed)
    }
  }
  if (constant) finding("vacuous", "is what a constant would agree with as well")
}

half_unit <- function(expected, printed) {
  if (!is.null(printed$decimals)) {
    return(0.5 * 10^-printed$decimals)
  }
  if (is.null(printed$significant)) {
    return(0)
  }
  usable <- is.finite(expected) & expected != 0
  magnitude <- ifelse(usable, abs(expected), 1)
  ifelse(usable, 0.5 * 10^(floor(log10(magnitude)) + 1 - printed$significant), 0)
}

# What is wrong with `actual` where `expected` was printed by a source or computed by hand, or NULL. Who writes 0 rarely
# means +0; who writes -0 does mean -0.
mismatch <- function(actual, expected, tolerance, printed = NULL) {
  numbers <- kind_of(expected) == "numeric"
  signed_zero <- numbers && any(!is.na(expected) & expected == 0 & 1 / expected < 0)
  half <- if (numbers) half_unit(expected, printed) else 0
  disagreement(actual, expected, tolerance, half, constant_ok = TRUE, signed_zero = signed_zero)$message
}

expect_close <- function(actual, expected, tolerance, printed = NULL, label = "value") {
  wrong <- mismatch(actual, expected, tolerance, printed)
  testthat::expect(is.null(wrong), paste(label, wrong))
  invisible(actual)
}
