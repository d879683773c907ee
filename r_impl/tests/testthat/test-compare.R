# The comparer of these tests gives every verdict of the conformance cases, which Python's comparer must give too. They
# lie beside the shared fixtures' folder, in tests/conformance.

conformance_file <- function() {
  dir <- fixtures_dir()
  if (!is.null(dir)) file.path(dirname(normalizePath(dir)), "tests", "conformance", "comparing.json")
}

# A number: as it stands, or as text that says it exactly. as.numeric() reads "0x1p-1074" as 0 (R 4.2), so that the
# power of two is multiplied in here, in two steps, as the exponent alone may be beyond the doubles.
as_number <- function(entry) {
  if (is.character(entry) && entry %in% names(SPELLED)) {
    return(as.numeric(SPELLED[[entry]]))
  }
  if (!is.character(entry) || !grepl("p", entry, fixed = TRUE)) {
    return(as.numeric(entry))
  }
  parts <- strsplit(entry, "p", fixed = TRUE)[[1L]]
  power <- as.integer(parts[2L])
  near <- trunc(power / 2)
  as.numeric(paste0(parts[1L], "p+0")) * 2^near * 2^(power - near)
}

# An element that may be missing; `na` is the NA of its type.
or_na <- function(elements, na) {
  as.vector(vapply(elements, function(element) if (is.null(element)) na else element, na))
}

conforming_value <- function(entry) {
  if (is.null(entry)) {
    return(NULL)
  }
  kind <- setdiff(names(entry), c("shape", "names", "levels", "ordered"))
  elements <- entry[[kind]]
  value <- switch(kind,
    double = as.numeric(vapply(elements, as_number, 0)),
    integer = as.integer(vapply(elements, as_number, 0)),
    logical = or_na(elements, NA),
    character = or_na(elements, NA_character_),
    date = as.Date(or_na(elements, NA_character_)),
    time = as.POSIXct(or_na(elements, NA_character_), format = "%Y-%m-%dT%H:%M:%S", tz = "UTC"),
    factor = {
      levels <- unlist(entry$levels)
      codes <- unlist(elements) + 1L
      codes[codes == 0L] <- NA
      factor(levels[codes], levels, ordered = entry$ordered, exclude = NULL)
    },
    stop("no such kind: ", kind, call. = FALSE)
  )
  shape <- unlist(entry$shape)
  # The elements stand in C order, the last index fastest; R's first index is the fastest.
  if (length(shape) > 1L) value <- aperm(array(value, rev(shape)))
  labels <- lapply(entry$names, unlist)
  if (length(labels) == 1L) names(value) <- labels[[1L]]
  if (length(labels) > 1L) dimnames(value) <- labels
  value
}

read_conformance <- function(file) jsonlite::fromJSON(file, simplifyVector = FALSE)$groups

verdict_on <- function(case, group) {
  tolerance <- list(rtol = as_number(case$rtol %||% group$rtol), atol = as_number(case$atol %||% group$atol))
  disagreement(
    conforming_value(case$actual), conforming_value(case$reference), tolerance,
    half_unit = conforming_value(case$half_unit) %||% 0,
    constant_ok = isTRUE(case$constant_ok), signed_zero = !isFALSE(case$signed_zero),
    harmless_extents = isTRUE(case$harmless_extents)
  )
}

test_that("the conformance cases are there, and few are one language's alone", {
  if (is.null(fixtures_dir())) {
    skip("the shared fixtures are not beside this package; set DEEPSCRATCH_FIXTURES")
  }
  cases <- unlist(lapply(read_conformance(conformance_file()), function(group) group$cases), recursive = FALSE)
  expect_gte(length(cases), 120)
  # R's integers have 32 bits.
  alone <- Filter(function(case) !is.null(case$only), cases)
  expect_lt(length(alone), 10)
  expect_true(all(vapply(alone, function(case) case$only == "python" && grepl("2\\^", case$id), TRUE) |
    grepl("beside a large one", vapply(alone, function(case) case$id, ""))))
})

for (group in if (!is.null(conformance_file())) read_conformance(conformance_file())) {
  test_that(paste("conformance:", group$name), {
    for (case in Filter(function(case) is.null(case$only), group$cases)) {
      found <- verdict_on(case, group)
      expect_identical(found$reason, case$reason, label = paste0(case$id, ": the reason"))
      if (!is.null(case$differing)) expect_equal(found$differing, case$differing, label = paste0(case$id, ": differing"))
      if (!is.null(found)) expect_true(nzchar(found$message), label = case$id)
    }
    expect_gt(length(group$cases), 0)
  })
}

test_that("numbers are read exactly", {
  expect_identical(conforming_value(list(double = list("0x1.8p+1", 0.25))), c(3, 0.25))
  expect_identical(conforming_value(list(double = list("0x1p-1074"))), 2^-1074)
  expect_identical(conforming_value(list(double = list("0x1.fffffffffffffp+1023"))), .Machine$double.xmax)
  expect_identical(1 / conforming_value(list(double = list("-0"))), -Inf)
  expect_identical(is.nan(conforming_value(list(double = list("NaN", "NA")))), c(TRUE, FALSE))
})

test_that("a tolerance is declared, never invented", {
  for (tolerance in list(NULL, list(), list(rtol = 0), list(rtol = 0, atol = NA), list(rtol = -1, atol = 0),
                         list(rtol = 0, atol = Inf), list(rtol = "1", atol = 0))) {
    expect_error(disagreement(1, 1, tolerance), "no tolerance")
    expect_error(mismatch(1, 1, tolerance), "no tolerance")
  }
  fixture <- list(r = "deepscratch::Affine", cases = list())
  expect_error(read_case(fixture, list(id = "a", calls = list())), "no tolerance: a", fixed = TRUE)
})

test_that("a source that writes -0 means it, and one that writes 0 does not", {
  exact <- list(rtol = 0, atol = 0)
  expect_null(mismatch(c(-0, 1), c(0, 1), exact))
  expect_null(mismatch(c(-0, 1), c(-0, 1), exact))
  expect_match(mismatch(c(0, 1), c(-0, 1), exact), "[1] is 0, expected -0; 1 of 2 elements differ", fixed = TRUE)
})

test_that("what has no kind is not compared", {
  exact <- list(rtol = 0, atol = 0)
  for (value in list(1i, list(1), sum, as.difftime(1, units = "mins"), table(c(1, 2)))) {
    expect_identical(disagreement(value, value, exact)$reason, "type")
  }
})
