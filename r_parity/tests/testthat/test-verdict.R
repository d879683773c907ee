test_that("two that agree pass, and a fault in either fails with its place", {
  needs_python()
  expect_identical(check(scaled, "port:scale", x = m)$text, "f and port:scale agree: 6 compared, at most 1 ulp apart")
  in_python <- check(scaled, "port:scale_by_n", x = m)
  expect_identical(in_python$ok, FALSE)
  expect_match(in_python$text, "f / port:scale_by_n / call / out[0, 1]  (R: out[1, 2])", fixed = TRUE)
  expect_match(in_python$text, "6 of 6 elements differ", fixed = TRUE)
  in_r <- check(function(x) t(scaled(t(x))), "port:scale", x = m)
  expect_identical(in_r$ok, FALSE)
})

test_that("the tolerance is the caller's", {
  needs_python()
  off <- function(a) a / 2 * (1 + 1e-6)
  expect_identical(check(function(a) a / 2 * (1 + 1e-10), "port:divide", a = 3)$ok, TRUE)
  expect_identical(check(off, "port:divide", a = 3)$ok, FALSE)
  expect_identical(check(off, "port:divide", a = 3, rtol = 1e-5)$ok, TRUE)
  expect_identical(check(off, "port:divide", a = 3, atol = 1e-5)$ok, TRUE)
})

test_that("what both are held against says who is wrong", {
  needs_python()
  result <- check(function(a) a / 3, "port:divide", a = 3, expected = list(out = 1.5))
  expect_match(result$text, "python  1.5      r  1      expected  1.5      r is wrong", fixed = TRUE)
  expect_identical(check(function(a) a / 2, "port:divide", a = 3, expected = list(out = 1.5))$ok, TRUE)
  expect_identical(check(function(a) a / 2, "port:divide", a = 3, expected = list(out = 2))$ok, FALSE)
})

test_that("values are read out of results", {
  needs_python()
  x <- c(1, 2, 3, 4)
  y <- c(2.1, 3.9, 6.2, 7.8)
  values <- list(
    slope = list(python = "slope", r = "coef(.)[[2]]"),
    intercept = list(python = "_.intercept", r = function(fit) stats::coef(fit)[[1]])
  )
  line <- function(x, y) stats::lm(y ~ x)
  expect_identical(check(line, "port:fit", x = x, y = y, values = values, rtol = 1e-9)$ok, TRUE)
  values$slope$r <- "coef(.)[[1]]"
  result <- check(line, "port:fit", x = x, y = y, values = values, rtol = 1e-9)
  expect_identical(result$findings$ok[result$findings$value == "slope"], FALSE)
  expect_identical(result$findings$ok[result$findings$value == "intercept"], TRUE)
  in_python <- list(slope = list(python = "1.0", r = "coef(.)[[2]] / coef(.)[[2]]"))
  said <- check(line, "port:fit", x = x, y = y, values = in_python, rtol = 1e-9)
  expect_match(said$text, "\"1.0\" does not look at the result", fixed = TRUE)
  in_r <- list(slope = list(python = "_.slope", r = "1"))
  expect_error(check(line, "port:fit", x = x, y = y, values = in_r), "does not look at the result", class = "parity_usage")
})

test_that("several values are compared by name", {
  needs_python()
  both <- function(x) list(low = min(x), high = max(x))
  expect_identical(check(both, "port:extremes", x = m, returns = c("low", "high"))$ok, TRUE)
  expect_identical(check(both, "port:extremes", x = m, returns = c("high", "low"))$ok, FALSE)
  lacking <- check(both, "port:extremes", x = m, returns = c("low", "top"))
  expect_match(lacking$text, "r gave no top", fixed = TRUE)
})

test_that("an error on one side fails, with what the other answered", {
  needs_python()
  python <- check(function(x) 2, "port:root", x = -4)
  expect_identical(python$ok, FALSE)
  expect_match(python$text, "ValueError: -4.0 is negative; R answered out = [2.0]", fixed = TRUE)
  r <- check(function(x) stop("no roots today"), "port:root", x = 4)
  expect_identical(r$ok, FALSE)
  expect_match(r$text, "simpleError: no roots today; Python answered out = 2.0", fixed = TRUE)
  both <- check(function(x) stop("no roots today"), "port:root", x = -4)
  expect_identical(both$ok, FALSE)
  expect_match(both$text, "every language refuses this call", fixed = TRUE)
})

test_that("errors and warnings can be asked for", {
  needs_python()
  root <- function(x) if (x < 0) stop("negative") else sqrt(x)
  asked <- list(python = c(class = "ValueError", text = "is negative"), r = "negative")
  expect_identical(check(root, "port:root", x = -4, raises = asked)$ok, TRUE)
  expect_identical(check(root, "port:root", x = 4, raises = asked)$ok, FALSE)
  other <- list(python = c(class = "TypeError", text = "is negative"), r = "negative")
  expect_identical(check(root, "port:root", x = -4, raises = other)$ok, FALSE)
  warned <- function(x) {
    warning("close to zero")
    sqrt(x)
  }
  expect_identical(check(warned, "port:root", x = 4, warns = list(r = "close to"))$ok, TRUE)
  expect_identical(check(sqrt, "port:root", x = 4, warns = list(r = "close to"))$ok, FALSE)
})

test_that("a function that does not repeat fails, and the session's random numbers go on as after one call", {
  needs_python()
  calls <- 0
  counting <- function(x) {
    calls <<- calls + 1
    calls + 1
  }
  result <- check(counting, "port:root", x = 4)
  expect_identical(result$findings$ok[result$findings$pair == "python-r"], TRUE)
  expect_identical(result$ok, FALSE)
  expect_match(result$text, "R gave another answer the second time", fixed = TRUE)
  set.seed(3)
  invisible(check(function(x) 2 + 0 * stats::runif(1), "port:root", x = 4))
  after <- stats::runif(1)
  set.seed(3)
  expect_identical(after, stats::runif(2)[[2]])
})

test_that("an argument that Python changes is told", {
  needs_python()
  result <- check(function(x) 99 + sum(x[-1]), "port:writes", x = c(1, 2))
  expect_identical(result$ok, FALSE)
  expect_match(result$text, "Python changed its argument x", fixed = TRUE)
})

test_that("Python's advice is in R's words", {
  needs_python()
  expect_identical(check(function(x, k) list(x, x), "port:twice", x = 1.5, k = 2L)$ok, TRUE)
  result <- check(function(x, k) list(x, x), "port:twice", x = 1.5, k = 2)
  expect_match(result$text, "R's 3 is a float in Python, and 3L an integer", fixed = TRUE)
})
