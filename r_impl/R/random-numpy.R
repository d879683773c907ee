# NumPy's legacy random stream (`numpy.random.RandomState`) in base R, bit for bit.
#
# NumPy and R run the same generator, the Mersenne Twister MT19937, and differ in how they seed it and in what
# they make of its words. So R's own generator does the heavy work here: it is lent NumPy's 624 words of state,
# `runif()` hands back one tempered word per draw, and R's state is put back as it was. What NumPy builds from
# those words (53-bit uniforms, polar normals, masked integers) is done by the code below.

.np_two32 <- 4294967296

# x ^ (x >> 30) for a word x held in a double: only the two lowest bits change, as this table has it; its index is
# 4 * (the two highest bits) + (the two lowest) + 1.
.np_xor_low <- c(0, 1, 2, 3, 1, 0, 3, 2, 2, 3, 0, 1, 3, 2, 1, 0)

.np_xor_shift30 <- function(x) {
  low <- x %% 4
  x - low + .np_xor_low[4 * (x %/% 1073741824) + low + 1]
}

# (a * x) modulo 2^32, exactly: x is split in halves so that no product passes 2^53.
.np_times <- function(a, x) {
  high <- x %/% 65536
  (a * (x - high * 65536) + 65536 * ((a * high) %% 65536)) %% .np_two32
}

# Bitwise exclusive or of two words held in doubles; bitwXor() alone would lose the top bit.
.np_xor <- function(x, y) {
  65536 * bitwXor(x %/% 65536, y %/% 65536) + bitwXor(x %% 65536, y %% 65536)
}

# init_genrand() of the Mersenne Twister: word[i] = 1812433253 * (word[i - 1] ^ (word[i - 1] >> 30)) + i. The loop writes
# .np_xor_shift30() and .np_times() out, which halves its time.
.np_key_from_number <- function(seed) {
  table <- .np_xor_low
  key <- numeric(624)
  key[1L] <- word <- seed
  for (i in 1:623) {
    low <- word %% 4
    word <- word - low + table[4 * (word %/% 1073741824) + low + 1]
    high <- word %/% 65536
    word <- (1812433253 * (word - high * 65536) + 65536 * ((1812433253 * high) %% 65536) + i) %% 4294967296
    key[i + 1L] <- word
  }
  key
}

# init_by_array() of the Mersenne Twister.
.np_key_from_array <- function(seed) {
  key <- .np_key_from_number(19650218)
  i <- 1
  j <- 0
  for (step in seq_len(max(624, length(seed)))) {
    mixed <- .np_xor(key[i + 1], .np_times(1664525, .np_xor_shift30(key[i])))
    key[i + 1] <- (mixed + seed[j + 1] + j) %% .np_two32
    i <- i + 1
    j <- j + 1
    if (i >= 624) {
      key[1] <- key[624]
      i <- 1
    }
    if (j >= length(seed)) j <- 0
  }
  for (step in 1:623) {
    mixed <- .np_xor(key[i + 1], .np_times(1566083941, .np_xor_shift30(key[i])))
    key[i + 1] <- (mixed - i) %% .np_two32
    i <- i + 1
    if (i >= 624) {
      key[1] <- key[624]
      i <- 1
    }
  }
  key[1] <- 2147483648
  key
}

# Words 0..2^32-1 as R's signed integers; 2^31 is the bit pattern that R calls NA_integer_.
.np_as_signed <- function(words) {
  big <- words >= 2147483648
  words[big] <- words[big] - .np_two32
  words[words == -2147483648] <- NA_real_
  as.integer(words)
}

.np_as_words <- function(signed) {
  words <- as.numeric(signed)
  words[is.na(words)] <- 2147483648
  negative <- words < 0
  words[negative] <- words[negative] + .np_two32
  words
}

