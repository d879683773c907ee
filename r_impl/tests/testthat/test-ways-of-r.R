# What is R's own here and no fixture can say: arguments that stay as they were, vectors where NumPy has arrays.

test_that("Affine takes its bias as a vector, a column or a row", {
  x <- matrix(1:6, nrow = 3, byrow = TRUE)
  W <- matrix(3:8, nrow = 2, byrow = TRUE)
  vector <- Affine.forward(W, 9:11, x)$out
  expect_identical(unname(vector), rbind(c(24, 28, 32), c(42, 50, 58), c(60, 72, 84)))
  expect_identical(Affine.forward(W, matrix(9:11), x)$out, vector)
  expect_identical(Affine.forward(W, matrix(9:11, nrow = 1), x)$out, vector)
})

test_that("no argument is changed and no random number is drawn", {
  had <- exists(".Random.seed", globalenv())
  seed <- if (had) get(".Random.seed", globalenv())
  params <- TwoLayerNet.init(3, 4, 2, weight_init_std = 1, rng = 1)$params
  kept <- unserialize(serialize(params, NULL))
  x <- np_randn(np_random_state(2), 5, 3)$value
  t <- c(0L, 1L, 1L, 0L, 1L)
  grads <- TwoLayerNet.gradient(params, x, t)$grads
  TwoLayerNet.numerical_gradient(params, x, t)
  stepped <- SGD.update(params, grads, lr = 0.1)$params
  spiral.load_data()
  expect_identical(params, kept)
  expect_false(identical(stepped$W1, params$W1))
  expect_identical(exists(".Random.seed", globalenv()), had)
  if (had) expect_identical(get(".Random.seed", globalenv()), seed)
})

test_that("backpropagation gives what numerical_gradient gives", {
  params <- TwoLayerNet.init(4, 6, 3, weight_init_std = 1, rng = 8)$params
  x <- np_randn(np_random_state(9), 7, 4)$value
  t <- np_randint(np_random_state(10), 3, size = 7)$value
  exact <- TwoLayerNet.gradient(params, x, t, delta = 0)$grads
  numeric <- TwoLayerNet.numerical_gradient(params, x, t, delta = 0)$grads
  expect_identical(names(exact), names(numeric))
  for (name in names(exact)) expect_lt(max(abs(exact[[name]] - numeric[[name]])), 1e-7)
})

test_that("a step down the gradient lowers the loss, on the spiral", {
  spiral <- spiral.load_data()
  params <- TwoLayerNetSigmoid.init(2, 10, 3, rng = 42)$params
  losses <- numeric(0)
  for (step in 1:30) {
    forward <- TwoLayerNetSigmoid.forward(params, spiral$x, spiral$t)
    losses[step] <- forward$loss
    params <- SGD.update(params, TwoLayerNetSigmoid.backward(forward)$grads, lr = 0.5)$params
  }
  expect_true(all(diff(losses) < 0))
  # The other form of the labels, numbers from zero, is the same loss.
  labels <- max.col(spiral$t, ties.method = "first") - 1L
  expect_equal(
    TwoLayerNetSigmoid.forward(params, spiral$x, labels)$loss,
    TwoLayerNetSigmoid.forward(params, spiral$x, spiral$t)$loss,
    tolerance = 1e-14
  )
})

test_that("the stream goes on after init", {
  made <- TwoLayerNet.init(2, 3, 2, rng = 5)
  again <- TwoLayerNet.init(2, 3, 2, rng = np_random_state(5))
  expect_identical(made, again)
  drawn <- np_randn(np_random_state(5), 6 + 6 + 1)$value
  expect_identical(np_randn(made$state)$value, drawn[13])
  expect_identical(made$params$W1, 0.01 * matrix(drawn[1:6], nrow = 2, byrow = TRUE))
})

test_that("the printed Jacobian is the one whose rows do not add up to 0", {
  s <- c(0.2, 0.3, 0.5)
  expect_equal(rowSums(SoftmaxRegression.jacobian(s)), c(0, 0, 0), tolerance = 1e-15)
  expect_equal(rowSums(SoftmaxRegressionAsPrinted.jacobian(s)), c(0, 0.03, -0.01), tolerance = 1e-14)
})

test_that("every function whose name begins with a letter is exported, and no other", {
  # NAMESPACE is written by roxygen2::roxygenise(), which a new function needs.
  defined <- grep("^[[:alpha:]]", ls(asNamespace("deepscratch")), value = TRUE)
  expect_setequal(getNamespaceExports("deepscratch"), defined)
})
