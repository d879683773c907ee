frame <- data.frame(
  g = factor(c("b", "a", "b"), levels = c("a", "b")), y = c(1, 2, 4), n = 1:3, s = c("x", NA, "z"),
  on = as.Date(c("2020-01-01", NA, "2020-01-03")), stringsAsFactors = FALSE
)

test_that("a data frame goes to Python as one", {
  needs_python()
  types <- "g: category, y: float64, n: int64, s: str, on: datetime64[s]"
  expect_identical(check(function(d) types, "port:columns", d = frame)$ok, TRUE)
})

test_that("data frames are compared by columns, types and rows", {
  needs_python()
  by_group <- function(d) aggregate(y ~ g, d, mean)
  # aggregate() sorts by group, pandas keeps the order of the rows.
  expect_identical(check(by_group, "port:grouped", d = frame)$ok, FALSE)
  expect_identical(check(by_group, "port:grouped", d = frame, key = "g")$ok, TRUE)
  off <- function(d) transform(by_group(d), y = y + c(0, 1e-6))
  wrong <- check(off, "port:grouped", d = frame, key = "g")
  expect_identical(wrong$ok, FALSE)
  expect_match(wrong$text, "y", fixed = TRUE)
  more <- function(d) rbind(by_group(d), data.frame(g = "a", y = 0))
  expect_identical(check(more, "port:grouped", d = frame, key = "g")$ok, FALSE)
  renamed <- function(d) stats::setNames(by_group(d), c("g", "mean"))
  expect_identical(check(renamed, "port:grouped", d = frame, key = "g")$ok, FALSE)
  as_text <- function(d) transform(by_group(d), g = as.character(g))
  expect_identical(check(as_text, "port:grouped", d = frame, key = "g")$ok, FALSE)
})

test_that("every kind of column comes back as it went", {
  needs_python()
  all_kinds <- data.frame(
    d = c(1.5, NA, NaN, -0), i = c(1L, NA, 3L, 4L), l = c(TRUE, NA, FALSE, FALSE), s = c("a", NA, "NA", ""),
    f = factor(c("x", NA, "y", "y"), levels = c("y", "x"), ordered = TRUE), on = as.Date("2020-02-28") + c(0:2, NA),
    at = as.POSIXct("2020-07-01 12:00:00", tz = "America/New_York") + c(0, 0.5, NA, 2),
    span = as.difftime(c(1, 2.5, NA, 0), units = "hours"), row.names = c("r1", "r2", "r3", "r4")
  )
  expect_identical(unique(check(function(d) d, "port:identity", d = all_kinds)$findings$ok), TRUE)
  for (column in names(all_kinds)) {
    other <- all_kinds
    other[[column]][[4L]] <- other[[column]][[1L]]
    expect_identical(check(function(d) other, "port:identity", d = all_kinds)$ok, FALSE, label = column)
  }
  names_of_rows <- function(d) `rownames<-`(d, c("r1", "r2", "r3", "r5"))
  expect_identical(check(names_of_rows, "port:identity", d = all_kinds)$ok, FALSE)
})

test_that("a sparse matrix is compared by its elements", {
  needs_python()
  # The class as the package Matrix has it, which need not be installed.
  here <- environment()
  slots <- c(i = "integer", p = "integer", Dim = "integer", Dimnames = "list", x = "numeric", factors = "list")
  methods::setClass("dgCMatrix", slots = slots, where = here)
  sparse <- methods::new(methods::getClass("dgCMatrix", where = here),
    i = c(2L, 0L), p = 0:2, Dim = 3:2, Dimnames = list(NULL, NULL), x = c(-2, 0.5)
  )
  expect_identical(check(function() sparse, "port:dense", only = list(python = list(value = -2)))$ok, TRUE)
  expect_identical(check(function() sparse, "port:dense", only = list(python = list(value = -1)))$ok, FALSE)
  expect_error(check(function(x) 1, "port:dense", x = sparse), "the argument x has a sparse matrix", class = "parity_usage")
})

test_that("columns without a counterpart are refused", {
  needs_python()
  refused <- function(d, message) expect_error(check(function(d) d, "port:columns", d = d), message, class = "parity_usage")
  refused(data.frame(a = I(list(1, 2))), "a column that is a list")
  refused(data.frame(a = I(matrix(1:4, 2))), "a column that is a matrix")
  refused(data.frame(a = 1, a = 2, check.names = FALSE), "two columns called a")
})
