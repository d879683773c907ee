usage <- function(message, ...) expect_error(check(...), message, fixed = TRUE, class = "parity_usage")

test_that("what Python does not have is told by its name", {
  needs_python()
  said <- function(message, ...) {
    result <- check(...)
    expect_identical(result$status, "usage")
    expect_identical(result$ok, FALSE)
    expect_match(result$text, message, fixed = TRUE)
  }
  said("there is no Python module nowhere", sqrt, "nowhere:root", x = 4)
  said("port has no rot; expected one of", sqrt, "port:rot", x = 4)
  said("no parameter of root takes y", function(y) y, "port:root", y = 4)
  said("root needs x", function() 2, "port:root")
})

test_that("mistakes in the call are told by the argument", {
  needs_python()
  usage("python is \"port.root\"; expected a function of Python, as \"module:name\" (\"port:root\"?)", sqrt, "port.root", x = 4)
  usage("python is 3", sqrt, 3, x = 4)
  usage("object is 3; expected a function", 3, "port:root", x = 4)
  usage("object is \"no_such\", and R says", "no_such", "port:root", x = 4)
  usage("object is \"pi\", whose value is no function", "pi", "port:root", x = 4)
  usage("rtol is \"small\"", sqrt, "port:root", x = 4, rtol = "small")
  usage("atol is -1", sqrt, "port:root", x = 4, atol = -1)
  usage("returns is 3", sqrt, "port:root", x = 4, returns = 3)
  usage("values is \"a\"", sqrt, "port:root", x = 4, values = "a")
  usage("values$a is \"b\"", sqrt, "port:root", x = 4, values = list(a = "b"))
  usage("names has y, and there is nothing of that name", sqrt, "port:root", x = 4, names = c(y = "x"))
  usage("layout is \"a b\"", sqrt, "port:root", x = 4, layout = "a b")
  usage("only is list(x = 1)", sqrt, "port:root", x = 4, only = list(x = 1))
  usage("only$python has x, which both sides get", sqrt, "port:root", x = 4, only = list(python = list(x = 1)))
  usage("raises is list(java = \"a\")", sqrt, "port:root", x = 4, raises = list(java = "a"))
  usage("expected names b, which is not compared; expected one of out", sqrt, "port:root", x = 4, expected = list(b = 2))
  usage("both values and returns", sqrt, "port:root", x = 4, returns = "a", values = list(a = list(python = "_", r = ".")))
  expect_error(check_parity(sqrt, "port:root", x = 4, path = "no/such"), "path is \"no/such\"", class = "parity_usage")
  expect_error(check_parity(sqrt), "python is missing", class = "parity_usage")
  expect_error(python_object("numpy.tanh"), "\"numpy:tanh\"?", fixed = TRUE, class = "parity_usage")
})

test_that("an argument that R would take for one of ours is not taken silently", {
  expect_error(check_parity(sqrt, "port:root", p = 4), "R takes the argument p for python", class = "parity_usage")
  expect_error(expect_parity(sqrt, "port:root", o = 4), "R takes the argument o for object", class = "parity_usage")
})

test_that("an argument that is called like one of ours goes by args", {
  needs_python()
  f <- function(rtol) rtol / 2
  expect_identical(check(f, "port:divide", args = list(rtol = 3), names = c(rtol = "a"))$ok, TRUE)
})

test_that("a label comes back as it was given", {
  needs_python()
  label <- " 50%0A\n%20 \u00e9 "
  result <- check_parity(sqrt, "port:root", x = 4, path = beside(), label = label)
  expect_identical(result$text, paste0(label, " and port:root agree: 1 compared"))
})
