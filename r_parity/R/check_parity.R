#' Hold an R function against its counterpart in Python
#'
#' Calls `object` in this session, twice, to see that it repeats, has Python's
#' function called with the same arguments, and gives parity's verdict on what
#' the two gave: values with their names, warnings, errors.
#' [expect_parity()] does the same as an expectation of testthat.
#'
#' @section Arguments in both languages:
#' Both functions are called by the names of R's arguments; `names` gives
#' Python's where they are others. A plain vector of length one is a scalar in
#' Python (`3` a float, `3L` an int), a longer one a NumPy array; `I(3)` and
#' `array(3)` stay arrays of length one. Matrices and arrays keep their indices:
#' `x[i, j]` is Python's `x[i - 1, j - 1]`. A named vector is a pandas Series, a
#' factor a Categorical, a data frame a DataFrame, a
#' list a list, a named list a dict, `NULL` is `None`, and `NA` is NaN, kept
#' apart from R's `NaN` where results are compared. [python_object()] names what
#' exists in Python alone. What has no counterpart (an environment, a function,
#' integer64) is refused with a sentence that names the argument.
#'
#' @section The comparison:
#' Element by element, `abs(python - r) <= atol + rtol * abs(python)`; never a
#' mean. Shape, names, levels, type, the place of each `NA`, `NaN` and infinity
#' and the sign of a zero must agree as well.
#'
#' @param object The function of R: a closure, its name (`"stats::quantile"`),
#'   or an expression (`"function(x) x + 1"`).
#' @param python Python's function, as `"module:name"`. The module is one that
#'   is installed, or a file in `path`.
#' @param ... The arguments, for both. One without a name goes to the formal of
#'   R's function that would take it.
#' @param args More arguments, as a list: for those that are called like an
#'   argument of `check_parity()` itself.
#' @param only Arguments for one side alone, by side:
#'   `list(python = list(axis = 0L), r = list(na.rm = TRUE))`.
#' @param rtol,atol Largest difference that is allowed, relative and absolute;
#'   1e-9 and 0 where they are not given.
#' @param values What to compare where the results themselves cannot be (fitted
#'   models): a list by name of how each value is read out of the result,
#'   `list(coef = list(python = "params", r = "coef(.)"))`. In Python an
#'   attribute, or an expression in which `_` is the result; in R an expression
#'   in which `.` is the result, or a function of it.
#' @param names What arguments are called in Python, by their name in R:
#'   `c(x = "a")`.
#' @param layout The order of axes in R and in Python, of arguments and of
#'   values, by name: `c(x = "h w c n -> n c h w")`.
#' @param origin What counts as the first index in R where Python counts from 0,
#'   of arguments and of values, by name: `c(labels = 1)`.
#' @param returns The name of the value; or the names of several that are
#'   compared one by one: members of R's list, and Python's tuple in this order.
#' @param key Names of the columns by which the rows of data frames are matched;
#'   without it they are matched by position.
#' @param raises,warns An error, or a warning, that is asked for, by side:
#'   `list(python = c(class = "ValueError", text = "negative"), r = "negative")`.
#'   The text must be a part of the message; the class may be left out.
#' @param expected Values that come from neither side, by name, against which
#'   both are held: who differs from them is wrong.
#' @param path The folder in which modules are looked for, besides what is
#'   installed.
#' @param label What R's function is called in the report.
#' @param envir Where names and expressions of R are looked up.
#'
#' @return An object of class `parity_result`, a list:
#'   \item{ok}{Whether the two agree.}
#'   \item{status}{`"agree"`, `"disagree"`, or `"usage"` where the call asks for
#'     what the code does not have.}
#'   \item{text}{The report: for each difference its place in both languages,
#'     what stands there, and how far apart it is.}
#'   \item{count}{How many elements were compared.}
#'   \item{findings}{A data frame with a row for each thing that was looked at;
#'     `code` is stable, for programs.}
#'
#'   A call that was written wrongly stops with a condition of class
#'   `parity_usage`; where there is no Python with parity, one of class
#'   `parity_unavailable`; where Python ended without a verdict, one of class
#'   `parity_broken`.
#' @family checks
#' @seealso [parity_python()] for the Python that is used.
#' @export
#' @examples
#' \dontrun{
#' check_parity(stats::quantile, "numpy:quantile",
#'   x = c(1, 4, 9, 16), probs = c(0.1, 0.5),
#'   names = c(x = "a", probs = "q"), only = list(r = list(names = FALSE))
#' )
#' }
check_parity <- function(object, python, ..., args = list(), only = list(), rtol = NULL, atol = NULL, values = NULL,
                         names = NULL, layout = NULL, origin = NULL, returns = NULL, key = NULL, raises = NULL, warns = NULL,
                         expected = list(), path = getOption("parity.path", "."), label = NULL,
                         envir = parent.frame()) {
  refuse_cut_names(sys.call())
  if (missing(object)) stop_usage("object is missing; expected a function of R, or its name")
  if (missing(python)) stop_usage("python is missing; expected a function of Python, as \"module:name\"")
  if (is.null(label)) label <- label_of(substitute(object), object)
  one_text(label, "label", "a text")
  checked_python(python)
  f <- as_function(object, envir)
  options <- checked_options(rtol, atol, values, names, layout, origin, returns, key, raises, warns)
  arguments <- by_name(f, c(list(...), checked_list(args, "args")), label)
  only <- checked_only(only, arguments)
  known <- c(base::names(arguments), base::names(only$python), base::names(only$r))
  refuse_unknown(options$names, "names", known)
  refuse_unknown(options$layout, "layout", c(known, options$returns))
  refuse_unknown(origin, "origin", c(known, options$returns))
  expected <- checked_list(expected, "expected")
  if (!has_names(expected)) stop_usage("expected is ", excerpt(expected), "; expected values by name")
  if (!all(base::names(expected) %in% options$returns)) {
    unknown <- setdiff(base::names(expected), options$returns)[[1L]]
    stop_usage("expected names ", unknown, ", which is not compared; expected one of ", paste(options$returns, collapse = ", "))
  }
  folder <- checked_folder(path)
  # Before R's function is called: what cannot go to Python is the caller's mistake, whatever the function would do.
  arguments_json <- json_arguments(arguments)
  only_json <- json_arguments(only$python)
  engine <- engine_for()
  rounds <- observe_twice(f, c(arguments, only$r), reader(options$values, options$returned, envir))
  question <- request(label, python, folder, arguments_json, only_json, expected, options, rounds)
  result_of(answer(question, engine), engine)
}