# What `draw` returns when R's generator stands at `random_seed`, and where it stands after that; R's own state is put
# back as it was. Without `random_seed` the generator stands anywhere, and `draw` has to set it.
.lend_generator <- function(random_seed, draw) {
  global <- globalenv()
  # In a session that has drawn nothing yet there is no .Random.seed, and R remembers its kind elsewhere.
  absent <- !exists(".Random.seed", envir = global, inherits = FALSE)
  found <- if (absent) RNGkind() else get(".Random.seed", envir = global, inherits = FALSE)
  on.exit({
    if (absent) {
      # R warns of the old sampler "Rounding", whoever chose it.
      suppressWarnings(RNGkind(found[1L], found[2L], found[3L]))
      rm(".Random.seed", envir = global)
    } else {
      assign(".Random.seed", found, envir = globalenv())
      RNGkind() # has R look at it now, and remember its kind
    }
  })
  if (!is.null(random_seed)) assign(".Random.seed", random_seed, envir = globalenv())
  value <- draw()
  list(value = value, random_seed = get(".Random.seed", envir = global, inherits = FALSE))
}

# What `draw` makes of the next words of the stream, and where the stream stands after that. `draw` is given a function:
# words(n) are the next n words as R's uniforms k * 2^-32 (0 becomes a positive number below 2^-32, which floor() undoes).
.np_draw <- function(state, draw) {
  # 10403: Mersenne-Twister, Inversion, Rejection.
  random_seed <- c(10403L, as.integer(state$pos), .np_as_signed(state$key))
  lent <- .lend_generator(random_seed, function() draw(stats::runif))
  state$key <- .np_as_words(lent$random_seed[-(1:2)])
  state$pos <- as.numeric(lent$random_seed[2L])
  list(value = lent$value, state = state)
}

# n uniforms of 53 bits: each is 27 bits of one word and 26 of the next, u = 2^-27 a + 2^-53 b, which a double holds.
.np_doubles <- function(words, n) {
  ab <- matrix(floor(words(2 * n) * c(2^27, 2^26)), nrow = 2)
  drop(c(2^-27, 2^-53) %*% ab)
}

# Pairs of normals by the polar method. A pair of uniforms outside the unit circle is thrown away and two normals come
# from each pair inside it, so drawing exactly the pairs still missing never takes a word too many.
.np_polar <- function(words, pairs) {
  normals <- list()
  while (pairs > 0) {
    x <- matrix(2 * .np_doubles(words, 2 * pairs) - 1, nrow = 2)
    x1 <- x[1, ]
    x2 <- x[2, ]
    r2 <- x1 * x1 + x2 * x2
    inside <- which(r2 < 1 & r2 != 0)
    x1 <- x1[inside]
    x2 <- x2[inside]
    r2 <- r2[inside]
    f <- sqrt(-2 * log(r2) / r2)
    normals[[length(normals) + 1L]] <- rbind(f * x2, f * x1)
    pairs <- pairs - length(inside)
  }
  as.numeric(unlist(normals))
}

# n normals. Where n leaves the second one of a pair, it waits in the state.
.np_normals <- function(state, n) {
  if (n == 0) {
    return(list(value = numeric(0), state = state))
  }
  waiting <- if (state$has_gauss) state$gauss
  pairs <- (n - length(waiting) + 1) %/% 2
  drawn <- .np_draw(state, function(words) c(waiting, .np_polar(words, pairs)))
  left <- length(drawn$value) > n
  drawn$state$has_gauss <- left
  drawn$state$gauss <- if (left) drawn$value[n + 1] else 0
  drawn$value <- drawn$value[seq_len(n)]
  drawn
}

# The lowest bits of whole numbers.
.np_lowest <- function(bits, x) x - floor(x / 2^bits) * 2^bits

