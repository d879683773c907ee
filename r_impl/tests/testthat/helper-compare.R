# Compares a value with what it should be, element by element.

# A vector of n has the shape n, with or without a dim of one extent.
shape_of <- function(x) if (is.null(dim(x))) length(x) else dim(x)

half_unit <- function(expected, printed) {
  if (!is.null(printed$decimals)) {
    return(0.5 * 10^-printed$decimals)
  }
  if (is.null(printed$significant)) {
    return(0)
  }
  ifelse(expected == 0, 0, 0.5 * 10^(floor(log10(abs(expected))) + 1 - printed$significant))
}

# What is wrong with `actual`, element by element, or NULL. all.equal() would average over the elements.
mismatch <- function(actual, expected, tolerance, printed = NULL) {
  if (!is.numeric(actual) && !is.logical(actual)) {
    return(paste("is no number but", class(actual)[1L]))
  }
  if (!identical(as.numeric(shape_of(actual)), as.numeric(shape_of(expected)))) {
    shown <- function(x) paste(shape_of(x), collapse = " x ")
    return(paste0("has the shape ", shown(actual), ", expected ", shown(expected)))
  }
  a <- as.numeric(actual)
  e <- as.numeric(expected)
  kind <- function(x) ifelse(is.nan(x), "NaN", ifelse(is.na(x), "NA", ifelse(is.finite(x), "finite", x)))
  off <- abs(a - e) > tolerance$atol + tolerance$rtol * abs(e) + half_unit(e, printed)
  off <- ifelse(kind(a) == "finite" & kind(e) == "finite", off, kind(a) != kind(e))
  if (!any(off)) {
    return(NULL)
  }
  first <- which(off)[1L]
  where <- if (is.null(dim(actual))) first else arrayInd(first, dim(actual))
  sprintf(
    "[%s] is %.17g, expected %.17g; %d of %d elements differ",
    paste(where, collapse = ", "), a[first], e[first], sum(off), length(off)
  )
}

expect_close <- function(actual, expected, tolerance, printed = NULL, label = "value") {
  wrong <- if (is.null(actual)) "is missing" else mismatch(actual, expected, tolerance, printed)
  testthat::expect(is.null(wrong), paste(label, wrong))
  invisible(actual)
}
