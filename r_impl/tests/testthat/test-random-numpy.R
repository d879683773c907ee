# The expected numbers were printed by NumPy 2.4 (numpy.random.RandomState) with 17 significant digits, which name a
# double exactly; so they are compared with identical(), never with a tolerance.

draw_all <- function(state, ...) {
  values <- list()
  for (draw in list(...)) {
    drawn <- draw(state)
    values <- c(values, list(drawn$value))
    state <- drawn$state
  }
  values
}

test_that("draws follow NumPy through every kind, the second normal surviving what comes in between", {
  # randn(3), rand(2), randn(2), randint(0, 1000, 4), permutation(6), choice(9, 3, replace=False), choice(4, 5, p=p)
  numpy <- list(
    "0" = list(
      c(1.764052345967664, 0.40015720836722329, 0.9787379841057392), c(0.42365479933890471, 0.64589411306665612),
      c(2.2408931992014578, 0.95008841752558937),
      c(600L, 396L, 314L, 705L), c(5L, 2L, 3L, 4L, 1L, 0L), c(2L, 6L, 7L), c(1L, 3L, 2L, 3L, 2L)
    ),
    "42" = list(
      c(0.49671415301123267, -0.13826430117118466, 0.64768853810069249), c(0.15601864044243652, 0.15599452033620265),
      c(1.5230298564080254, 1.5792128155073915),
      c(661L, 308L, 769L, 343L), c(4L, 2L, 0L, 5L, 1L, 3L), c(1L, 7L, 6L), c(1L, 1L, 2L, 2L, 3L)
    ),
    "1984" = list(
      c(-0.026902226847232345, -0.6892736860726052, 0.89613843800748205), c(0.29180756954393883, 0.73475849627508638),
      c(-0.66434232987641162, 0.72523231825974455),
      c(342L, 566L, 372L, 204L), c(4L, 2L, 0L, 5L, 1L, 3L), c(5L, 3L, 6L), c(0L, 3L, 3L, 1L, 1L)
    ),
    "220106" = list(
      c(0.77008730756916344, -1.6262421581653526, 0.65101360673718878), c(0.083641553014227932, 0.35138658245217225),
      c(-1.0969366428614202, -0.068404715397865093),
      c(206L, 157L, 415L, 436L), c(3L, 0L, 2L, 1L, 4L, 5L), c(1L, 5L, 0L), c(3L, 0L, 1L, 3L, 2L)
    ),
    "2147483648" = list(
      c(0.31847612732824637, -0.34575349241475667, 0.22556744960170241), c(0.34215785135597765, 0.29179174679832209),
      c(1.5130304859621413, -0.74409234389233991),
      c(822L, 128L, 117L, 102L), c(0L, 2L, 5L, 1L, 4L, 3L), c(6L, 1L, 2L), c(1L, 3L, 2L, 1L, 2L)
    ),
    "4294967295" = list(
      c(0.64840867423065274, 0.66932353063381611, -1.0805437227474493), c(0.90937507279777052, 0.55373631159250014),
      c(0.28450104479863092, -0.044026015448043285),
      c(201L, 905L, 601L, 44L), c(1L, 2L, 5L, 3L, 0L, 4L), c(5L, 6L, 0L), c(3L, 2L, 3L, 3L, 1L)
    )
  )
  for (seed in names(numpy)) {
    drawn <- draw_all(
      np_random_state(as.numeric(seed)),
      function(s) np_randn(s, 3),
      function(s) np_rand(s, 2),
      function(s) np_standard_normal(s, 2),
      function(s) np_randint(s, 0, 1000, 4),
      function(s) np_permutation(s, 6),
      function(s) np_choice(s, 9, 3, replace = FALSE),
      function(s) np_choice(s, 4, 5, p = c(0.1, 0.2, 0.3, 0.4))
    )
    expect_identical(drawn, numpy[[seed]], label = paste("seed", seed))
  }
})

test_that("array seeds are not number seeds", {
  drawn <- draw_all(np_random_state(c(1, 2, 3)), function(s) np_rand(s, 2), function(s) np_randn(s))
  expect_identical(drawn, list(c(0.60986127228672893, 0.88669704341468514), 0.95172625217596707))
  expect_identical(np_rand(np_random_state(list(5)), 2)$value, c(0.62290169488970193, 0.74178698926072939))
  expect_identical(np_rand(np_random_state(5), 2)$value, c(0.22199317108973948, 0.8707323061773764))
})

