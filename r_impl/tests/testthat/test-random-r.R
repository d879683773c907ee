test_that("the draws are those after set.seed(), whatever kinds the session has chosen, and its state stays", {
  had <- if (exists(".Random.seed", globalenv())) get(".Random.seed", globalenv())
  on.exit({
    RNGkind("default", "default", "default")
    if (is.null(had)) rm(".Random.seed", envir = globalenv()) else assign(".Random.seed", had, envir = globalenv())
  })
  RNGkind("default", "default", "default")
  set.seed(42)
  expected <- list(get(".Random.seed", globalenv()), runif(3), rnorm(2), sample(10), sample(5, 7, replace = TRUE))
  draw_some <- function() {
    u <- RStream.runif(3, seed = 42)
    z <- RStream.rnorm(2, state = u$state)
    order <- RStream.sample(10, state = z$state)
    again <- RStream.sample(5, 7, replace = TRUE, state = order$state)
    list(r_random_state(42), u$value, z$value, order$value, again$value)
  }
  expect_identical(draw_some(), expected)
  suppressWarnings(RNGkind("Wichmann-Hill", "Box-Muller", "Rounding"))
  set.seed(1)
  before <- get(".Random.seed", globalenv())
  expect_identical(draw_some(), expected)
  expect_identical(get(".Random.seed", globalenv()), before)
  # A session that has drawn nothing: no .Random.seed, and the kinds that were chosen stay chosen, without a word.
  rm(".Random.seed", envir = globalenv())
  warned <- FALSE
  drawn <- withCallingHandlers(draw_some(), warning = function(w) warned <<- TRUE)
  # Taken at once, because testthat itself may draw.
  kinds <- RNGkind()
  there <- exists(".Random.seed", globalenv(), inherits = FALSE)
  expect_identical(drawn, expected)
  expect_identical(kinds, c("Wichmann-Hill", "Box-Muller", "Rounding"))
  expect_false(there)
  expect_false(warned)
})

test_that("a failed draw leaves the session's state as it was, too", {
  had <- if (exists(".Random.seed", globalenv())) get(".Random.seed", globalenv())
  on.exit(if (is.null(had)) rm(".Random.seed", envir = globalenv()) else assign(".Random.seed", had, envir = globalenv()))
  set.seed(1)
  before <- get(".Random.seed", globalenv())
  expect_error(RStream.sample(3, 4, seed = 2), "replace = FALSE")
  expect_error(r_random_state(2^31), "a seed of R is a whole number")
  expect_error(r_random_state(1.5), "a seed of R is a whole number")
  expect_error(r_random_state(c(1, 2)), "a seed of R is a whole number")
  expect_identical(get(".Random.seed", globalenv()), before)
})
