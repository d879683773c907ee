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

test_that("forms that JSON lacks are understood", {
  expect_identical(json('{"integer": [[1, 2], [3, 4]]}'), rbind(c(1L, 2L), c(3L, 4L)))
  expect_identical(json('{"integer": 7}'), 7L)
  expect_identical(json('{"text": "NA"}'), "NA")
  expect_identical(json('{"text": ["a", null, "NA"]}'), c("a", NA, "NA"))
  expect_identical(json('{"text": [["a", "b", null], ["c", "d", "e"]]}'), rbind(c("a", "b", NA), c("c", "d", "e")))
  cube <- json('{"text": [[["a"], ["b"]], [["c"], ["d"]], [["e"], ["f"]]]}')
  expect_identical(dim(cube), c(3L, 2L, 1L))
  expect_identical(cube[3, 1, 1], "e")
  expect_identical(json('{"named": {"a": 1.5, "b": "NA"}}'), c(a = 1.5, b = NA))
  expect_identical(json('{"named": {"a": 1, "b": 2}}', "n", "n"), c(a = 1L, b = 2L))
  expect_identical(json('{"named": {"a": "x", "b": "y"}}'), c(a = "x", b = "y"))
  expect_identical(json('{"factor": ["b", null, "B", "b"]}'), factor(c("b", NA, "B", "b"), levels = c("B", "b")))
  expect_identical(
    json('{"factor": ["lo", "hi"], "levels": ["lo", "mid", "hi"], "ordered": true}'),
    factor(c("lo", "hi"), levels = c("lo", "mid", "hi"), ordered = TRUE)
  )
  expect_identical(json('{"date": ["2020-02-29", "NA", null]}'), as.Date(c("2020-02-29", NA, NA)))
  expect_identical(json('{"date": "1969-12-31"}'), as.Date("1969-12-31"))
})

test_that("a fixture without a tolerance is refused, and none is invented", {
  fixture <- list(r = "deepscratch::Affine")
  expect_error(read_case(fixture, list(id = "one", calls = list())), "no tolerance: one")
})