test_that("uniform, normal, weighted choice and wide integers follow NumPy", {
  drawn <- draw_all(
    np_random_state(7),
    function(s) np_uniform(s, -1, 3, 2),
    function(s) np_normal(s, 10, 2, 2),
    function(s) np_choice(s, c(10, 20, 30, 40), 3, replace = FALSE, p = c(0.4, 0.3, 0.2, 0.1)),
    function(s) np_randint(s, -3, 2^40, 3),
    function(s) np_randint(s, 2^31, 2^32, 3)
  )
  expect_identical(drawn, list(
    c(-0.69476684250417131, 2.1196751689604585), c(13.381051407600712, 9.0681252589183341), c(40, 20, 10),
    c(936371204997, 719526270947, 295789249965), c(3452032895, 3568427399, 3783613356)
  ))
})

test_that("a million draws end as NumPy's do", {
  uniform <- np_rand(np_random_state(42), 1e6)$value
  normal <- np_randn(np_random_state(42), 1e6)$value
  expect_identical(uniform[c(1, 1e6)], c(0.37454011884736249, 0.92944854785051534))
  expect_identical(normal[c(1, 1e6)], c(0.49671415301123267, 0.47643025468322092))
})

test_that("arrays are filled row by row", {
  W <- np_randn(np_random_state(42), 2, 3)$value
  expect_identical(W, rbind(
    c(0.49671415301123267, -0.13826430117118466, 0.64768853810069249),
    c(1.5230298564080254, -0.23415337472333597, -0.23413695694918055)
  ))
  deep <- np_random_sample(np_random_state(3), c(2, 3, 4))$value
  flat <- np_rand(np_random_state(3), 24)$value
  expect_identical(dim(deep), c(2L, 3L, 4L))
  expect_identical(deep[2, 1, 3], flat[12 + 2 + 1])
  expect_identical(dim(np_rand(np_random_state(1), 1, 3)$value), c(1L, 3L))
})

test_that("no draw, one draw and odd numbers of draws leave the right state behind", {
  state <- np_random_state(1)
  expect_identical(np_rand(state, 0), list(value = numeric(0), state = state))
  expect_identical(np_randn(state, 0)$state, state)
  expect_identical(dim(np_rand(state, 2, 0)$value), c(2L, 0L))
  expect_identical(np_permutation(state, 0)$value, integer(0))
  expect_identical(np_permutation(state, 1), list(value = 0L, state = state))
  whole <- np_randn(state, 1001)
  part <- np_randn(state, 333)
  rest <- np_randn(part$state, 668)
  expect_identical(c(part$value, rest$value), whole$value)
  expect_identical(rest$state, whole$state)
  expect_true(whole$state$has_gauss)
  expect_false(np_randn(state, 1000)$state$has_gauss)
})

test_that("the state is NumPy's", {
  state <- np_random_state(0)
  expect_identical(state$key[c(1:3, 624)], c(0, 1, 1812433255, 1796872496))
  expect_identical(state[-1], list(pos = 624, has_gauss = FALSE, gauss = 0))
  expect_identical(np_random_state(c(1, 2))$key[1], 2147483648)
})

test_that("rows of a matrix are permuted whole, and the argument stays as it was", {
  x <- matrix(0:11, nrow = 4, byrow = TRUE)
  first <- np_permutation(np_random_state(1), x)
  expect_identical(first$value, x[c(3, 2, 0, 1) + 1, ])
  second <- np_shuffle(first$state, x)
  expect_identical(second$value, x[c(0, 2, 1, 3) + 1, ])
  expect_identical(x, matrix(0:11, nrow = 4, byrow = TRUE))
  expect_setequal(np_shuffle(first$state, letters)$value, letters)
})

