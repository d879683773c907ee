# One check holds many values: which of them agree is seen from its findings.
agree <- function(values, codes) {
  result <- check(function() values, "port:evaluated", only = list(python = list(codes = codes)))
  found <- result$findings[result$findings$evidence == "agreement", ]
  ok <- vapply(names(values), function(name) {
    mine <- found$value == paste0("out.", name) | startsWith(found$value, paste0("out.", name, "."))
    any(mine) && all(found$ok[mine])
  }, NA)
  structure(ok, result = result)
}

codes_of <- function(found, name) attr(found, "result")$findings$code[attr(found, "result")$findings$value == paste0("out.", name)]

tiny <- 4.9406564584124654e-324

test_that("values that are the same in both languages agree", {
  needs_python()
  values <- list(
    number = 0.1, minus_zero = c(-0, 1), tiny = c(tiny, .Machine$double.xmax), large = c(2^53 + 2, 1e22, 123456789012345678),
    odd = c(NA, NaN, Inf, -Inf, 1), whole = c(-2147483647L, 7L), whole_na = c(1L, NA), truth = c(TRUE, FALSE),
    text = c("a", "\u00e9\u3042", "line\nend \"quoted\" \\ \t", ""), text_na = c("NA", NA), matrix = matrix(1:6, 2),
    cube = array(as.double(1:24), c(2, 3, 4)), named = c(a = 1.5, b = 2), list = list(1, "a"), nested = list(a = list(b = 3)),
    nothing = NULL, empty = list(1, list()), date = as.Date(c("0033-04-03", "1969-12-31", NA)),
    time = as.POSIXct(c(0.5, 1e9 + 0.123456, NA), origin = "1970-01-01", tz = "UTC"),
    new_york = as.POSIXct("2020-07-01 12:00:00", tz = "America/New_York"),
    factor = factor(c("b", "a", NA), levels = c("b", "a")), bytes = as.raw(c(0, 255))
  )
  codes <- list(
    number = "0.1", minus_zero = "np.array([-0.0, 1])", tiny = "np.array([5e-324, 1.7976931348623157e308])",
    large = "np.array([9007199254740994.0, 1e22, 123456789012345680.0])",
    odd = "np.concatenate([np.array([0x7FF00000000007A2], 'u8').view('f8'), [nan, inf, -inf, 1]])",
    whole = "np.array([-2147483647, 7])", whole_na = "np.array([1.0, np.array([0x7FF00000000007A2], 'u8').view('f8')[0]])",
    truth = "[True, False]", text = "['a', '\\u00e9\\u3042', 'line\\nend \"quoted\" \\\\ \\t', '']",
    text_na = "np.array(['NA', None], dtype=np.dtypes.StringDType(na_object=None))",
    matrix = "np.array([[1, 3, 5], [2, 4, 6]])",
    cube = "np.array([[[1., 7, 13, 19], [3, 9, 15, 21], [5, 11, 17, 23]], [[2, 8, 14, 20], [4, 10, 16, 22], [6, 12, 18, 24]]])",
    named = "pd.Series({'a': 1.5, 'b': 2.0})", list = "[1.0, 'a']", nested = "{'a': {'b': 3.0}}", nothing = "None",
    empty = "[1.0, []]", date = "np.array(['0033-04-03', '1969-12-31', 'NaT'], dtype='M8[D]')",
    time = "np.array(['1970-01-01T00:00:00.500000', '2001-09-09T01:46:40.123456', 'NaT'], dtype='M8[us]')",
    new_york = "np.array(['2020-07-01T16:00:00'], dtype='M8[s]')",
    factor = "pd.Categorical(['b', 'a', None], categories=['b', 'a'])", bytes = "np.array([0, 255], dtype=np.uint8)"
  )
  expect_identical(names(values), names(codes))
  found <- agree(values, codes)
  expect_identical(names(found)[!found], character())
  expect_identical(attr(found, "result")$ok, TRUE)
})

