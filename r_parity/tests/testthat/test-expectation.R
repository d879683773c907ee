test_that("agreement succeeds and a difference fails with the block", {
  needs_python()
  expect_success(expect_parity(scaled, "port:scale", x = m, path = beside()))
  expect_failure(expect_parity(scaled, "port:scale_by_n", x = m, path = beside()), "scaled / port:scale_by_n / call / out")
  expect_failure(expect_parity(scaled, "nowhere:scale", x = m, path = beside()), "there is no Python module nowhere")
  expect_failure(expect_parity("sqrt", "port:divide", x = 9, names = c(x = "a"), path = beside(), info = "as in 1.2"), "as in 1.2")
})

# What an expectation comes to: the class of the condition that testthat is told, and its message.
outcome_of <- function(expectation) {
  of <- function(name) function(condition) c(name, conditionMessage(condition))
  tryCatch(expectation,
    skip = of("skip"), expectation_failure = of("failure"), expectation_success = of("success"), error = of("error")
  )
}

test_that("without Python the test is skipped with the reason, and in CI it fails", {
  in_an_environment <- function(ci) {
    with_options(list(parity.python = "/no/such/python", parity.path = beside()), {
      with_variables(c(NOT_CRAN = "true", CI = ci), outcome_of(expect_parity(sqrt, "port:root", x = 4)))
    })
  }
  for (unset in c("", "false", "0")) {
    outcome <- in_an_environment(unset)
    expect_identical(outcome[[1]], "skip")
    expect_match(outcome[[2]], "nothing was compared: the option parity.python names /no/such/python")
  }
  for (set in c("true", "1", "yes")) {
    outcome <- in_an_environment(set)
    expect_identical(outcome[[1]], "failure")
    expect_match(outcome[[2]], "nothing was compared, and CI is set")
  }
})

test_that("a Python without parity is told apart from none", {
  bare <- Sys.which("Rscript") # a program, and none that can import parity
  with_options(list(parity.python = unname(bare)), {
    expect_error(parity_python(), "which cannot import parity", class = "parity_unavailable")
  })
})

test_that("on CRAN it is skipped, unless CI is set", {
  needs_python()
  on_cran <- function(ci) {
    with_variables(c(NOT_CRAN = "false", CI = ci), outcome_of(expect_parity(sqrt, "port:root", x = 4, path = beside())))
  }
  if (!interactive()) expect_identical(on_cran("")[[1]], "skip")
  expect_identical(on_cran("true")[[1]], "success")
})

test_that("a Python that ends without a verdict is an error, not a skip", {
  needs_python()
  with_options(list(parity.backend = "process"), with_variables(c(NOT_CRAN = "true", CI = ""), {
    for (status in c(0, 3)) {
      expect_error(
        expect_parity(function(x) 1, "port:ends", x = status, path = beside()), "Python gave no verdict",
        class = "parity_broken"
      )
    }
  }))
})

test_that("one Python for the session sees each folder's module, and a file that was edited", {
  needs_python()
  folders <- c(tempfile(), tempfile())
  for (i in 1:2) {
    dir.create(folders[[i]])
    writeLines(sprintf("def f(x):\n    return x + %d", i), file.path(folders[[i]], "same.py"))
  }
  agrees <- function(n, folder) check_parity(function(x) x + n, "same:f", x = 1, path = folder)$ok
  expect_identical(c(agrees(1, folders[[1]]), agrees(1, folders[[2]]), agrees(2, folders[[2]])), c(TRUE, FALSE, TRUE))
  writeLines("def f(x):\n    return x + 3", file.path(folders[[2]], "same.py"))
  expect_identical(c(agrees(2, folders[[2]]), agrees(3, folders[[2]])), c(FALSE, TRUE))
})

test_that("Python's code cannot read the requests, and may close what it prints to", {
  needs_python()
  expect_identical(check(function(x) "", "port:reads", x = 1)$ok, TRUE)
  expect_identical(check(scaled, "port:scale", x = m)$ok, TRUE)
})

test_that("a check that takes too long is given up, and the next one is made", {
  needs_python()
  with_options(list(parity.backend = "process", parity.timeout = 1), {
    expect_error(check(function(x) x, "port:sleeps", x = 60), "longer than the option parity.timeout", class = "parity_broken")
  })
  expect_identical(check(scaled, "port:scale", x = m)$ok, TRUE)
})

test_that("what does not say in what it agrees does not agree", {
  fields <- c("Status", "Count", "Text", "Evidence", "Pair", "Value", "Ok", "Code", "Absolute", "Message")
  record <- function(...) {
    row <- stats::setNames(rep("", length(fields)), fields)
    given <- c(...)
    row[names(given)] <- given
    row
  }
  engine <- list(python = "python3", backend = "process")
  compared <- record(Evidence = "agreement", Pair = "python-r", Value = "out", Ok = "true", Count = "1", Absolute = "NA")
  good <- rbind(record(Status = "agree", Count = "1", Text = "agree"), compared)
  expect_identical(result_of(good, engine)$ok, TRUE)
  nothing <- rbind(record(Status = "agree", Count = "0", Text = "agree"), compared)
  expect_error(result_of(nothing, engine), class = "parity_broken")
  alone <- good[1L, , drop = FALSE]
  expect_error(result_of(alone, engine), class = "parity_broken")
  good[2L, "Ok"] <- "false"
  expect_error(result_of(good, engine), class = "parity_broken")
  good[1L, "Status"] <- "Agree!"
  expect_identical(result_of(good, engine)$ok, FALSE)
})

test_that("which reticulate works with which NumPy", {
  expect_match(too_old("1.28", "2.4.6"), "NumPy 2.4.6 needs reticulate 1.39 or newer, and this is 1.28")
  expect_match(too_old("1.37.0", "2.0.2"), "needs reticulate 1.38")
  expect_null(too_old("1.38.0", "2.0.2"))
  expect_match(too_old("1.38.0", "2.1.0"), "needs reticulate 1.39")
  expect_null(too_old("1.39.0", "2.10.0"))
  expect_null(too_old("1.28", "1.26.4"))
})
