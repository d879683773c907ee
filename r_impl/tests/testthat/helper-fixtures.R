# Reads the shared fixtures and runs the R side of their cases. It needs jsonlite and nothing else: random inputs come
# from the package's own copy of NumPy's stream.

# The folder of the fixtures: DEEPSCRATCH_FIXTURES, or the first `fixtures` with a schema.json on the way up; else NULL.
fixtures_dir <- function() {
  named <- Sys.getenv("DEEPSCRATCH_FIXTURES")
  if (nzchar(named)) {
    if (!dir.exists(named)) stop("DEEPSCRATCH_FIXTURES names no folder: ", named, call. = FALSE)
    return(named)
  }
  here <- normalizePath(getwd())
  repeat {
    if (file.exists(file.path(here, "fixtures", "schema.json"))) {
      return(file.path(here, "fixtures"))
    }
    above <- dirname(here)
    if (above == here) {
      return(NULL)
    }
    here <- above
  }
}

# The fixtures of this package. Others (those whose "r" names another package) are not its business. Those to be run
# on request only, because they need data that must be fetched, are left out: a skipped test would say the same, but a
# skip must stay the sign that something is missing.
read_fixtures <- function(dir) {
  files <- setdiff(list.files(dir, "[.]json$", recursive = TRUE), "schema.json")
  files <- grep("(^|/)recorded/", files, value = TRUE, invert = TRUE)
  fixtures <- lapply(normalizePath(file.path(dir, files)), function(file) {
    absolute_files(jsonlite::fromJSON(file, simplifyVector = FALSE), dirname(file))
  })
  names(fixtures) <- sub("[.]json$", "", files)
  Filter(function(fixture) is.null(fixture$on_request) && startsWith(as.character(fixture$r), "deepscratch::"), fixtures)
}

# {"file": "…"} is relative to its fixture; here it becomes absolute.
absolute_files <- function(value, folder) {
  if (is.list(value) && identical(names(value), "file")) {
    return(list(file = normalizePath(file.path(folder, value$file))))
  }
  if (is.list(value)) lapply(value, absolute_files, folder) else value
}

# ---- values -------------------------------------------------------------------------------------------------------

SPELLED <- c("NaN" = NaN, "NA" = NA, "Inf" = Inf, "-Inf" = -Inf)

is_object <- function(value) is.list(value) && !is.null(names(value))

# `made` with the arguments of `override` in the place of its own, whole.
overridden <- function(made, override) {
  made[names(override)] <- override
  made
}

# A JSON value as an R value. `name` says whether its numbers are integers; `stream` holds the state of the draws.
as_value <- function(value, name, integers, stream = new_stream()) {
  if (is_object(value)) {
    return(as_object(value, name, integers, stream))
  }
  if (is.list(value)) {
    return(as_array(value, name, integers))
  }
  if (is.character(value) && value %in% names(SPELLED)) {
    return(SPELLED[[value]])
  }
  if (is.numeric(value)) {
    return(if (name %in% integers) as.integer(value) else as.numeric(value))
  }
  value
}

# Nested lists as an array whose element [i, j] is at [i + 1, j + 1]: JSON and NumPy run the last index fastest.
as_array <- function(value, name, integers) {
  extents <- length(value)
  while (length(value) > 0 && is.list(value[[1L]])) {
    lengths <- lengths(value)
    if (any(lengths != lengths[1L])) stop("a ragged array: ", name, call. = FALSE)
    extents <- c(extents, lengths[1L])
    value <- unlist(value, recursive = FALSE)
  }
  flat <- if (any(vapply(value, is.numeric, TRUE)) || length(value) == 0) {
    vapply(value, function(leaf) as.numeric(as_value(leaf, "", character())), 0)
  } else if (all(unlist(value) %in% names(SPELLED))) {
    unname(SPELLED[unlist(value)])
  } else {
    unlist(value)
  }
  if (name %in% integers) flat <- as.integer(flat)
  if (length(extents) == 1) flat else aperm(array(flat, rev(extents)))
}

