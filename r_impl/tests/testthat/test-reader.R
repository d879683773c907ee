# The reader of the fixtures and the comparison are themselves tested: what they let through would prove nothing.

json <- function(text, name = "x", integers = character()) {
  as_value(jsonlite::fromJSON(text, simplifyVector = FALSE), name, integers)
}

test_that("numbers arrive exactly", {
  expect_identical(json("0.1"), 0.1)
  expect_identical(json("3"), 3)
  expect_identical(json("3", "n", "n"), 3L)
  expect_identical(json("5e-324"), 2^-1074)
  expect_identical(json("1.7976931348623157e308"), .Machine$double.xmax)
  expect_identical(json("[0.30571432905300031, 9007199254740993]"), c(0.30571432905300031, 2^53))
  expect_identical(1 / json("[-0.0, 0.0]"), c(-Inf, Inf))
  expect_identical(1 / json("-0.0"), -Inf)
  x <- c(1 / 3, exp(1), 1e-300 / 7, 123456789 / 1e5)
  expect_identical(json(paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")), x)
})

test_that("spelled-out numbers are numbers", {
  expect_identical(json('["NaN", 1, "NA", "-Inf", "Inf"]'), c(NaN, 1, NA, -Inf, Inf))
  expect_true(is.nan(json('"NaN"')))
  expect_true(is.na(json('"NA"')) && !is.nan(json('"NA"')))
  expect_identical(json('["NaN", "NaN"]'), c(NaN, NaN))
  expect_identical(json('"same"'), "same")
})

test_that("nested lists are arrays with the last index running fastest in the file", {
  expect_identical(json("[[1, 2, 3], [4, 5, 6]]"), rbind(c(1, 2, 3), c(4, 5, 6)))
  expect_identical(json("[1, 2]"), c(1, 2))
  expect_identical(json("[[[1, 2]], [[3, 4]]]")[2, 1, 2], 4)
  expect_identical(dim(json("[[], []]")), c(2L, 0L))
  expect_identical(json("[]"), numeric(0))
  expect_identical(json("[[1], [2]]", "t", "t"), matrix(1:2))
  expect_error(json("[[1, 2], [3]]"), "ragged")
})

test_that("lists, functions and draws are understood", {
  expect_identical(json('{"list": [[1, 2], 3]}'), list(c(1, 2), 3))
  expect_identical(json('{"W": [1], "b": 2}'), list(W = 1, b = 2))
  expect_identical(json('{"function": {"python": "m:f", "r": "deepscratch::function_2"}}'), function_2)
  expected <- np_randn(np_random_state(7), 2, 3)
  drawn <- json('{"random": {"W": {"randn": [2, 3], "seed": 7, "scale": 0.5, "shift": 1}, "b": {"rand": []}}, "c": 1}')
  expect_identical(drawn$W, expected$value * 0.5 + 1)
  expect_identical(drawn$b, np_rand(expected$state)$value)
  expect_identical(drawn$c, 1)
  whole <- json('{"t": {"randint": [4], "low": 2, "high": 9, "seed": 1}}', "o", "t")$t
  expect_identical(whole, np_randint(np_random_state(1), 2, 9, 4)$value)
  expect_error(json('{"x": {"randn": [2]}}'), "without a seed")
})

test_that("a single wrong element among many is seen, and so are shapes, masks and what is missing", {
  tolerance <- list(rtol = 1e-12, atol = 1e-13)
  x <- matrix(as.numeric(1:10000), nrow = 100)
  wrong <- x * (1 + 1e-14)
  expect_null(mismatch(wrong, x, tolerance))
  wrong[3, 2] <- wrong[3, 2] + 1e-4
  # all.equal() averages over the elements that differ at all, and lets this one pass.
  expect_true(isTRUE(all.equal(wrong, x, tolerance = 1e-9)))
  expect_match(mismatch(wrong, x, tolerance), "[3, 2]", fixed = TRUE)
  expect_null(mismatch(x, x, tolerance))
  expect_match(mismatch(t(x[1:2, ]), x[1:2, ], tolerance), "shape 100 x 2, expected 2 x 100")
  expect_match(mismatch(c(1, NaN), c(1, 2), tolerance), "1 of 2")
  expect_match(mismatch(c(1, NA), c(1, NaN), tolerance), "1 of 2")
  expect_match(mismatch(c(-Inf, 1), c(Inf, 1), tolerance), "1 of 2")
  expect_null(mismatch(c(NaN, Inf, NA, -Inf), c(NaN, Inf, NA, -Inf), tolerance))
  expect_match(mismatch("1", 1, tolerance), "no number")
  expect_failure(expect_close(NULL, 1, tolerance), "is missing")
  expect_failure(expect_close(2, 1, tolerance), "1 of 1 elements differ")
})

test_that("a printed number allows half a unit of its last digit and no more", {
  tolerance <- list(rtol = 0, atol = 0)
  expect_null(mismatch(0.123454, 0.12345, tolerance, list(decimals = 5)))
  expect_match(mismatch(0.123456, 0.12345, tolerance, list(decimals = 5)), "1 of 1")
  expect_null(mismatch(c(1234.4, 0.0012344), c(1234, 0.001234), tolerance, list(significant = 4)))
  expect_match(mismatch(c(1234.4, 0.0012346), c(1234, 0.001234), tolerance, list(significant = 4)), "[2]", fixed = TRUE)
})

# A fixture of one Affine case, to be spoiled in various ways.
affine <- function(change = identity) {
  fixture <- jsonlite::fromJSON(simplifyVector = FALSE, '{
    "r": "deepscratch::Affine", "tolerance": {"rtol": 1e-12, "atol": 1e-13},
    "derivatives": {"call": "forward", "of": "out", "along": "dout", "pairs": {"x": "dx", "W": "dW", "b": "db"}},
    "cases": [{"id": "one", "make": {"W": [[3, 4, 5], [6, 7, 8]], "b": [9, 10, 11]},
      "calls": [{"do": "forward", "with": {"x": [[1, 2], [3, 4]]}, "returns": "out"},
                {"do": "backward", "with": {"dout": [[1, -2, 3], [-4, 5, 0.5]]}, "returns": "dx"}]}]}')
  read_case(fixture, change(fixture$cases[[1L]]))
}

test_that("arguments are filled by name, and none is left over or out", {
  expect_identical(value_of(run_case(affine(), 1), "out"), rbind(c(24, 28, 32), c(42, 50, 58)))
  unknown <- affine(function(case) {
    case$calls[[1]]$with$y <- 1
    case
  })
  expect_error(run_case(unknown), "no formal of Affine.forward takes y")
  short <- affine(function(case) {
    case$make$b <- NULL
    case
  })
  expect_error(run_case(short), "Affine.forward needs b")
})

test_that("the gradient check passes right gradients and catches wrong ones", {
  for (path in c("x", "W", "b")) expect_null(gradient_mismatch(affine(), path, paste0("d", path)))
  crossed <- affine()
  crossed$make$W <- rbind(c(3, -4), c(0.5, 7))
  crossed$make$b <- c(1, 2)
  crossed$calls[[2]]$arguments$dout <- rbind(c(1, -2), c(3, 0.5))
  expect_match(gradient_mismatch(crossed, "W", "dx"), "differ")
  expect_match(gradient_mismatch(affine(), "W", "db"), "another shape")
  expect_match(gradient_mismatch(affine(), "nothing", "dx"), "no such input")
})