# n whole numbers 0..range, each the lowest bits of a word (of two words past 2^32), rejected while above range.
.np_bounded <- function(words, range, n) {
  if (range == 0) {
    return(numeric(n))
  }
  bits <- 1
  while (2^bits <= range) bits <- bits + 1
  value <- numeric(n)
  done <- 0
  while (done < n) {
    if (bits > 32) {
      pairs <- matrix(floor(words(2 * (n - done)) * .np_two32), nrow = 2)
      x <- .np_two32 * .np_lowest(bits - 32, pairs[1, ]) + pairs[2, ]
    } else {
      x <- .np_lowest(bits, floor(words(n - done) * .np_two32))
    }
    kept <- x[x <= range]
    value[done + seq_along(kept)] <- kept
    done <- done + length(kept)
  }
  value
}

# A shuffled 1..n: for i = n-1 down to 1, swap with a masked draw from 0..i. As long as the mask stays the same,
# words are drawn together; which of them are accepted depends on how many were before, hence the fixed point.
.np_shuffled <- function(words, n) {
  partner <- numeric(n)
  i <- n - 1
  while (i >= 1) {
    bits <- floor(log2(i)) + 1
    lowest <- 2^(bits - 1)
    while (i >= lowest) {
      x <- .np_lowest(bits, floor(words(i - lowest + 1) * .np_two32))
      before <- 0
      repeat {
        accepted <- x <= i - before
        now <- cumsum(accepted) - accepted
        if (identical(now, before)) break
        before <- now
      }
      kept <- x[accepted]
      partner[i + 2 - seq_along(kept)] <- kept + 1
      i <- i - length(kept)
    }
  }
  index <- seq_len(n)
  for (k in rev(index[-1L])) {
    other <- partner[k]
    held <- index[k]
    index[k] <- index[other]
    index[other] <- held
  }
  index
}

.np_is_whole <- function(x) is.numeric(x) && !anyNA(x) && all(is.finite(x)) && all(x == floor(x))

.np_count <- function(size) {
  if (is.null(size)) {
    return(1)
  }
  if (!.np_is_whole(size) || length(size) == 0 || any(size < 0)) {
    stop("size must be NULL or whole numbers that are not negative", call. = FALSE)
  }
  prod(size)
}

# Values in the order drawn as an array of the given extents, filled row by row as NumPy does.
.np_shape <- function(value, size) {
  if (length(size) < 2) {
    return(value)
  }
  aperm(array(value, rev(size)))
}

.np_whole <- function(value, largest) {
  if (largest <= .Machine$integer.max) as.integer(value) else value
}

.np_one_number <- function(x, name) {
  if (!is.numeric(x) || length(x) != 1 || is.na(x)) {
    stop(name, " must be one number", call. = FALSE)
  }
  as.numeric(x)
}

#' NumPy's legacy random stream: start it from a seed
#'
#' `np_random_state(seed)` is `numpy.random.RandomState(seed)`, and gives the numbers that follow
#' `numpy.random.seed(seed)` in Python, bit for bit. The state is a value: every draw takes it as its first
#' argument and returns a list with the drawn `value` and the new `state`. R's own random numbers
#' (`.Random.seed`) are left exactly as they were.
#'
#' @param seed A whole number from 0 to 2^32 - 1, or several of them (NumPy's array seed). A list is always an
#'   array seed: `list(5)` is Python's `[5]`, which is not the same as `5`.
#' @return A list: `key` (624 words from 0 to 2^32 - 1), `pos` (how many of them are used up), `has_gauss` and
#'   `gauss` (the second normal of a pair, kept for the next draw), as NumPy's `get_state()` has them.
#' @source The reference C code of MT19937 (Matsumoto and Nishimura, 2002) and the documented behaviour of
#'   `numpy.random.RandomState`, whose stream NumPy has frozen.
#' @seealso [np_rand()], [np_randn()], [np_randint()], [np_permutation()], [np_choice()]
#' @family random numbers
#' @examples
#' state <- np_random_state(42)
#' first <- np_rand(state, 3)
#' first$value # 0.3745401 0.9507143 0.7319939, as in NumPy
#' second <- np_rand(first$state, 2)
#' second$value
#' @name np_random_state
#' @export
np_random_state <- function(seed) {
  as_array <- is.list(seed) || length(seed) != 1
  words <- if (is.list(seed)) unlist(seed) else as.vector(seed)
  if (length(words) == 0) {
    stop("the seed must not be empty", call. = FALSE)
  }
  if (!.np_is_whole(words) || any(words < 0) || any(words >= .np_two32)) {
    stop("a seed must be a whole number between 0 and 2^32 - 1", call. = FALSE)
  }
  words <- as.numeric(words)
  key <- if (as_array) .np_key_from_array(words) else .np_key_from_number(words)
  list(key = key, pos = 624, has_gauss = FALSE, gauss = 0)
}