as_object <- function(value, name, integers, stream) {
  if ("list" %in% names(value)) {
    return(lapply(value[["list"]], as_value, name, integers, stream))
  }
  form <- intersect(names(FORMS), names(value))
  if (length(form) > 0) {
    return(FORMS[[form[1L]]](value, name, integers))
  }
  if (identical(names(value), "file")) {
    return(value$file)
  }
  if ("function" %in% names(value)) {
    name <- strsplit(paste0("deepscratch::", value[["function"]]$r), "::", fixed = TRUE)[[1L]]
    package <- r_side()$load_package(name[length(name) - 1L])
    found <- r_side()$find_function(name[length(name)], package)
    if (is.null(found)) stop("R has no function ", value[["function"]]$r, call. = FALSE)
    return(found)
  }
  if (any(c("randn", "rand", "randint") %in% names(value))) {
    return(draw(value, name, integers, stream))
  }
  as_arguments(value, integers, stream)
}

# What JSON has no form for, by the key that says what it is. null is a text, a label or a day that is missing.
FORMS <- list(
  integer = function(value, name, integers) as_value(value[["integer"]], name, name),
  text = function(value, name, integers) as_texts(value[["text"]]),
  named = function(value, name, integers) {
    stats::setNames(as_array(unname(value[["named"]]), name, integers), names(value[["named"]]))
  },
  factor = function(value, name, integers) {
    labels <- as_texts(value[["factor"]])
    # Sorted by code point, as Python sorts, and not by the rules of a locale.
    levels <- if (is.null(value[["levels"]])) sort(unique(labels), method = "radix") else as.character(unlist(value$levels))
    factor(labels, levels = levels, ordered = isTRUE(value[["ordered"]]))
  },
  date = function(value, name, integers) {
    days <- as_texts(value[["date"]])
    days[days %in% "NA"] <- NA
    dates <- as.Date(as.vector(days), format = "%Y-%m-%d")
    if (is.null(dim(days))) dates else structure(dates, dim = dim(days))
  }
)

# A text, or nested lists of texts as an array, with NA for null.
as_texts <- function(value) {
  if (is.null(value)) {
    return(NA_character_)
  }
  if (!is.list(value)) {
    return(value)
  }
  if (length(value) > 0 && is.list(value[[1L]])) {
    rows <- lapply(value, as_texts)
    extents <- c(length(rows), shape_of(rows[[1L]]))
    # The rows lie one behind the other along the last axis, which becomes the first.
    return(aperm(array(unlist(rows), c(extents[-1L], extents[1L])), c(length(extents), seq_along(extents[-1L]))))
  }
  vapply(value, as_texts, "")
}

as_arguments <- function(value, integers, stream = new_stream()) {
  result <- list()
  for (name in names(value)) {
    members <- if (name == "random") value$random else value[name]
    for (member in names(members)) {
      result[member] <- list(as_value(members[[member]], member, integers, stream))
    }
  }
  result
}

# An environment, since a draw without a seed goes on where the one before it, somewhere in the same object, stopped.
new_stream <- function() new.env(parent = emptyenv())

draw <- function(entry, name, integers, stream) {
  # [[ ]], not $: entry$rand would also find "randint".
  if (!is.null(entry[["seed"]])) stream$state <- np_random_state(entry[["seed"]])
  if (is.null(stream$state)) stop("a draw without a seed, and none before it: ", name, call. = FALSE)
  extents <- as.numeric(unlist(entry[["randn"]] %||% entry[["rand"]] %||% entry[["randint"]]))
  size <- if (length(extents) > 0) extents
  drawn <- if (!is.null(entry[["randn"]])) {
    np_standard_normal(stream$state, size)
  } else if (!is.null(entry[["rand"]])) {
    np_random_sample(stream$state, size)
  } else {
    np_randint(stream$state, entry[["low"]] %||% 0, entry[["high"]], size)
  }
  stream$state <- drawn$state
  value <- drawn$value
  if (!is.null(entry[["scale"]])) value <- value * entry[["scale"]]
  if (!is.null(entry[["shift"]])) value <- value + entry[["shift"]]
  if (!name %in% integers) storage.mode(value) <- "double"
  value
}

