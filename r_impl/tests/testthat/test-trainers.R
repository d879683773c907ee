# The loop that all training runs share, and its batches.

# t = x w, the mean squared error and its gradient by w.
line <- list(
  loss = function(params, x, t) mean((x * params$w - t)^2),
  gradient = function(params, x, t) {
    list(loss = mean((x * params$w - t)^2), grads = list(w = mean(2 * x * (x * params$w - t))))
  }
)
points <- list(x = c(1, 2, 4), t = c(3, 2, 0))
take <- function(batch) lapply(points, `[`, batch)
# Rows 1 and 2, then row 3 twice.
two <- function(state, steps) {
  list(value = rbind(c(0L, 1L), c(2L, 2L))[state + seq_len(steps), , drop = FALSE], state = state + steps)
}

# By hand, with lr = 1/8. Rows 1 and 2 at w = 1: the errors are -2 and 0, the loss is 2, the gradient -2: w = 1.25.
# Row 3 at w = 1.25: the error is 5, the loss 25, the gradient 40: w = -3.75.
test_that("a trainer takes the steps that a hand takes, at once or in pieces", {
  state <- list(params = list(w = 1), batches = 0L)
  whole <- Trainer.train(2, state, line, two, take, lr = 0.125)
  expect_identical(whole$loss, c(2, 25))
  expect_identical(whole$params, list(w = -3.75))
  first <- Trainer.train(1, state, line, two, take, lr = 0.125)
  expect_identical(first$params, list(w = 1.25))
  second <- Trainer.train(1, first$state, line, two, take, lr = 0.125)
  expect_identical(second$loss, 25)
  expect_identical(second$state, whole$state)
  expect_identical(Trainer.train(0, state, line, two, take, lr = 0.125)$loss, numeric(0))
})

test_that("the loss after an update is that of the same batch", {
  # Rows 1 and 2 at w = 1.25: (1.75^2 + 0.5^2) / 2. Row 3 at w = -3.75: 15^2.
  state <- list(params = list(w = 1), batches = 0L)
  run <- Trainer.train(2, state, line, two, take, lr = 0.125, loss_after = TRUE)
  expect_identical(run$loss, c(1.65625, 225))
})

test_that("random batches go on as if drawn one by one", {
  for (replace in c(TRUE, FALSE)) {
    whole <- random_batches(np_random_state(3), 5, count = 7, size = 6, replace = replace)
    first <- random_batches(np_random_state(3), 2, count = 7, size = 6, replace = replace)
    second <- random_batches(first$state, 3, count = 7, size = 6, replace = replace)
    expect_identical(rbind(first$value, second$value), whole$value)
    expect_identical(second$state, whole$state)
    one <- np_choice(np_random_state(3), 7, 6, replace = replace)$value
    expect_identical(whole$value[1, ], one)
    expect_identical(anyDuplicated(whole$value[1, ]) > 0, replace)
  }
})

test_that("an epoch reorders the order before it", {
  drawn <- np_permutation(np_random_state(3), 5)
  first <- drawn$value
  second <- first[np_permutation(drawn$state, 5)$value + 1L]
  batches <- epoch_batches(np_random_state(3), 4, count = 5, size = 2)
  # The fifth number of each order fills no batch.
  expect_identical(batches$value, rbind(first[1:2], first[3:4], second[1:2], second[3:4]))
  one <- epoch_batches(np_random_state(3), 1, count = 5, size = 2)
  rest <- epoch_batches(one$state, 3, count = 5, size = 2)
  expect_identical(rbind(one$value, rest$value), batches$value)
  expect_error(epoch_batches(np_random_state(3), 1, count = 5, size = 6), "a batch of 6 cannot be taken from 5")
})

test_that("a run in pieces is the same run", {
  for (train in list(SpiralRun.train, IrisRun.train, SoftmaxRegressionRun.train, SoftmaxRegressionAsPrintedRun.train)) {
    whole <- train(13, seed = 3)
    first <- train(4, seed = 3)
    second <- train(9, state = first$state)
    expect_identical(c(first$loss, second$loss), whole$loss)
    expect_identical(second$state, whole$state)
  }
})