#' Uniform numbers of NumPy's legacy stream
#'
#' `np_rand(state, 2, 3)` is `rand(2, 3)`, `np_random_sample(state, c(2, 3))` is `random_sample((2, 3))`: numbers
#' from 0 (included) to 1 (not included). `np_uniform` is `uniform(low, high, size)`.
#'
#' @param state A state from [np_random_state()] or from an earlier draw.
#' @param ... The extents of the array, one argument each; none for a single number.
#' @param size The extents of the array as one vector, or `NULL` for a single number.
#' @param low,high The bounds, one number each.
#' @return A list: `value`, a plain vector for one extent and an array for more, with NumPy's `value[i, j]` at
#'   R's `[i + 1, j + 1]`; and `state`, to be handed to the next draw.
#' @source `numpy.random.RandomState.rand`, `random_sample` and `uniform`.
#' @family random numbers
#' @examples
#' np_rand(np_random_state(0), 2, 3)$value
#' np_random_sample(np_random_state(0))$value # 0.5488135
#' np_uniform(np_random_state(0), low = -1, high = 1, size = 4)$value
#' @name np_rand
#' @export
np_rand <- function(state, ...) {
  np_random_sample(state, if (...length() == 0) NULL else c(...))
}

#' @rdname np_rand
#' @export
np_random_sample <- function(state, size = NULL) {
  count <- .np_count(size)
  drawn <- .np_draw(state, function(words) .np_doubles(words, count))
  drawn$value <- .np_shape(drawn$value, size)
  drawn
}

#' @rdname np_rand
#' @export
np_uniform <- function(state, low = 0, high = 1, size = NULL) {
  low <- .np_one_number(low, "low")
  range <- .np_one_number(high, "high") - low
  if (!is.finite(range)) {
    stop("high - low must be finite", call. = FALSE)
  }
  drawn <- np_random_sample(state, size)
  drawn$value <- low + range * drawn$value
  drawn
}

#' Normal numbers of NumPy's legacy stream
#'
#' `np_randn(state, 2, 3)` is `randn(2, 3)`, `np_standard_normal(state, c(2, 3))` is `standard_normal((2, 3))`, and
#' `np_normal` is `normal(loc, scale, size)`. The polar method makes two normals at a time; the second one waits in
#' the state for the next draw of a normal, whatever is drawn in between.
#'
#' @inheritParams np_rand
#' @param loc,scale Mean and standard deviation, one number each.
#' @inherit np_rand return
#' @source `numpy.random.RandomState.randn`, `standard_normal` and `normal`.
#' @family random numbers
#' @examples
#' # W = np.random.randn(3, 4) and B = np.random.randn(3, 1) after np.random.seed(220106)
#' W <- np_randn(np_random_state(220106), 3, 4)
#' B <- np_randn(W$state, 3, 1)
#' W$value
#' B$value
#' np_normal(B$state, loc = 10, scale = 2, size = 3)$value
#' @name np_randn
#' @export
np_randn <- function(state, ...) {
  np_standard_normal(state, if (...length() == 0) NULL else c(...))
}

