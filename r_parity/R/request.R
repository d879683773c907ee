# What is asked of parity, as JSON: the arguments, what R gave (twice), and how the two are to be held together.
request <- function(title, python, path, arguments, only, expected, options, rounds) {
  json_object(
    parity = json_text("from-r"),
    version = "1",
    title = json_text(title),
    python = json_text(python),
    path = json_text(path),
    rtol = options$rtol,
    atol = options$atol,
    returns = json_array(json_text(options$returns)),
    names = json_texts(options$names),
    values = json_texts(options$python_values),
    layout = json_texts(options$layout),
    origin = options$origin,
    key = json_array(json_text(options$key)),
    raises = options$raises,
    warns = options$warns,
    arguments = arguments,
    only = only,
    expected = json_pairs(lapply(expected, node, argument_policy("expected"))),
    rounds = json_array(vapply(rounds, json_observation, ""))
  )
}

json_arguments <- function(arguments) {
  json_pairs(stats::setNames(
    lapply(names(arguments), function(name) node(arguments[[name]], argument_policy(name))), names(arguments)
  ))
}

# How values are read and held together, each checked: a mistake is said here, in R's words.
checked_options <- function(rtol, atol, values, names, layout, origin, returns, key, raises, warns) {
  if (!is.null(returns) && !(is.character(returns) && length(returns) && !anyNA(returns) && all(nzchar(returns)))) {
    stop_usage("returns is ", excerpt(returns), "; expected a name for the value, or one for each of several")
  }
  if (!is.null(key) && !(is.character(key) && length(key) && !anyNA(key))) {
    stop_usage("key is ", excerpt(key), "; expected the names of the columns by which rows are known")
  }
  if (!is.null(values) && !is.null(returns)) {
    stop_usage("both values and returns are given; expected one of them, since values names what is compared")
  }
  list(
    rtol = one_number(rtol, "rtol"),
    atol = one_number(atol, "atol"),
    names = named_texts(names, "names", "what arguments are called in Python, by their name in R: c(x = \"a\")"),
    layout = named_texts(layout, "layout", "axes in R and in Python: c(x = \"h w c n -> n c h w\")"),
    origin = json_origin(origin),
    values = lapply(checked_values(values), function(one) one[["r"]]),
    python_values = vapply(checked_values(values), function(one) one[["python"]], ""),
    returns = if (!is.null(values)) names(values) else if (is.null(returns)) "out" else returns,
    returned = returns,
    key = key,
    raises = json_by_side(raises, "raises", "error", "Exception"),
    warns = json_by_side(warns, "warns", "warning", "Warning")
  )
}

json_origin <- function(origin) {
  good <- is.null(origin) || (is.numeric(origin) && has_names(origin) && !anyNA(origin) && all(origin == round(origin)))
  if (!good) stop_usage("origin is ", excerpt(origin), "; expected R's first index, by name: c(labels = 1)")
  if (!length(origin)) return("{}")
  do.call(json_object, as.list(stats::setNames(json_integer(as.integer(origin)), names(origin))))
}

checked_values <- function(values) {
  form <- "list(coef = list(python = \"params\", r = \"coef(.)\"))"
  if (is.null(values)) return(list())
  if (!is.list(values) || !length(values) || !has_names(values)) {
    stop_usage("values is ", excerpt(values), "; expected how each value is read in either language: ", form)
  }
  for (name in names(values)) {
    one <- values[[name]]
    readable <- has_names(one) && setequal(names(one), c("python", "r")) &&
      is.character(one[["python"]]) && length(one[["python"]]) == 1L &&
      (is.function(one[["r"]]) || (is.character(one[["r"]]) && length(one[["r"]]) == 1L))
    if (!readable) {
      stop_usage("values$", name, " is ", excerpt(one), "; expected a Python expression and one of R (or a function): ", form)
    }
    if (is.character(one[["r"]])) {
      read <- tryCatch(parse(text = one[["r"]], keep.source = FALSE), error = function(e) {
        stop_usage("values$", name, ": R cannot read ", excerpt(one[["r"]]), ": ", conditionMessage(e))
      })
      if (!"." %in% all.names(read)) {
        stop_usage("values$", name, ": ", excerpt(one[["r"]]), " does not look at the result; expected an expression in .")
      }
    }
  }
  values
}

# Errors or warnings that are asked for, by side: a text that the message has in it, or c(class = , text = ).
json_by_side <- function(sides, name, r_class, python_class) {
  if (is.null(sides)) return(NULL)
  form <- paste0("list(python = \"text of its message\", r = c(class = \"", r_class, "\", text = \"...\"))")
  sides <- as.list(sides)
  if (!length(sides) || !has_names(sides) || !all(names(sides) %in% c("python", "r"))) {
    stop_usage(name, " is ", excerpt(sides), "; expected it by side: ", form)
  }
  sides <- vapply(names(sides), function(side) {
    one <- sides[[side]]
    if (is.character(one) && length(one) == 1L && is.null(names(one))) {
      one <- c(class = if (side == "r") r_class else python_class, text = one)
    }
    if (!is.character(one) || !setequal(names(one), c("class", "text")) || anyNA(one)) {
      stop_usage(name, "$", side, " is ", excerpt(sides[[side]]), "; expected ", form)
    }
    json_texts(one)
  }, "")
  do.call(json_object, as.list(sides))
}