test_that("other names, other axes and other places of values are those of the fixture, and over it of the case", {
  fixture <- jsonlite::fromJSON(simplifyVector = FALSE, '{
    "r": "deepscratch::Affine", "tolerance": {"rtol": 1e-12, "atol": 1e-13},
    "names": {"r": {"input": "x", "weights": "W"}, "python": {"b": "bias"}},
    "values": {"first": {"python": "out", "r": "dim(.$out)"}},
    "layout": {"r": {"input": "n c -> n c"}},
    "derivatives": {"call": "forward", "of": "out", "along": "dout", "pairs": {"input": "dx", "weights": "dW"}},
    "cases": [{"id": "one", "make": {"weights": [[3, 4, 5], [6, 7, 8]], "b": [9, 10, 11]},
      "values": {"first": {"r": ".$out[1, ]"}},
      "layout": {"r": {"input": "c n -> n c", "dx": "c n -> n c"}},
      "calls": [{"do": "forward", "with": {"input": [[1, 3, 0], [2, 4, 1]]}, "returns": "out", "compare": ["first"]},
                {"do": "backward", "with": {"dout": [[1, -2, 3], [-4, 5, 0.5], [2, 1, 1]]}, "returns": "dx"}]}]}')
  case <- read_case(fixture, fixture$cases[[1L]])
  forward <- run_case(case, 1)
  expect_identical(value_of(forward, "out"), rbind(c(24, 28, 32), c(42, 50, 58), c(15, 17, 19)))
  expect_identical(value_of(forward, "first"), c(24, 28, 32))
  expect_identical(dim(value_of(run_case(case, 2), "dx")), c(2L, 3L))
  for (path in c("input", "weights")) expect_null(gradient_mismatch(case, path, case$derivatives$pairs[[path]]))
  expect_identical(permutation("n c h w -> h w c n"), c(3L, 4L, 2L, 1L))
  x <- array(1:24, 1:4)
  there <- aperm(x, permutation("n c h w -> h w c n"))
  expect_identical(there[2, 3, 1, 1], x[1, 1, 2, 3])
  expect_identical(aperm(there, permutation("n c h w -> h w c n", back = TRUE)), x)
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
  expect_match(mismatch("1", 1, tolerance), "is character, expected numeric")
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

test_that("a call goes to the function that \"as\" gives, and to no other", {
  other <- affine(function(case) {
    case$calls[[1]]$as <- list(r = "function(W, b, x) list(out = 2 * Affine.forward(W, b, x)$out)")
    case
  })
  expect_identical(value_of(run_case(other, 1), "out"), 2 * rbind(c(24, 28, 32), c(42, 50, 58)))
  expect_identical(value_of(run_case(affine(), 1), "out"), rbind(c(24, 28, 32), c(42, 50, 58)))
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

test_that("the gradient check takes the tolerance that the derivatives declare, and no other", {
  softmax <- function(delta, tolerance = NULL) {
    fixture <- jsonlite::fromJSON(simplifyVector = FALSE, '{
      "r": "deepscratch::SoftmaxWithLoss", "integers": ["t"], "tolerance": {"rtol": 1e-12, "atol": 1e-13},
      "derivatives": {"call": "forward", "of": "loss", "along": "dout", "pairs": {"x": "dx"}},
      "cases": [{"id": "one", "calls": [
        {"do": "forward", "with": {"x": [[0.5, -1, 2], [1.5, 0.25, -0.5]], "t": [0, 2]}, "returns": "loss"},
        {"do": "backward", "with": {"dout": 1}, "returns": "dx"}]}]}')
    case <- fixture$cases[[1L]]
    case$make <- list(delta = delta)
    case <- read_case(fixture, case)
    case$derivatives$tolerance <- tolerance
    gradient_mismatch(case, "x", "dx")
  }
  expect_null(softmax(0))
  expect_null(softmax(0, list(rtol = 1e-9, atol = 0)))
  # The gradient leaves delta out: it is off by about delta / y, where y is 0.18 and 0.09.
  expect_match(softmax(1e-3), "differ")
  expect_null(softmax(1e-3, list(rtol = 0.02, atol = 0)))
  expect_match(softmax(1e-3, list(rtol = 0.005, atol = 0)), "differ")
  # 1e-6, which nobody declared, would hide this.
  expect_null(softmax(1e-7))
  expect_match(softmax(1e-7, list(rtol = 1e-8, atol = 0)), "differ")
  expect_null(softmax(1e-7, list(rtol = 2e-6, atol = 0)))
  expect_match(softmax(1e-3, list(rtol = 0, atol = 10)), "zeros would pass")
  expect_error(softmax(0, list(rtol = 1e-6)), "no tolerance: atol")
})

test_that("formals are filled as the verifier fills them", {
  called <- function(f) list(title = "f", f = f, signature = r_side()$signature_of(f))
  f <- function(x, y = 2, ...) NULL
  places <- list(with = list(x = 1, z = 3), state = list(y = 4), results = list(), make = list(x = 5, y = 6, w = 7))
  expect_identical(filled(called(f), places, "w"), list(x = 1, y = 4, z = 3, w = 7))
  expect_identical(filled(called(function(x, y) NULL), list(with = list(x = NULL, y = 1)), character()), list(x = NULL, y = 1))
  # missing(y) is asked about: y may be left out.
  expect_identical(filled(called(function(x, y) if (missing(y)) x), list(with = list(x = 1)), character()), list(x = 1))
  expect_error(filled(called(function(x, y) x), list(with = list(x = 1)), character()), "f needs y")
  loose <- affine(function(case) {
    case$make$bias <- 1
    case
  })
  expect_error(run_case(loose), "no formal of Affine's functions takes bias")
})

test_that("without the verifier beside the fixtures, it is said what is missing", {
  folder <- tempfile()
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  expect_error(read_side(file.path(folder)), "there is no .*parity/subjects/r_side/plan.R")
})

test_that("state goes on from call to call, past errors that are asked for", {
  fixture <- jsonlite::fromJSON(simplifyVector = FALSE, '{
    "r": "deepscratch::NumpyStream", "integers": ["size"], "tolerance": {"rtol": 0, "atol": 0},
    "cases": [{"id": "one", "make": {"seed": 42}, "calls": [
      {"do": "rand", "with": {"size": 2}, "returns": "value", "state": ["state"]},
      {"do": "choice", "with": {"a": 2, "size": 3, "replace": false}, "raises": {"python": {"class": "ValueError", "text": "larger"}, "r": {"text": "more than"}}},
      {"do": "rand", "with": {"size": 2}, "returns": "value", "state": ["state"]}]}]}')
  case <- read_case(fixture, fixture$cases[[1L]])
  runs <- run_calls(case)
  expect_identical(c(runs[[1]]$result$value, runs[[3]]$result$value), np_rand(np_random_state(42), 4)$value)
  expect_match(conditionMessage(runs[[2]]$error), "more than there is")
  expect_error(run_case(case, 2), "more than there is")
  case$calls[[2]]$raises <- NULL
  expect_error(run_calls(case), "more than there is")
  case$calls[[2]]$arguments$size <- 2
  case$calls[[2]]$raises <- list(r = list(text = "more than"))
  expect_null(run_calls(case)[[2]]$error)
})

test_that("a warning is the one that is asked for by its class and its text", {
  heard <- with_warnings({
    warning("careful with 2")
    warning(structure(class = c("mine", "warning", "condition"), list(message = "of my own", call = NULL)))
    7
  })
  expect_identical(heard$value, 7)
  expect_length(heard$warnings, 2)
  expect_true(is_given(list(text = "careful"), heard$warnings))
  expect_true(is_given(list(class = "mine", text = "own"), heard$warnings))
  expect_false(is_given(list(text = "own"), heard$warnings))
  expect_false(is_given(list(class = "mine", text = "careful"), heard$warnings))
  expect_false(is_given(list(text = "careful"), list()))
})

test_that("a long call is made in pieces that go on from one another", {
  expect_identical(pieces(NULL), NA)
  expect_equal(pieces(list(steps = 10, every = 4, first = 1)), c(1, 4, 4, 1))
  expect_equal(pieces(list(steps = 9, every = 3)), c(3, 3, 3))
  expect_equal(pieces(list(steps = 3, every = 10)), 3)
  fixture <- jsonlite::fromJSON(simplifyVector = FALSE, '{
    "r": "deepscratch::IrisRun", "tolerance": {"rtol": 0, "atol": 0}, "cases": [{"id": "one", "make": {"seed": 3, "lr": 0.5}, "calls": [
      {"do": "train", "returns": "loss", "compare": ["params"], "state": ["state"],
       "trajectory": {"steps": 8, "every": 3, "first": 1, "series": ["loss"]}}]}]}')
  run <- run_case(read_case(fixture, fixture$cases[[1L]]))
  at_once <- IrisRun.train(8, seed = 3, lr = 0.5)
  expect_length(run$pieces, 4)
  expect_identical(run$result$params, at_once$params)
  expect_identical(unlist(lapply(run$pieces, function(piece) piece$result$loss)), at_once$loss)
})

test_that("fixtures to be run on request are left out, and files are named from their fixture", {
  folder <- tempfile()
  dir.create(file.path(folder, "some"), recursive = TRUE)
  on.exit(unlink(folder, recursive = TRUE))
  writeLines('{"r": "deepscratch::f", "cases": [{"make": {"path": {"file": "../some"}}}]}', file.path(folder, "some/a.json"))
  writeLines('{"r": "deepscratch::g", "on_request": {"en": "slow"}, "cases": []}', file.path(folder, "some/b.json"))
  writeLines('{"r": "other::h", "cases": []}', file.path(folder, "some/c.json"))
  found <- read_fixtures(folder)
  expect_identical(names(found), "some/a")
  expect_identical(
    as_arguments(found[["some/a"]]$cases[[1L]]$make, character())$path, normalizePath(file.path(folder, "some"))
  )
})
