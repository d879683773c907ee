# R's values as JSON. A value is a list of nodes, or a leaf: one vector, array, factor, date or table, in C order.
#
# `policy` says what becomes of a value that has no counterpart in Python (as an argument it is refused, in a result it
# is kept as something that no comparison passes), whether a plain vector of length one is a scalar, as Python takes it,
# or stays a vector, and whether a span of time has a place.

argument_policy <- function(name) {
  list(
    scalars = TRUE,
    spans = FALSE,
    misfit = function(what, remedy = "") {
      stop_usage("the argument ", name, " has ", what, ", which has no counterpart in Python", remedy)
    }
  )
}

result_policy <- list(
  scalars = FALSE,
  spans = TRUE,
  misfit = function(what, remedy = "") json_object(uncomparable = json_text(paste0(what, remedy)))
)

node <- function(x, policy) {
  if (is.null(x)) return(json_object(null = "true"))
  if (inherits(x, "parity_python_object")) return(json_object(python = json_text(x$name)))
  if (is.data.frame(x)) return(table_node(x, policy))
  if (inherits(x, "POSIXlt")) x <- as.POSIXct(x)
  if (is.factor(x)) return(factor_leaf(x, policy))
  if (inherits(x, "dgCMatrix")) return(sparse_node(x, policy))
  if (is.list(x)) return(list_node(x, policy))
  if (is.atomic(x)) return(vector_leaf(x, policy))
  policy$misfit(description_of(x))
}

description_of <- function(x) {
  if (is.function(x)) return("an R function")
  if (is.environment(x)) return("an R environment")
  if (isS4(x)) return(paste0("an R object of the S4 class ", class(x)[[1L]]))
  paste0("an R value of type ", typeof(x))
}

list_node <- function(x, policy) {
  if (!is.null(dim(x))) return(policy$misfit("an R list with dimensions"))
  named <- names(x)
  x <- unclass(x)
  attributes(x) <- NULL
  if (is.null(named)) return(json_object(list = json_array(vapply(x, node, "", policy))))
  if (anyNA(named) || any(named == "")) return(policy$misfit("an R list of which only some elements have names"))
  if (anyDuplicated(named)) {
    return(policy$misfit(paste0("an R list with two elements called ", named[duplicated(named)][[1L]])))
  }
  json_object(dict = json_pairs(stats::setNames(lapply(x, node, policy), named)))
}

table_node <- function(x, policy) {
  if (anyDuplicated(names(x))) {
    return(policy$misfit(paste0("a data frame with two columns called ", names(x)[duplicated(names(x))][[1L]])))
  }
  columns <- lapply(seq_along(x), function(i) table_column(.subset2(x, i), policy))
  rows <- attr(x, "row.names") # numbers are places, and no names
  json_object(table = json_object(
    columns = json_pairs(stats::setNames(columns, names(x))),
    rows = if (is.character(rows)) json_array(json_text(rows)) else json_null
  ))
}

table_column <- function(x, policy) {
  if (is.list(x) && !inherits(x, "POSIXlt")) return(policy$misfit("a column that is a list"))
  if (!is.null(dim(x))) return(policy$misfit("a column that is a matrix"))
  policy$scalars <- FALSE
  policy$spans <- TRUE
  node(if (is.factor(x)) x else unname(x), policy)
}

# The matrices of the package Matrix that hold columns one after the other, told without that package.
sparse_node <- function(x, policy) {
  if (policy$scalars) return(policy$misfit("a sparse matrix", ": take as.matrix() of it"))
  slot <- function(name) attr(x, name, exact = TRUE)
  columns <- rep(seq_along(slot("p")[-1L]) - 1L, diff(slot("p")))
  names <- vapply(slot("Dimnames"), function(texts) if (is.null(texts)) json_null else json_array(json_text(texts)), "")
  json_object(sparse = json_object(
    shape = json_array(json_integer(slot("Dim"))), rows = json_array(json_integer(slot("i"))),
    columns = json_array(json_integer(as.integer(columns))), values = node(slot("x"), policy), names = json_array(names)
  ))
}

factor_leaf <- function(x, policy) {
  levels <- levels(x)
  if (!all(is_utf8(levels))) return(policy$misfit("levels that are no UTF-8 text"))
  codes <- as.integer(x) - 1L
  codes[is.na(codes)] <- -1L
  leaf("factor", json_array(json_integer(in_c_order(codes, x))), x, scalar = FALSE,
    levels = json_array(json_text(levels)), ordered = json_logical(is.ordered(x)))
}