# R fills `object` and `python` by the beginnings of their names as well: check_parity(f, "m:f", p = 3) would take 3 for
# `python`, and the text for an argument.
refuse_cut_names <- function(call) {
  names_in_call <- as.character(base::names(call))
  for (whole in c("object", "python")) {
    cut <- names_in_call[nzchar(names_in_call) & names_in_call != whole & startsWith(whole, names_in_call)]
    if (length(cut)) {
      stop_usage("R takes the argument ", cut[[1L]], " for ", whole, "; expected it in args = list(", cut[[1L]], " = ...)")
    }
  }
}

label_of <- function(expression, object) {
  if (is.character(object) && length(object) == 1L && !is.na(object)) return(object)
  text <- paste(deparse(expression, width.cutoff = 60L), collapse = " ")
  if (nchar(text) > 60L || !nzchar(text)) "the function" else text
}

checked_python <- function(python) {
  form <- "a function of Python, as \"module:name\""
  one_text(python, "python", form)
  if (!grepl("^[^:[:space:]]+:[^:[:space:]]+$", python)) {
    remedy <- if (grepl("^[[:alnum:]_.]+\\.[[:alnum:]_]+$", python)) {
      paste0(" (\"", sub("\\.([^.]+)$", ":\\1", python), "\"?)")
    }
    stop_usage("python is ", excerpt(python), "; expected ", form, remedy)
  }
}

checked_list <- function(x, name) {
  if (!is.list(x) || is.data.frame(x)) stop_usage(name, " is ", excerpt(x), "; expected a list of values by name")
  x
}

checked_only <- function(only, arguments) {
  form <- "list(python = list(axis = 0L), r = list(na.rm = TRUE))"
  good <- is.list(only) && has_names(only) && all(base::names(only) %in% c("python", "r")) &&
    all(vapply(only, function(one) is.list(one) && has_names(one), NA))
  if (!good) stop_usage("only is ", excerpt(only), "; expected arguments by side: ", form)
  for (side in base::names(only)) {
    both <- intersect(base::names(only[[side]]), base::names(arguments))
    if (length(both)) stop_usage("only$", side, " has ", both[[1L]], ", which both sides get; expected it in one of the two")
  }
  only
}

refuse_unknown <- function(named, name, known) {
  unknown <- setdiff(base::names(named), known)
  if (length(unknown)) {
    stop_usage(name, " has ", unknown[[1L]], ", and there is nothing of that name; expected one of ", paste(known, collapse = ", "))
  }
}

checked_folder <- function(path) {
  one_text(path, "path", "a folder")
  if (!dir.exists(path)) stop_usage("path is ", excerpt(path), ", and there is no such folder")
  normalizePath(path)
}

#' Something that exists in Python alone, as an argument
#'
#' @param name Where it is, as `"module:name"`: a function, a class.
#' @return A value that [check_parity()] and [expect_parity()] take as an
#'   argument for Python, in `only = list(python = list(...))`.
#' @family checks
#' @export
#' @examples
#' python_object("numpy:tanh")
python_object <- function(name) {
  checked_python(name)
  structure(list(name = name), class = "parity_python_object")
}
