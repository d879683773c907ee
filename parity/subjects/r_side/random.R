# R's default generator, and where it stands.

# The generator with these 624 words (as signed integers), of which the next draw makes new ones.
begin_stream <- function(words) {
  RNGkind("Mersenne-Twister", "Inversion", "Rejection")
  words <- suppressWarnings(as.integer(words)) # -2^31 is the bit pattern of NA
  assign(".Random.seed", c(10403L, 624L, words), envir = globalenv())
  invisible(NULL)
}