test_that("R's own random numbers go on as if nothing had been drawn", {
  draw_some <- function() np_permutation(np_randn(np_random_state(5), 3)$state, 100)
  had <- if (exists(".Random.seed", globalenv())) get(".Random.seed", globalenv())
  on.exit({
    RNGkind("default", "default", "default")
    if (is.null(had)) rm(".Random.seed", envir = globalenv()) else assign(".Random.seed", had, envir = globalenv())
  })
  for (kind in c("Mersenne-Twister", "Wichmann-Hill", "L'Ecuyer-CMRG")) {
    RNGkind(kind, "Box-Muller")
    set.seed(1)
    expected <- rnorm(6)
    set.seed(1)
    seen <- rnorm(3)
    before <- get(".Random.seed", globalenv())
    draw_some()
    expect_identical(get(".Random.seed", globalenv()), before)
    expect_identical(c(seen, rnorm(3)), expected)
    # A session that has drawn nothing: no .Random.seed, and the kind that was chosen stays chosen.
    rm(".Random.seed", envir = globalenv())
    draw_some()
    expect_false(exists(".Random.seed", globalenv(), inherits = FALSE))
    expect_identical(RNGkind()[1:2], c(kind, "Box-Muller"))
  }
})

test_that("mistakes are told", {
  state <- np_random_state(0)
  expect_error(np_random_state(-1), "between 0 and 2^32 - 1", fixed = TRUE)
  expect_error(np_random_state(2^32), "between 0 and 2^32 - 1", fixed = TRUE)
  expect_error(np_random_state(1.5), "whole number")
  expect_error(np_random_state(NA), "whole number")
  expect_error(np_random_state("7"), "whole number")
  expect_error(np_random_state(numeric(0)), "must not be empty")
  expect_error(np_random_state(c(1, -1)), "between 0 and 2^32 - 1", fixed = TRUE)
  expect_error(np_choice(state, 3, p = c(0.5, 0.3, 0.3)), "sum to 1")
  expect_error(np_choice(state, 3, p = c(0.5, 0.5)), "one number for each element")
  expect_error(np_choice(state, 2, p = c(1.5, -0.5)), "must not be negative")
  expect_error(np_choice(state, 2, p = c(NaN, 1)), "NaN")
  expect_error(np_choice(state, 3, 4, replace = FALSE), "more than there is")
  expect_error(np_choice(state, 3, 2, replace = FALSE, p = c(1, 0, 0)), "fewer elements with p > 0")
  expect_error(np_choice(state, 0), "must not be empty")
  expect_error(np_choice(state, matrix(1:4, 2)), "one-dimensional")
  expect_error(np_randint(state, 5, 5), "low must be less than high")
  expect_error(np_randint(state, 0), "low must be less than high")
  expect_error(np_randint(state, 0.5), "whole numbers")
  expect_error(np_randint(state, 0, 2^60), "2^53", fixed = TRUE)
  expect_error(np_rand(state, -1), "not negative")
  expect_error(np_rand(state, 1.5), "whole numbers")
  expect_error(np_normal(state, scale = -1), "scale must not be negative")
  expect_error(np_uniform(state, 0, Inf), "finite")
})

# MD5 of the numbers as doubles, little-endian, as NumPy 1.26.4 draws them in a process of its own. The shared cases
# compare the same streams with the NumPy at hand.
test_that("a million numbers are those that NumPy drew", {
  md5 <- function(x) {
    file <- tempfile()
    on.exit(unlink(file))
    writeBin(as.numeric(x), file, endian = "little")
    unname(tools::md5sum(file))
  }
  rand <- function(seed) np_rand(np_random_state(seed), 1e6)$value
  expect_identical(md5(rand(0)), "16eb90f58f0de8bc8cdab17f209b216e")
  expect_identical(md5(rand(2^32 - 1)), "748d9e9f9cf30f28aa40a53d54cf62fb")
  expect_identical(md5(np_randn(np_random_state(c(1, 2, 3)), 999999)$value), "16ee3908047360310adc1edf7a4a5890")
  normals <- np_randn(np_random_state(42), 999999)
  expect_identical(md5(normals$value), "a5913cb557fd74ce0e636c9b6426b0e7")
  uniforms <- np_rand(normals$state, 1e6)
  whole <- np_randint(uniforms$state, 0, 1000, size = 1e6)
  expect_identical(md5(whole$value), "d70462b06fae308edbd1ad8cf04d98c5")
  order <- np_permutation(whole$state, 1e6)
  expect_identical(md5(order$value), "fdf9bb8213e0f64848f594764134bbec")
})