`%||%` <- function(a, b) if (is.null(a)) b else a

# ---- running ------------------------------------------------------------------------------------------------------

# The element that a dotted path names: "grads.W1" by name, "params.0" by its place, counted from 0.
at_path <- function(value, path) {
  if (!is.list(value)) {
    return(NULL)
  }
  # A name may have dots in it.
  if (path %in% names(value)) {
    return(value[[path]])
  }
  key <- sub("[.].*$", "", path)
  inner <- if (key %in% names(value)) {
    value[[key]]
  } else if (grepl("^[0-9]+$", key) && as.integer(key) < length(value)) {
    value[[as.integer(key) + 1L]]
  }
  if (key == path) inner else at_path(inner, sub("^[^.]*[.]", "", path))
}

put_at_path <- function(value, path, leaf) {
  keys <- strsplit(path, ".", fixed = TRUE)[[1L]]
  key <- if (keys[1L] %in% names(value)) keys[1L] else as.integer(keys[1L]) + 1L
  value[[key]] <- if (length(keys) == 1) {
    leaf
  } else {
    put_at_path(value[[key]], paste(keys[-1L], collapse = "."), leaf)
  }
  value
}

# What a fixture says about R, and over it what the case says: `names`, `values` and `layout`.
said_of_r <- function(key, fixture, case) {
  both <- list(fixture[[key]], case[[key]])
  own <- if (key == "values") lapply(both, function(said) Filter(Negate(is.null), lapply(said, `[[`, "r"))) else lapply(both, `[[`, "r")
  overridden(as.list(own[[1L]]), as.list(own[[2L]]))
}

# "n c h w -> h w c n" as the permutation that aperm() takes, there or back.
permutation <- function(layout, back = FALSE) {
  axes <- strsplit(trimws(strsplit(layout, "->", fixed = TRUE)[[1L]]), "[[:space:]]+")
  if (back) match(axes[[1L]], axes[[2L]]) else match(axes[[2L]], axes[[1L]])
}

# Arguments as R takes them: with the order of axes and under the names that it has for them.
as_taken <- function(arguments, case) {
  for (name in intersect(names(arguments), names(case$layout))) {
    arguments[[name]] <- aperm(arguments[[name]], permutation(case$layout[[name]]))
  }
  renamed <- names(arguments) %in% names(case$names)
  names(arguments)[renamed] <- unlist(case$names[names(arguments)[renamed]])
  arguments
}

# A case with its values read: what `make` gives, and each call's arguments.
read_case <- function(fixture, case) {
  integers <- as.character(unlist(c(fixture$integers, case$integers)))
  derivatives <- if ("derivatives" %in% names(case)) case$derivatives else fixture$derivatives
  if (!is.null(derivatives)) derivatives$gradient <- derivatives$gradient %||% "backward"
  tolerance <- case$tolerance %||% fixture$tolerance
  if (is.null(tolerance)) stop("no tolerance: ", case$id, call. = FALSE)
  list(
    id = case$id, prefix = sub("^.*::", "", fixture$r), integers = integers, derivatives = derivatives,
    make = overridden(as_arguments(case$make, integers), as_arguments(case$only$r, integers)),
    calls = lapply(case$calls, function(call) {
      call$arguments <- overridden(as_arguments(call$with, integers), as_arguments(call$only$r, integers))
      last <- sub("^.*[.]([^.0-9][^.]*)", "\\1", sub("([.][0-9]+)+$", "", names(call$expect)))
      call$expected <- Map(function(value, name) as_value(value, name, integers), call$expect, last)
      call
    }),
    tolerance = tolerance, printed = case$printed, differs = case$differs, only = names(case$only$r),
    names = said_of_r("names", fixture, case), values = said_of_r("values", fixture, case),
    layout = said_of_r("layout", fixture, case)
  )
}

