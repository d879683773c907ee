# Objects that are made, and then asked: R6, RefClass, S4, S3, lists and environments of functions.

# Whatever has that name where the code under test is looked up; NULL if there is nothing.
find_object <- function(name, envir) get0(name, envir = envir, inherits = FALSE)

is_generator <- function(thing) {
  any(class(thing) %in% c("R6ClassGenerator", "refObjectGenerator", "classGeneratorFunction"))
}

# The function that makes an object; NULL where the thing makes none.
maker_of <- function(thing) {
  if (any(class(thing) == "R6ClassGenerator")) thing$new else if (is.function(thing)) thing
}

# What that function takes: of an R6 generator, what its initialize() does.
signature_of_maker <- function(thing) {
  if (!any(class(thing) == "R6ClassGenerator")) return(signature_of(thing))
  while (!is.null(thing)) {
    initialize <- thing$public_methods$initialize
    if (!is.null(initialize)) return(signature_of(initialize))
    thing <- thing$get_inherit()
  }
  list(names = character(), optional = logical())
}

# A method of an object: its own function of that name, or else the generic, which takes the object first. The object
# itself for "call". `names` and `optional` are what it takes beside the object.
method_of <- function(object, do, envir) {
  f <- if (do == "call") object else member_of(object, do)
  generic <- !is.function(f)
  if (generic) f <- get0(do, envir = envir, mode = "function")
  if (is.null(f) || (generic && do == "call")) return(NULL)
  c(list(f = f, generic = generic), without_first(signature_of(f), generic))
}

without_first <- function(signature, generic) {
  if (!generic || identical(signature$names[1L], "...")) return(signature)
  lapply(signature, `[`, -1L)
}

# A field, slot, method or element of an object; of a list of functions also what they share. NULL if there is none.
member_of <- function(object, name) {
  if (isS4(object) && methods::is(object, "envRefClass")) {
    return(ref_member(object, name))
  }
  if (is.environment(object)) {
    return(get0(name, envir = object, inherits = FALSE))
  }
  if (isS4(object)) {
    return(if (name %in% methods::slotNames(object)) methods::slot(object, name))
  }
  own <- if (is.list(object)) unclass(object)[[name, exact = TRUE]]
  if (is.null(own)) shared_by(object, name) else own
}

# A method or field of a RefClass. To dispatch `$`, R looks for functions of `methods` from where it stands.
ref_member <- function(object, name) {
  class <- object$getRefClass()
  if (name %in% c(class$methods(), names(class$fields()))) eval(call("$", object, as.name(name)))
}
environment(ref_member) <- asNamespace("methods")

# What the functions of a closure keep in the frame that made them.
shared_by <- function(object, name) {
  functions <- if (is.function(object)) list(object) else Filter(is.function, if (is.list(object)) unclass(object))
  for (f in functions) {
    frame <- environment(f)
    top <- is.null(frame) || identical(frame, globalenv()) || isNamespace(frame) || identical(frame, baseenv())
    if (!top && exists(name, envir = frame, inherits = FALSE)) return(get(name, envir = frame, inherits = FALSE))
  }
  NULL
}

# Those of the names that the object has something for.
members_of <- function(object, names) {
  found <- lapply(names, function(name) tryCatch(member_of(object, name), error = function(e) NULL))
  structure(found, names = names)[!vapply(found, is.null, NA)]
}

# The object with other values for fields, slots or elements.
assign_members <- function(object, values) {
  for (name in names(values)) {
    if (isS4(object) && !is.environment(object)) {
      methods::slot(object, name) <- values[[name]]
    } else if (is.environment(object)) {
      set_field(object, name, values[[name]])
    } else if (is.list(object)) {
      object[name] <- values[name]
    } else {
      stop("an object of class ", class(object)[1L], " has no fields", call. = FALSE)
    }
  }
  object
}

set_field <- function(object, name, value) eval(call("<-", call("$", quote(object), as.name(name)), quote(value)))
environment(set_field) <- asNamespace("methods")

# Whether a result is the object as it is after the call: of its very class, and no reference, which is itself changed.
replaces <- function(object, result) {
  is.object(object) && identical(class(object), class(result)) && !is.environment(object)
}
