# JSON, written with what R itself has. Each function takes values and gives texts.

json_null <- "null"

# Texts in quotes; a missing one is null. Texts that are no UTF-8 are the caller's to refuse.
json_text <- function(x) {
  escaped <- gsub("\\", "\\\\", as_utf8(x), fixed = TRUE)
  escaped <- gsub("\"", "\\\"", escaped, fixed = TRUE)
  if (any(grepl("[[:cntrl:]]", escaped))) {
    for (code in c(1:31, 127)) escaped <- gsub(intToUtf8(code), sprintf("\\u%04x", code), escaped, fixed = TRUE)
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
  odd <- which(!is.finite(x))
  one <- x[odd]
  written[odd] <- ifelse(is.nan(one), "\"NaN\"", ifelse(is.na(one), "\"NA\"", ifelse(one > 0, "\"Inf\"", "\"-Inf\"")))
  written
}

json_integer <- function(x) ifelse(is.na(x), json_null, sprintf("%d", x))

json_logical <- function(x) ifelse(is.na(x), json_null, ifelse(x, "true", "false"))

# A long array of numbers as its little-endian bytes: writing out its digits would take longer than the check.
json_numbers <- function(x, write) {
  if (length(x) <= 1000L) return(json_array(write(x)))
  paste0("\"base64:zlib:", base64(memCompress(writeBin(x, raw(), endian = "little"), "gzip")), "\"")
}

base64 <- function(bytes) {
  lacking <- -length(bytes) %% 3L
  threes <- matrix(as.integer(c(bytes, raw(lacking))), nrow = 3L)
  word <- threes[1L, ] * 65536L + threes[2L, ] * 256L + threes[3L, ]
  sixes <- rbind(word %/% 262144L, word %/% 4096L %% 64L, word %/% 64L %% 64L, word %% 64L)
  letters <- charToRaw("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  text <- letters[sixes + 1L]
  text[length(text) + 1L - seq_len(lacking)] <- charToRaw("=")
  rawToChar(text)
}

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