# Runs the first `count` calls and returns the last of them. Its error is an error, unless the call is to raise one.
run_case <- function(case, count = length(case$calls)) {
  last <- run_calls(case, count)[[count]]
  if (!is.null(last$error)) stop(last$error)
  last
}

# The functions of the verifier's R side, which lies beside the shared fixtures: how a call's formals are filled and
# where a function is looked up is decided there, for running a case, for its console and here. Without the fixtures the
# test is skipped, as those of the fixtures are.
r_side <- function() {
  if (is.null(side$functions)) {
    if (is.null(fixtures_dir())) {
      testthat::skip("the shared fixtures are not beside this package; set DEEPSCRATCH_FIXTURES")
    }
    side$functions <- read_side(fixtures_dir())
  }
  side$functions
}

read_side <- function(fixtures) {
  functions <- new.env(parent = baseenv())
  for (name in c("plan.R", "load.R")) {
    file <- file.path(dirname(normalizePath(fixtures)), "parity", "subjects", "r_side", name)
    if (!file.exists(file)) {
      stop("how formals are filled is read from beside the fixtures, but there is no ", file, call. = FALSE)
    }
    sys.source(file, envir = functions)
  }
  functions
}

side <- new.env(parent = emptyenv())

# The function that a call goes to, with its title and what it takes: that of its name, or the one that "as" gives.
function_of <- function(case, call) {
  do <- call$do
  title <- call$as$r %||% if (do == "call") case$prefix else paste0(case$prefix, ".", do)
  if (is.null(side[[title]])) {
    package <- asNamespace("deepscratch")
    f <- if (is.null(call$as$r)) r_side()$find_function(title, package) else eval(parse(text = title), package)
    if (is.null(f)) stop("deepscratch has no function ", title, call. = FALSE)
    side[[title]] <- list(title = title, f = f, signature = r_side()$signature_of(f))
  }
  side[[title]]
}

# Names of `make` that no formal takes, for functions that take `...`; without one, they are an error.
loose_of <- function(case, made) {
  signatures <- lapply(case$calls, function(call) function_of(case, call)$signature)
  loose <- r_side()$loose_names(names(made), signatures)
  takes <- unlist(lapply(signatures, function(signature) signature$names))
  if (length(loose) > 0 && !"..." %in% takes) {
    stop("no formal of ", case$prefix, "'s functions takes ", loose[1L], call. = FALSE)
  }
  loose
}

# The arguments of a call: each from where the plan says. What nobody takes, and what nobody fills, is an error.
filled <- function(called, places, loose) {
  names <- lapply(places, function(place) as.character(names(place)))
  plan <- r_side()$plan_of_call(called$signature, names$with, names$state, names$results, names$make, loose)
  if (length(plan$untaken) > 0) stop("no formal of ", called$title, " takes ", plan$untaken[1L], call. = FALSE)
  if (length(plan$lacking) > 0) stop(called$title, " needs ", plan$lacking[1L], call. = FALSE)
  arguments <- list()
  for (i in seq_along(plan$argument)) {
    arguments[plan$argument[i]] <- places[[plan$from[i]]][plan$argument[i]]
  }
  arguments
}