test_that("what differs in one thing only does not agree", {
  needs_python()
  values <- list(
    one_bit = 0.1, zero = c(0, 1), na = c(NA, 1), nan = c(NaN, 1), infinite = Inf, transposed = matrix(1:4 + 0, 2),
    text = "a", missing_text = c("NA", "b"), shape = matrix(1:6 + 0, 2), names = c(a = 1, b = 2), truth = TRUE,
    levels = factor(c("b", "a"), levels = c("b", "a")), ordered = factor(c("a", "b"), ordered = TRUE),
    date = as.Date("2020-02-29"), time = as.POSIXct(0.001, origin = "1970-01-01", tz = "UTC"), member = list(a = 1),
    longer = list(1, 2, 3), nothing = NULL, closure = sum, home = globalenv(), span = as.difftime(1, units = "mins"),
    partly = list(a = 1, 2), rows = matrix(1:2 + 0, 1, dimnames = list(NULL, c("x", "y")))
  )
  codes <- list(
    one_bit = "np.nextafter(0.1, 1)", zero = "np.array([-0.0, 1])", na = "np.array([nan, 1])",
    nan = "np.array([0x7FF00000000007A2, 0x3FF0000000000000], 'u8').view('f8')", infinite = "-inf",
    transposed = "np.array([[1., 2], [3, 4]])", text = "'A'",
    missing_text = "np.array([None, 'b'], dtype=np.dtypes.StringDType(na_object=None))",
    shape = "np.array([[1., 4], [2, 5], [3, 6]])", names = "pd.Series({'a': 1.0, 'c': 2.0})", truth = "1.0",
    levels = "pd.Categorical(['b', 'a'], categories=['a', 'b'])",
    ordered = "pd.Categorical(['a', 'b'], categories=['a', 'b'])", date = "np.array(['2020-03-01'], dtype='M8[D]')",
    time = "np.array(['1970-01-01T00:00:00.002'], dtype='M8[ms]')", member = "{'b': 1.0}", longer = "[1.0, 2.0]",
    nothing = "[]", closure = "sum", home = "{}", span = "1.0", partly = "{'a': 1.0}",
    rows = "pd.Series({'x': 1.0, 'z': 2.0})"
  )
  expect_identical(names(values), names(codes))
  result <- check(function() values, "port:evaluated", only = list(python = list(codes = codes)), rtol = 0, atol = 0)
  wrong <- result$findings[result$findings$evidence == "agreement" & !result$findings$ok, ]
  named <- vapply(strsplit(wrong$value, ".", fixed = TRUE), `[`, "", 2L)
  expect_identical(setdiff(names(values), named), character())
  expect_identical(result$ok, FALSE)
})

test_that("every double goes over bit for bit", {
  needs_python()
  set.seed(7)
  for (size in c(900, 2000)) { # as digits, and as bytes
    doubles <- readBin(as.raw(sample(0:255, 8 * size, replace = TRUE)), "double", size)
    doubles <- c(doubles[is.finite(doubles)], Inf, NA, -0)
    # Python says the bits of what it got; R's are those that the numbers were made of.
    hex <- vapply(doubles, function(x) paste(writeBin(x, raw(), endian = "big"), collapse = ""), "")
    result <- check(function(x) hex, "port:hex", x = doubles)
    expect_identical(result$text, sprintf("f and port:hex agree: %d compared", length(doubles)))
    expect_gt(length(doubles), 0.9 * size)
  }
})

test_that("long vectors of every kind agree, and one element that differs is found", {
  needs_python()
  values <- function(n) {
    list(
      whole = seq_len(n), bytes = as.raw(seq_len(n) %% 256), complex = complex(real = seq_len(n), imaginary = -0.5),
      matrix = matrix(seq_len(n) / 2, ncol = 2)
    )
  }
  codes <- list(
    whole = "np.arange(1, n + 1)", bytes = "(np.arange(1, n + 1) % 256).astype(np.uint8)",
    complex = "np.arange(1, n + 1) - 0.5j", matrix = "np.arange(1, n + 1).reshape(2, -1).T / 2"
  )
  codes <- lapply(codes, function(code) gsub("\\bn\\b", "2002", code))
  expect_identical(check(function() values(2002L), "port:evaluated", only = list(python = list(codes = codes)))$ok, TRUE)
  other <- values(2002L)
  for (kind in names(other)) other[[kind]][[1999]] <- other[[kind]][[1998]]
  result <- check(function() other, "port:evaluated", only = list(python = list(codes = codes)))
  found <- result$findings[result$findings$evidence == "agreement", ]
  expect_identical(found$code, rep("value", 4))
})

test_that("texts are written as JSON has them", {
  expect_identical(json_text(c("a\"b\\", NA, "", "\n\t\001\177")), c("\"a\\\"b\\\\\"", "null", "\"\"", "\"\\u000a\\u0009\\u0001\\u007f\""))
  latin <- "\xe9"
  Encoding(latin) <- "latin1"
  expect_identical(json_text(latin), "\"\u00e9\"")
})

test_that("bytes are written as RFC 4648 has them", {
  examples <- c(f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==", fooba = "Zm9vYmE=", foobar = "Zm9vYmFy")
  expect_identical(vapply(names(examples), function(text) base64(charToRaw(text)), ""), examples)
})
