# What the arguments of several functions must be. R recycles and drops where NumPy stops: these checks stop with a
# sentence. Shapes are written as NumPy writes them.

# The extents of an array; a plain vector has one.
.shape <- function(x) if (is.null(dim(x))) length(x) else dim(x)

.shape_text <- function(shape) {
  paste0("(", paste(shape, collapse = ", "), if (length(shape) == 1) ",", ")")
}

.check_matrix <- function(name, x) {
  if (length(dim(x)) != 2) stop(name, " has the shape ", .shape_text(.shape(x)), ", expected a matrix", call. = FALSE)
}

.check_shape <- function(name, x, shape) {
  has <- .shape(x)
  if (length(has) != length(shape) || any(has != shape)) {
    stop(name, " has the shape ", .shape_text(has), ", expected ", .shape_text(shape), call. = FALSE)
  }
}

# Whether x W can be multiplied; x has been flattened to a matrix, `shape` is that which the caller gave.
.check_product <- function(shape, W) {
  .check_matrix("W", W)
  if (length(shape) < 2 || prod(shape[-1L]) != nrow(W)) {
    stop(
      "x ", .shape_text(shape), " cannot be multiplied by W ", .shape_text(dim(W)), ": a row of x needs ", nrow(W),
      " elements",
      call. = FALSE
    )
  }
}

# One bias for each column of W, as a vector, a column or a row.
.check_bias <- function(b, M) {
  if (length(b) != M || !all(dim(b) %in% c(1, M))) {
    stop("b ", .shape_text(.shape(b)), " cannot be added to rows of ", M, call. = FALSE)
  }
}

.check_number <- function(name, x) {
  if (!is.numeric(x) || length(x) != 1) stop(name, " must be one number", call. = FALSE)
}

# The right answers for y (N, C): one-hot (N, C), or the labels of N rows, 0 to C - 1.
.check_answers <- function(t, y) {
  if (length(dim(t)) > 1) {
    return(.check_shape("t", t, dim(y)))
  }
  if (length(t) != nrow(y)) stop(length(t), " labels for ", nrow(y), " rows", call. = FALSE)
  .check_labels(t, ncol(y))
}

.check_labels <- function(t, classes) {
  if (!is.numeric(t) || anyNA(t) || !is.integer(t) && any(t != floor(t))) {
    stop("labels must be whole numbers", call. = FALSE)
  }
  # Two passes over t where three vectors of its length would be made.
  if (length(t) && (min(t) < 0 || max(t) >= classes)) {
    outside <- t < 0 | t >= classes
    stop("label ", t[outside][1L], " is out of bounds for ", classes, " classes, counted from 0", call. = FALSE)
  }
}

# What a list of parameters is gone through by: the names where it has any, else the positions.
.keys <- function(params) if (is.null(names(params))) seq_along(params) else names(params)

.zeros_like_each <- function(params) lapply(params, function(param) replace(param, seq_along(param), 0))

# A gradient for each parameter, of its shape.
.check_gradients <- function(params, grads) {
  for (key in .keys(params)) {
    if (is.character(key) && !key %in% names(grads) || is.numeric(key) && key > length(grads)) {
      stop("there is no gradient for ", key, call. = FALSE)
    }
    .check_shape(paste("the gradient of", key), grads[[key]], .shape(params[[key]]))
  }
}