# Runs the first `count` calls, each as a list of its `result` (or its `error`, where it is to raise one), its
# `warnings`, where it is to give one, and what it `returns`.
run_calls <- function(case, count = length(case$calls)) {
  state <- list()
  results <- list()
  made <- as_taken(case$make, case)
  loose <- loose_of(case, made)
  lapply(case$calls[seq_len(count)], function(call) {
    called <- function_of(case, call)
    run <- list(returns = as.character(unlist(call$returns)), values = case$values, layout = case$layout)
    for (steps in pieces(call$trajectory)) {
      given <- as_taken(c(call$arguments, if (!is.na(steps)) list(steps = steps)), case)
      arguments <- filled(called, list(with = given, state = state, results = results, make = made), loose)
      if (!is.null(call$raises)) {
        run$error <- tryCatch(
          {
            do.call(called$f, arguments)
            NULL
          },
          error = identity
        )
        return(run)
      }
      if (is.null(call$warns$r)) {
        result <- do.call(called$f, arguments)
      } else {
        heard <- with_warnings(do.call(called$f, arguments))
        result <- heard$value
        run$warnings <- c(run$warnings, heard$warnings)
      }
      results[call$do] <<- list(result)
      for (name in intersect(unlist(c(call$updates, call$state)), names(result))) {
        state[case$names[[name]] %||% name] <<- list(result[[name]])
      }
      if (!is.na(steps)) run$pieces <- c(run$pieces, list(list(steps = steps, result = result)))
      run$result <- result
    }
    run
  })
}

# The value of an expression, and the warnings given on the way, which go no further.
with_warnings <- function(expression) {
  warnings <- list()
  value <- withCallingHandlers(expression, warning = function(condition) {
    warnings <<- c(warnings, list(condition))
    invokeRestart("muffleWarning")
  })
  list(value = value, warnings = warnings)
}

# Whether a warning of the class and with the text that `warns` asks for is among those given.
is_given <- function(warns, warnings) {
  of_class <- Filter(function(said) inherits(said, warns$class %||% "simpleWarning"), warnings)
  any(grepl(warns$text, vapply(of_class, conditionMessage, ""), fixed = TRUE))
}

# The steps of each piece of a long call; NA for a call that is made at once.
pieces <- function(trajectory) {
  if (is.null(trajectory)) {
    return(NA)
  }
  first <- min(trajectory$first %||% trajectory$every, trajectory$steps)
  diff(unique(c(0, seq(first, trajectory$steps, by = trajectory$every), trajectory$steps)))
}

# One value of the last call's result, its axes in the order of the fixture.
value_of <- function(run, path) {
  value <- value_in(run, path)
  layout <- run$layout[[path]]
  if (is.null(layout) || is.null(value)) value else aperm(value, permutation(layout, back = TRUE))
}

# A value that is read out by an expression, in which "." is the result; else a named list is looked up by name, and a
# bare result is itself what is returned.
value_in <- function(run, path) {
  root <- sub("[.].*$", "", path)
  if (root %in% names(run$values)) {
    value <- eval(str2lang(run$values[[root]]), list(. = run$result), globalenv())
    return(if (path == root) value else at_path(value, sub("^[^.]*[.]", "", path)))
  }
  if (is_object(run$result) && root %in% names(run$result)) {
    return(at_path(run$result, path))
  }
  if (!identical(run$returns, root)) {
    return(NULL)
  }
  if (path == root) run$result else at_path(run$result, sub("^[^.]*[.]", "", path))
}

leaves_of <- function(path, value) {
  if (!is.list(value)) {
    return(stats::setNames(list(value), path))
  }
  keys <- names(value) %||% (seq_along(value) - 1L)
  do.call(c, c(list(list()), unname(Map(leaves_of, paste0(path, ".", keys), value))))
}

# ---- gradients ----------------------------------------------------------------------------------------------------

