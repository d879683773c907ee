# JSON, written with what R itself has. Each function takes values and gives texts.

json_null <- "null"

# Texts in quotes; a missing one is null. Texts that are no UTF-8 are the caller's to refuse.
json_text <- function(x) {
  escaped <- gsub("\\", "\\\\", as_utf8(x), fixed = TRUE)
  escaped <- gsub("\"", "\\\"", escaped, fixed = TRUE)
  for (code in c(1:31, 127)) {
    control <- intToUtf8(code)
    if (any(grepl(control, escaped, fixed = TRUE))) {
      escaped <- gsub(control, sprintf("\\u%04x", code), escaped, fixed = TRUE)
    }
  }
  ifelse(is.na(x), json_null, paste0("\"", escaped, "\""))
}

# Bytes of no declared encoding are UTF-8 where they can be: so files are read, also in a locale that knows no letters.
as_utf8 <- function(x) {
  x <- as.character(x)
  bare <- Encoding(x) == "unknown" & validUTF8(x)
  if (any(bare)) Encoding(x)[bare] <- "UTF-8"
  enc2utf8(x)
}

is_utf8 <- function(x) is.na(x) | (validUTF8(x) & Encoding(x) != "bytes") | Encoding(x) == "latin1"

# Seventeen digits give back every double. The sign of a zero would be lost in a number without a point.
json_double <- function(x) {
  written <- sprintf("%.17g", x)
  written[written == "-0"] <- "-0.0"
  odd <- !is.finite(x)
  written[odd] <- json_text(ifelse(is.nan(x), "NaN", ifelse(is.na(x), "NA", ifelse(x > 0, "Inf", "-Inf")))[odd])
  written
}

json_integer <- function(x) ifelse(is.na(x), json_null, sprintf("%d", x))

json_logical <- function(x) ifelse(is.na(x), json_null, ifelse(x, "true", "false"))

# Of parts that are JSON already.
json_array <- function(parts) paste0("[", paste(parts, collapse = ","), "]")

json_object <- function(...) {
  parts <- list(...)
  parts <- parts[!vapply(parts, is.null, NA)]
  paste0("{", paste(paste0(json_text(names(parts)), ":", unlist(parts)), collapse = ","), "}")
}

# A named list of parts, as a list of pairs: JSON's objects have no order that could be relied on.
json_pairs <- function(parts) {
  json_array(vapply(seq_along(parts), function(i) json_array(c(json_text(names(parts)[[i]]), parts[[i]])), ""))
}

# Named texts, as an object.
json_texts <- function(x) {
  if (!length(x)) return("{}")
  do.call(json_object, as.list(stats::setNames(json_text(unlist(x)), names(x))))
}