#' @rdname np_randn
#' @export
np_standard_normal <- function(state, size = NULL) {
  drawn <- .np_normals(state, .np_count(size))
  drawn$value <- .np_shape(drawn$value, size)
  drawn
}

#' @rdname np_randn
#' @export
np_normal <- function(state, loc = 0, scale = 1, size = NULL) {
  loc <- .np_one_number(loc, "loc")
  scale <- .np_one_number(scale, "scale")
  if (scale < 0) {
    stop("scale must not be negative", call. = FALSE)
  }
  drawn <- np_standard_normal(state, size)
  drawn$value <- loc + scale * drawn$value
  drawn
}

#' Whole numbers of NumPy's legacy stream
#'
#' `np_randint(state, low, high, size)` is `randint(low, high, size)`: whole numbers from `low` to `high - 1`, or from
#' 0 to `low - 1` when `high` is left out.
#'
#' @inheritParams np_rand
#' @param low,high The bounds, one whole number each; `high` itself is never drawn.
#' @inherit np_rand return
#' @source `numpy.random.RandomState.randint` with its default type, a 64-bit integer. The values are R integers
#'   where all of the range fits and doubles beyond; the range may span up to 2^53.
#' @family random numbers
#' @examples
#' np_randint(np_random_state(42), 10, size = 5)$value # 6 3 7 4 6
#' np_randint(np_random_state(42), -3, 4, size = c(2, 3))$value
#' @name np_randint
#' @export
np_randint <- function(state, low, high = NULL, size = NULL) {
  if (is.null(high)) {
    high <- low
    low <- 0
  }
  low <- .np_one_number(low, "low")
  high <- .np_one_number(high, "high")
  if (!.np_is_whole(c(low, high))) {
    stop("low and high must be whole numbers", call. = FALSE)
  }
  if (low >= high) {
    stop("low must be less than high", call. = FALSE)
  }
  if (max(abs(low), abs(high), high - low) > 2^53) {
    stop("a double holds whole numbers up to 2^53 only", call. = FALSE)
  }
  count <- .np_count(size)
  drawn <- .np_draw(state, function(words) .np_bounded(words, high - 1 - low, count))
  drawn$value <- .np_shape(.np_whole(low + drawn$value, max(abs(low), abs(high))), size)
  drawn
}

#' Shuffling and permuting with NumPy's legacy stream
#'
#' `np_permutation(state, n)` is `permutation(n)`: the numbers 0 to n - 1 in random order. They count from zero as
#' NumPy's do; add `1L` to index with them. `np_permutation(state, x)` and `np_shuffle(state, x)` reorder the elements of
#' a vector or the rows (first index) of an array. R has no arguments that change in place, so `np_shuffle`
#' returns the shuffled copy.
#'
#' @inheritParams np_rand
#' @param x For `np_permutation` a count or the values to permute; for `np_shuffle` the values. A single number
#'   without `dim` is a count to `np_permutation`.
#' @return A list: `value`, the reordered values; and `state`, to be handed to the next draw.
#' @source `numpy.random.RandomState.permutation` and `shuffle`.
#' @family random numbers
#' @examples
#' np_permutation(np_random_state(0), 5)$value # 2 0 1 3 4
#' np_shuffle(np_random_state(0), c("a", "b", "c", "d", "e"))$value
#' np_permutation(np_random_state(0), matrix(1:6, nrow = 3))$value
#' @name np_permutation
#' @export
np_permutation <- function(state, x) {
  if (length(x) == 1 && is.null(dim(x)) && is.numeric(x)) {
    if (!.np_is_whole(x)) {
      stop("x must be a whole number or an array", call. = FALSE)
    }
    return(.np_draw(state, function(words) .np_shuffled(words, max(x, 0)) - 1L))
  }
  np_shuffle(state, x)
}