# Elements of the input `path` whose analytic gradient is not the derivative of <u, forward pass>, as a message; NULL
# when all agree. u is a fixed vector of unequal, signed numbers, sent through the backward call as its `along`.
gradient_mismatch <- function(case, path, gradient) {
  derivatives <- case$derivatives
  dos <- vapply(case$calls, function(call) call$do, "")
  forward <- match(derivatives$call, dos)
  backward <- match(derivatives$gradient, dos)
  place <- Find(
    function(i) !is.null(at_path(if (i == 0) case$make else case$calls[[i]]$arguments, path)), forward:0
  )
  if (is.null(place)) {
    return("has no such input")
  }
  x <- at_path(if (place == 0) case$make else case$calls[[place]]$arguments, path)
  out_at <- function(value) {
    if (place == 0) {
      case$make <- put_at_path(case$make, path, value)
    } else {
      case$calls[[place]]$arguments <- put_at_path(case$calls[[place]]$arguments, path, value)
    }
    value_of(run_case(case, forward), derivatives$of)
  }
  u <- out_at(x)
  u[] <- if (is.null(derivatives$along)) 1 else 0.5 + 1.5 * sin(1.3 * seq_along(u) + 0.4)
  if (!is.null(derivatives$along)) case$calls[[backward]]$arguments[[derivatives$along]] <- u
  analytic <- value_of(run_case(case, backward), gradient)
  # An argument that R alone gets in another shape (a 3 x 1 bias) keeps the usual gradient.
  reshaped <- path %in% case$only && length(analytic) == length(x)
  if (!reshaped && !identical(as.numeric(shape_of(analytic)), as.numeric(shape_of(x)))) {
    return("has another shape than its input")
  }
  # Large inputs: some elements, spread over all of them.
  elements <- unique(round(seq(1, length(x), length.out = min(length(x), 24))))
  along_element <- function(i, steps) {
    vapply(steps, function(step) {
      x[i] <- x[i] + step
      sum(u * out_at(x))
    }, 0)
  }
  # Central differences of fourth order, and the two one-sided ones of second order: where those differ there is a kink
  # nearby, as that of ReLU at 0, and no derivative to compare with.
  h <- 1e-3
  f <- vapply(elements, along_element, numeric(5), steps = c(-2, -1, 0, 1, 2) * h)
  numeric <- colSums(c(1, -8, 0, 8, -1) * f) / (12 * h)
  left <- colSums(c(1, -4, 3, 0, 0) * f) / (2 * h)
  right <- colSums(c(0, 0, -3, 4, -1) * f) / (2 * h)
  smooth <- abs(right - left) <= 1e-4 * (1 + abs(numeric))
  if (!any(smooth)) {
    return("could not be differentiated anywhere")
  }
  claim <- analytic[elements]
  allowed <- gradient_allowance(derivatives$tolerance, numeric, f, h, size = sum(abs(u * out_at(x))))
  if (!is.null(derivatives$tolerance) && all(abs(numeric[smooth]) <= allowed[smooth])) {
    return("is allowed so much that zeros would pass as well")
  }
  off <- smooth & !((abs(claim - numeric) <= allowed) %in% TRUE)
  if (!any(off)) {
    return(NULL)
  }
  first <- which(off)[1L]
  sprintf(
    "at element %d is %.10g, numerically %.10g; %d of %d differ",
    elements[first], claim[first], numeric[first], sum(off), length(off)
  )
}

# How far an analytic gradient may lie from the numeric one of step h, where `f` are the sums at x - 2h to x + 2h, of
# terms that have the given size together.
#
# A tolerance that the derivatives declare is for the gradient itself, which is meant to differ a little from the slope
# (that of log(y + 1e-7) leaves the 1e-7 out). The verifier, whose steps shrink until they serve, takes it nearly as it
# is. The one step of here is not that exact, so that what the formula can be wrong by comes on top. Its truncation,
# h^4 f5 / 30, is below a thousandth of that of second order, h^2 f3 / 6, which can be seen, as long as f5 is not 5000
# times f3; and the rounding of f, some units in the last place of its terms, is divided by h. Without a declared
# tolerance 1e-6 covers both: no gradient is meant to differ.
gradient_allowance <- function(tolerance, numeric, f, h, size) {
  if (is.null(tolerance)) {
    return(1e-6 * (1 + abs(numeric)))
  }
  check_tolerance(tolerance)
  second <- colSums(c(0, -1, 0, 1, 0) * f) / (2 * h)
  tolerance$atol + tolerance$rtol * abs(numeric) + 1e-3 * abs(second - numeric) + 16 * .Machine$double.eps * size / h
}
