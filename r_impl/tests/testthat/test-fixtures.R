# Every case of the shared fixtures, R side, with no Python: what a source printed or a hand computed must come out,
# what has no such value must at least run and be finite, and each gradient is held against numeric differentiation.

check_call <- function(case, call, run) {
  label <- function(path) paste0(call$do, " / ", path)
  if (!is.null(call$raises)) {
    said <- if (is.null(run$error)) "nothing" else conditionMessage(run$error)
    expect_match(said, call$raises$r$text, fixed = TRUE, label = label("error"))
    expect_s3_class(run$error, call$raises$r$class %||% "simpleError")
    return()
  }
  warns <- call$warns$r
  if (!is.null(warns)) expect_true(is_given(warns, run$warnings), label = paste(label("warning"), warns$text))
  check_pieces(call, run, label)
  known <- known_to_differ(case, "r-expected")
  for (path in names(call$expected)) {
    expected <- leaves_of(path, call$expected[[path]])
    for (leaf in names(expected)) {
      actual <- value_of(run, leaf)
      if (sub("^.*[.]", "", leaf) %in% known) {
        expect_false(is.null(mismatch(actual, expected[[leaf]], case$tolerance, case$printed)), label = label(leaf))
      } else {
        expect_close(actual, expected[[leaf]], case$tolerance, case$printed, label(leaf))
      }
    }
  }
  gradients <- if (identical(call$do, case$derivatives$gradient)) unlist(case$derivatives$pairs)
  for (path in setdiff(unlist(c(call$returns, call$updates, call$compare, gradients)), names(call$expected))) {
    value <- value_of(run, path)
    expect_false(is.null(value), label = paste(label(path), "is missing"))
    leaves <- leaves_of(path, value)
    for (leaf in setdiff(names(leaves), names(call$expected))) {
      if (is.character(leaves[[leaf]])) {
        expect_false(anyNA(leaves[[leaf]]), label = paste(label(leaf), "is missing a text"))
        next
      }
      expect_true(is.numeric(leaves[[leaf]]) || is.logical(leaves[[leaf]]), label = paste(label(leaf), "is a number"))
      expect_true(no_surprises(leaves[[leaf]], call, case), label = paste(label(leaf), "is finite"))
    }
  }
}

# The values that a known divergence says differ in this pair.
known_to_differ <- function(case, pair) {
  unlist(lapply(case$differs$what, function(one) if (pair %in% unlist(one$pairs)) unlist(one$names)))
}

# A long call: each piece has one finite number for each of its steps, and the last one is good enough.
check_pieces <- function(call, run, label) {
  for (piece in run$pieces) {
    for (name in unlist(call$trajectory$series)) {
      series <- value_of(list(result = piece$result, returns = run$returns), name)
      expect_length(series, piece$steps)
      expect_true(all(is.finite(series)), label = paste(label(name), "is finite"))
    }
  }
  for (name in names(call$trajectory$least)) {
    expect_gte(value_of(run, name), call$trajectory$least[[name]], label = label(name))
  }
}

# NaN and infinities may come out only where some went in.
no_surprises <- function(value, call, case) {
  given <- unlist(list(case$make, lapply(case$calls, function(call) call$arguments)))
  all(is.finite(value)) || any(!is.finite(suppressWarnings(as.numeric(Filter(is.numeric, as.list(given))))))
}

check_gradients <- function(case) {
  dos <- vapply(case$calls, function(call) call$do, "")
  if (is.null(case$derivatives) || !all(c(case$derivatives$call, case$derivatives$gradient) %in% dos)) {
    return()
  }
  known <- known_to_differ(case, "gradient-r")
  for (path in names(case$derivatives$pairs)) {
    gradient <- case$derivatives$pairs[[path]]
    wrong <- gradient_mismatch(case, path, gradient)
    if (gradient %in% known || path %in% known) {
      expect_false(is.null(wrong), label = paste(gradient, "is known to be wrong; that it agrees"))
    } else {
      expect(is.null(wrong), paste("gradient", gradient, wrong))
    }
  }
}

fixtures <- if (is.null(fixtures_dir())) list() else read_fixtures(fixtures_dir())

test_that("the shared fixtures are there", {
  if (is.null(fixtures_dir())) {
    skip("the shared fixtures are not beside this package; set DEEPSCRATCH_FIXTURES")
  }
  expect_gt(length(fixtures), 0)
})

for (name in names(fixtures)) {
  for (entry in fixtures[[name]]$cases) {
    test_that(paste0(name, ": ", entry$id), {
      case <- read_case(fixtures[[name]], entry)
      expect_gt(length(case$calls), 0)
      runs <- run_calls(case)
      for (i in seq_along(case$calls)) check_call(case, case$calls[[i]], runs[[i]])
      check_gradients(case)
    })
  }
}