#' @rdname np_permutation
#' @export
np_shuffle <- function(state, x) {
  extents <- dim(x)
  count <- if (is.null(extents)) length(x) else extents[1L]
  drawn <- .np_draw(state, function(words) .np_shuffled(words, count))
  if (length(extents) < 2) {
    x[] <- x[drawn$value]
  } else {
    rows <- matrix(x, nrow = extents[1L])
    x[] <- rows[drawn$value, , drop = FALSE]
  }
  drawn$value <- x
  drawn
}

#' Drawing from given values with NumPy's legacy stream
#'
#' `np_choice(state, a, size, replace, p)` is `choice(a, size, replace, p)`.
#'
#' @inheritParams np_rand
#' @param a A vector to draw from, or one number n for 0 to n - 1.
#' @param replace May an element be drawn again?
#' @param p The probability of each element; all alike when left out.
#' @inherit np_rand return
#' @source `numpy.random.RandomState.choice`.
#' @family random numbers
#' @examples
#' np_choice(np_random_state(42), 5, size = 3)$value # 3 4 2
#' np_choice(np_random_state(42), 5, size = 3, replace = FALSE)$value # 1 4 2
#' np_choice(np_random_state(42), c(10, 20, 30), size = 4, p = c(0.5, 0.3, 0.2))$value
#' @name np_choice
#' @export
np_choice <- function(state, a, size = NULL, replace = TRUE, p = NULL) {
  counted <- length(a) == 1 && is.null(dim(a)) && is.numeric(a)
  if (length(dim(a)) > 1) {
    stop("a must be one-dimensional", call. = FALSE)
  }
  if (counted && (!.np_is_whole(a) || a < 0)) {
    stop("a must be a whole number that is not negative, or a vector", call. = FALSE)
  }
  population <- if (counted) as.numeric(a) else length(a)
  count <- .np_count(size)
  if (population == 0 && count > 0) {
    stop("a must not be empty unless nothing is drawn", call. = FALSE)
  }
  if (!is.null(p)) .np_check_probabilities(p, population)
  if (!replace && count > population) {
    stop("cannot draw more than there is when replace = FALSE: ", count, " of ", population, call. = FALSE)
  }
  drawn <- .np_draw(state, function(words) {
    if (replace && is.null(p)) {
      # Nothing to draw from is nothing to draw: `count` is 0 then.
      .np_bounded(words, max(population - 1, 0), count)
    } else if (replace) {
      .np_search(p, .np_doubles(words, count))
    } else if (is.null(p)) {
      .np_shuffled(words, population)[seq_len(count)] - 1
    } else {
      .np_choice_weighted(words, p, count)
    }
  })
  value <- if (counted) .np_whole(drawn$value, population) else a[drawn$value + 1]
  drawn$value <- .np_shape(value, size)
  drawn
}

.np_check_probabilities <- function(p, population) {
  if (!is.numeric(p) || length(p) != population) {
    stop("p must be one number for each element of a: ", length(p), " for ", population, call. = FALSE)
  }
  if (anyNA(p)) {
    stop("p contains NaN", call. = FALSE)
  }
  if (any(p < 0)) {
    stop("p must not be negative", call. = FALSE)
  }
  if (abs(sum(p) - 1) > sqrt(.Machine$double.eps)) {
    stop("p must sum to 1; it sums to ", format(sum(p), digits = 15), call. = FALSE)
  }
}

# Zero-based positions of u in the cumulated p. cumsum() adds up in 80 bits, NumPy in 64, hence the loop.
.np_search <- function(p, u) {
  total <- 0
  for (i in seq_along(p)) p[i] <- total <- total + p[i]
  findInterval(u, p / total)
}

# Without replacement: draw what is missing, keep first occurrences, strike them out of p, repeat.
.np_choice_weighted <- function(words, p, count) {
  if (sum(p > 0) < count) {
    stop("fewer elements with p > 0 than are to be drawn: ", sum(p > 0), " for ", count, call. = FALSE)
  }
  chosen <- numeric(0)
  while (length(chosen) < count) {
    u <- .np_doubles(words, count - length(chosen))
    p[chosen + 1] <- 0
    chosen <- c(chosen, unique(.np_search(p, u)))
  }
  chosen
}