vector_leaf <- function(x, policy) {
  if (inherits(x, "integer64")) {
    return(policy$misfit("a vector of the class integer64", ": take as.double() or as.integer() of it"))
  }
  if (inherits(x, "difftime")) {
    if (!policy$spans) {
      return(policy$misfit(paste0("a time span in ", units(x)), ": take as.numeric(x, units = \"secs\") of it"))
    }
    spans <- as.double(in_c_order(x, x))
    return(leaf("float64", json_numbers(spans, json_double), x, scalar = FALSE, units = json_text(units(x))))
  }
  if (inherits(x, "Date")) return(date_leaf(x, policy))
  if (inherits(x, "POSIXct")) return(instant_leaf(x, policy))
  scalar <- policy$scalars && length(x) == 1L && is.null(dim(x)) && is.null(names(x)) && !inherits(x, "AsIs")
  plain <- in_c_order(x, x)
  switch(typeof(x),
    double = leaf("float64", json_numbers(plain, json_double), x, scalar),
    integer = {
      elements <- if (anyNA(plain)) json_array(json_integer(plain)) else json_numbers(plain, json_integer)
      leaf("int32", elements, x, scalar)
    },
    logical = leaf("bool", json_array(json_logical(plain)), x, scalar),
    raw = leaf("uint8", json_numbers(plain, function(x) sprintf("%d", as.integer(x))), x, scalar),
    complex = {
      pairs <- function(x) sprintf("[%s,%s]", json_double(Re(x)), json_double(Im(x)))
      leaf("complex128", json_numbers(plain, pairs), x, scalar)
    },
    character = {
      if (!all(is_utf8(plain))) return(policy$misfit("a text that is no UTF-8"))
      leaf("text", json_array(json_text(plain)), x, scalar)
    },
    policy$misfit(description_of(x))
  )
}

date_leaf <- function(x, policy) {
  days <- as.double(in_c_order(x, x))
  missing <- is.na(days) & !is.nan(days)
  if (any(!missing & (!is.finite(days) | days != floor(days)))) {
    return(policy$misfit("a Date that is no whole day", ": round it, or take as.numeric() of it"))
  }
  if (any(days < -719162 | days > 2932896, na.rm = TRUE)) { # 0001-01-01 to 9999-12-31
    return(policy$misfit("a Date outside the years 1 to 9999", ": take as.numeric() of it"))
  }
  written <- json_text(format(structure(days, class = "Date"), "%Y-%m-%d"))
  # format() writes a year below 1000 with as many digits as the system pleases.
  short <- !missing & days < -354285
  if (any(short)) {
    lt <- as.POSIXlt(structure(days[short], class = "Date"))
    written[short] <- sprintf("\"%04d-%02d-%02d\"", lt$year + 1900L, lt$mon + 1L, lt$mday)
  }
  written[missing] <- json_null
  leaf("date", json_array(written), x, scalar = FALSE)
}

# The coarsest unit in which the same doubles come back: R stores 0.123 seconds as a double near it.
instant_leaf <- function(x, policy) {
  seconds <- as.double(in_c_order(x, x))
  missing <- is.na(seconds) & !is.nan(seconds)
  counted <- ifelse(missing, 0, seconds)
  if (!all(is.finite(counted)) || any(abs(counted) > 9e9)) {
    return(policy$misfit("a time that is infinite, or outside the years 1685 to 2255", ": take as.numeric() of it"))
  }
  whole <- floor(counted)
  for (digits in c(0, 3, 6, 9)) {
    ticks <- round((counted - whole) * 10^digits)
    if (identical(whole + ticks / 10^digits, counted)) break
    if (digits == 9) return(policy$misfit("a time that is finer than nanoseconds", ": round it"))
  }
  over <- ticks == 10^digits
  day <- format(structure(whole + over, class = c("POSIXct", "POSIXt")), "%Y-%m-%dT%H:%M:%S", tz = "UTC")
  written <- if (digits) sprintf("%s.%0*d", day, as.integer(digits), as.integer(ifelse(over, 0, ticks))) else day
  written <- json_text(written)
  written[missing] <- json_null
  zone <- attr(x, "tzone")
  leaf("instant", json_array(written), x, scalar = FALSE, tz = json_text(if (length(zone)) zone[[1L]] else NA_character_))
}

# `elements` are a JSON array, in C order; `like` gives the extents and the names.
leaf <- function(kind, elements, like, scalar, ...) {
  extents <- if (scalar) integer() else if (is.null(dim(like))) length(like) else dim(like)
  parts <- stats::setNames(list(elements, json_array(sprintf("%d", as.integer(extents)))), c(kind, "shape"))
  do.call(json_object, c(parts, list(...), list(names = json_names(like))))
}

json_names <- function(x) {
  along <- if (is.null(dim(x))) (if (!is.null(names(x))) list(names(x))) else dimnames(x)
  if (is.null(along)) return(NULL)
  json_array(vapply(along, function(texts) if (is.null(texts)) json_null else json_array(json_text(texts)), ""))
}

# R's first index runs fastest, C's last one.
in_c_order <- function(x, like) {
  extents <- dim(like)
  attributes(x) <- NULL
  if (length(extents) < 2L) return(x)
  dim(x) <- extents
  as.vector(aperm(x, rev(seq_along(extents))))
}
