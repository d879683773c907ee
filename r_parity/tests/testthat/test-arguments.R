test_that("Python gets R's arguments as their counterparts", {
  needs_python()
  words <- list(
    number = "float 3.0", whole = "int 3", truth = "bool True", text = "str a", nothing = "NoneType None",
    vector = "float64 2: 1.0 2.5", whole_vector = "int64 2: 1 2", one = "float64 1: 3.0", also_one = "float64 1: 3.0",
    matrix = "float64 2x3: 1.0 3.0 5.0 2.0 4.0 6.0", cube = "int64 2x1x2: 1 3 2 4", texts = "str 2: a None",
    named = "Series of a = 1.0, b = 2.0", list = "list of float 1.0, str a", dict = "dict of a = int 1, b = list of NoneType None",
    factor = "Categorical b a nan of b a", ordered = "Categorical lo hi of lo < hi",
    date = "datetime64[D] 1: 2020-02-29", complex = "complex128 2: (1+2j) (-0-0.5j)", function_there = "callable sqrt"
  )
  result <- check(function(...) words, "port:described",
    number = 3, whole = 3L, truth = TRUE, text = "a", nothing = NULL, vector = c(1, 2.5), whole_vector = 1:2, one = I(3),
    also_one = array(3), matrix = matrix(1:6 + 0, 2), cube = array(1:4, c(2, 1, 2)), texts = c("a", NA),
    named = c(a = 1, b = 2), list = list(1, "a"), dict = list(a = 1L, b = list(NULL)),
    factor = factor(c("b", "a", NA), levels = c("b", "a")), ordered = factor(c("lo", "hi"), levels = c("lo", "hi"), ordered = TRUE),
    date = as.Date("2020-02-29"), complex = c(1 + 2i, complex(real = -0, imaginary = -0.5)),
    only = list(python = list(function_there = python_object("numpy:sqrt")))
  )
  expect_identical(result$text, "f and port:described agree: 20 compared")
})

test_that("an argument without a counterpart is refused by its name", {
  needs_python()
  identity_of <- function(x) x
  refused <- function(x, message) {
    expect_error(check(identity_of, "port:divide", x = x), message, fixed = TRUE, class = "parity_usage")
  }
  refused(globalenv(), "the argument x has an R environment")
  refused(sum, "the argument x has an R function")
  refused(structure(1, class = "integer64"), "the argument x has a vector of the class integer64")
  refused(as.difftime(1, units = "mins"), "a time span in mins")
  refused(list(a = 1, 2), "only some elements have names")
  refused(list(a = 1, a = 2), "two elements called a")
  refused(as.Date(0.5, origin = "1970-01-01"), "a Date that is no whole day")
  refused(quote(a + b), "an R value of type language")
  refused("\xff", "a text that is no UTF-8")
})

test_that("arguments go by the names of R's formals", {
  needs_python()
  expect_identical(check(function(a, b) a / b, "port:divide", 6, 3)$ok, TRUE)
  expect_identical(check(function(a, b) a / b, "port:divide", b = 3, 6)$ok, TRUE)
  expect_identical(check(function(top, b) top / b, "port:divide", 6, 3, names = c(top = "a"))$ok, TRUE)
  expect_error(check(sum, "port:divide", 6), "argument 1 of f has no name", class = "parity_usage")
  expect_error(check(sum, "port:divide", a = 6, a = 7), "the argument a is given twice", class = "parity_usage")
})

test_that("axes are put in the order that Python has", {
  needs_python()
  x <- aperm(array(as.double(1:120), c(2, 3, 4, 5)), c(3, 4, 2, 1)) # h w c n, as Python's x[n, c, h, w]
  upside_down <- function(x) list(mean = apply(x, 3, mean), turned = x[4:1, , , , drop = FALSE])
  layout <- c(x = "h w c n -> n c h w", turned = "h w c n -> n c h w")
  expect_identical(check(upside_down, "port:images", x = x, layout = layout, returns = c("mean", "turned"))$ok, TRUE)
  wrong <- c(x = "h w c n -> n c h w", turned = "w h c n -> n c h w")
  expect_identical(check(upside_down, "port:images", x = x, layout = wrong, returns = c("mean", "turned"))$ok, FALSE)
  said <- check(upside_down, "port:images", x = x, layout = c(x = "h w c n -> n c h h"), returns = c("mean", "turned"))
  expect_identical(said$status, "usage")
  expect_match(said$text, "layout: \"h w c n -> n c h h\" is no reordering", fixed = TRUE)
})

test_that("what R counts from one, Python counts from zero", {
  needs_python()
  last <- function(labels) list(low = min(labels), high = max(labels))
  counted <- c(labels = 1, low = 1, high = 1)
  one_based <- function(...) check(last, "port:extremes_of_zero_based", labels = 1:5, returns = c("low", "high"), ...)
  expect_identical(one_based(origin = counted)$ok, TRUE)
  expect_identical(one_based(origin = counted[1:2])$ok, FALSE)
  expect_identical(one_based()$ok, FALSE)
  expect_error(one_based(origin = 1), "origin is 1; expected R's first index, by name", class = "parity_usage")
  expect_error(one_based(origin = c(label = 1)), "origin has label", class = "parity_usage")
})