#' NumPy's stream by the names of its methods
#'
#' The draws of [np_rand()] and the others once more, named after the methods of `numpy.random.RandomState` and
#' beginning from a seed without further ado: `NumpyStream.randn(3, seed = 42)` is `RandomState(42).randn(3)`, and
#' `NumpyStream.randn(3, state = drawn$state)` goes on after an earlier draw. The extents of an array are one `size`
#' throughout, also those of `rand` and `randn`.
#'
#' @inheritParams np_randn
#' @inheritParams np_randint
#' @inheritParams np_permutation
#' @inheritParams np_choice
#' @param size The extents of the array as one vector, or `NULL` for a single number.
#' @param low,high The bounds, one number each.
#' @param loc,scale Mean and standard deviation, one number each.
#' @param x A count or the values to permute; for `NumpyStream.shuffle` the values.
#' @param seed A seed, as for [np_random_state()]; not needed with `state`.
#' @param state The `state` of an earlier draw.
#' @return A list with the drawn `value` and the new `state`.
#'   `NumpyStream.shuffle()` returns the shuffled `x` in place of `value`.
#'   `NumpyStream.get_state()` returns `key`, `pos`, `has_gauss` and `gauss`, as NumPy's method does.
#' @source `numpy.random.RandomState`.
#' @family random numbers
#' @examples
#' drawn <- NumpyStream.randn(3, seed = 42)
#' drawn$value # 0.4967142 -0.1382643 0.6476885
#' NumpyStream.rand(c(2, 3), state = drawn$state)$value
#' @name NumpyStream.rand
#' @export
NumpyStream.rand <- function(size = NULL, seed, state = np_random_state(seed)) np_random_sample(state, size)

#' @rdname NumpyStream.rand
#' @export
NumpyStream.random_sample <- function(size = NULL, seed, state = np_random_state(seed)) np_random_sample(state, size)

#' @rdname NumpyStream.rand
#' @export
NumpyStream.uniform <- function(low = 0, high = 1, size = NULL, seed, state = np_random_state(seed)) {
  np_uniform(state, low, high, size)
}

#' @rdname NumpyStream.rand
#' @export
NumpyStream.randn <- function(size = NULL, seed, state = np_random_state(seed)) np_standard_normal(state, size)

#' @rdname NumpyStream.rand
#' @export
NumpyStream.standard_normal <- function(size = NULL, seed, state = np_random_state(seed)) {
  np_standard_normal(state, size)
}

#' @rdname NumpyStream.rand
#' @export
NumpyStream.normal <- function(loc = 0, scale = 1, size = NULL, seed, state = np_random_state(seed)) {
  np_normal(state, loc, scale, size)
}

#' @rdname NumpyStream.rand
#' @export
NumpyStream.randint <- function(low, high = NULL, size = NULL, seed, state = np_random_state(seed)) {
  np_randint(state, low, high, size)
}

#' @rdname NumpyStream.rand
#' @export
NumpyStream.permutation <- function(x, seed, state = np_random_state(seed)) np_permutation(state, x)

#' @rdname NumpyStream.rand
#' @export
NumpyStream.shuffle <- function(x, seed, state = np_random_state(seed)) {
  drawn <- np_shuffle(state, x)
  list(x = drawn$value, state = drawn$state)
}

#' @rdname NumpyStream.rand
#' @export
NumpyStream.choice <- function(a, size = NULL, replace = TRUE, p = NULL, seed, state = np_random_state(seed)) {
  np_choice(state, a, size, replace, p)
}

#' @rdname NumpyStream.rand
#' @export
NumpyStream.get_state <- function(seed, state = np_random_state(seed)) {
  list(key = state$key, pos = state$pos, has_gauss = as.integer(state$has_gauss), gauss = state$gauss)
}
