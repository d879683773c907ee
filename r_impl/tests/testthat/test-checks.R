# Arguments that cannot fit stop with a sentence, where R would recycle, drop or pick something.

said <- function(expr, message) expect_error(expr, message, fixed = TRUE)

x <- matrix(c(0.5, -1, 2, 0, 1.5, -0.5), nrow = 3)
W <- matrix(c(1, -2, 3, 4, 0.5, 6), nrow = 2)

test_that("Affine takes what fits", {
  said(Affine.forward(W, 1:2, x), "b (2,) cannot be added to rows of 3")
  said(Affine.forward(W, 1, x), "b (1,) cannot be added to rows of 3")
  said(Affine.forward(W, 1:6, x), "b (6,) cannot be added to rows of 3")
  said(Affine.forward(matrix(1:8, 2), matrix(1:4, 2), x), "b (2, 2) cannot be added to rows of 4")
  said(Affine.forward(W, 1:3, c(1, 2)), "x (2,) cannot be multiplied by W (2, 3): a row of x needs 2 elements")
  said(Affine.forward(W, 1:3, t(x)), "x (2, 3) cannot be multiplied by W (2, 3)")
  said(Affine.forward(W, 1:3, array(0, c(2, 3, 4))), "x (2, 3, 4) cannot be multiplied by W (2, 3)")
  said(Affine.forward(c(1, 2), 1, x), "W has the shape (2,), expected a matrix")
  forward <- Affine.forward(W, 1:3, x)
  said(Affine.backward(forward, 1), "dout has the shape (1,), expected (3, 3)")
  said(Affine.backward(forward, matrix(0, 3, 2)), "dout has the shape (3, 2), expected (3, 3)")
  said(Affine.backward(forward, matrix(0, 1, 3)), "dout has the shape (1, 3), expected (3, 3)")
})

test_that("MatMul takes what fits", {
  said(MatMul.forward(W, t(x)), "x (2, 3) cannot be multiplied by W (2, 3): a row of x needs 2 elements")
  # R would take the vector for a row or a column, whichever fits.
  said(MatMul.forward(W, c(1, 2)), "x has the shape (2,), expected a matrix")
  said(MatMul.forward(1:2, x), "W has the shape (2,), expected a matrix")
  said(MatMul.backward(MatMul.forward(W, x), matrix(0, 3, 1)), "dout has the shape (3, 1), expected (3, 3)")
  said(MatMul.backward(MatMul.forward(W, x), 1:3), "dout has the shape (3,), expected (3, 3)")
})

test_that("element-wise layers take a gradient of the input's shape", {
  said(Relu.backward(Relu.forward(x), t(x)), "dout has the shape (2, 3), expected (3, 2)")
  said(Relu.backward(Relu.forward(x), 1), "dout has the shape (1,), expected (3, 2)")
  said(Relu.backward(list(mask = c(TRUE, FALSE)), c(1, 2, 3, 4)), "dout has the shape (4,), expected (2,)")
  said(Sigmoid.backward(Sigmoid.forward(x), 1:3), "dout has the shape (3,), expected (3, 2)")
  said(Sigmoid.backward(Sigmoid.forward(1:4), 1:2), "dout has the shape (2,), expected (4,)")
  said(Softmax.backward(Softmax.forward(x), t(x)), "dout has the shape (2, 3), expected (3, 2)")
  said(Softmax.backward(Softmax.forward(1:4), 1:2), "dout has the shape (2,), expected (4,)")
})

test_that("Repeat and Sum take one row on one side and N on the other", {
  row <- matrix(c(1, -2), nrow = 1)
  said(Repeat.forward(3, x), "x has the shape (3, 2), expected (1, 2)")
  said(Repeat.forward(3, c(1, -2)), "x has the shape (2,), expected a matrix")
  said(Repeat.forward(c(2, 3), row), "N must be one number")
  for (N in list(-1, 2.5, NA_real_)) said(Repeat.forward(N, row), "N must be a whole number that is not negative")
  expect_identical(dim(Repeat.forward(0, row)$out), c(0L, 2L))
  said(Repeat.backward(Repeat.forward(3, row), matrix(0, 2, 2)), "dout has the shape (2, 2), expected (3, 2)")
  said(Sum.forward(1:3), "x has the shape (3,), expected a matrix")
  said(Sum.backward(Sum.forward(x), c(1, 2)), "dout has the shape (2,), expected a matrix")
  said(Sum.backward(Sum.forward(x), x), "dout has the shape (3, 2), expected (1, 2)")
})

test_that("labels lie within the classes, one for each row", {
  said(SoftmaxWithLoss.forward(x, c(0, 1, 2)), "label 2 is out of bounds for 2 classes, counted from 0")
  said(SoftmaxWithLoss.forward(x, c(0, -1, 1)), "label -1 is out of bounds for 2 classes, counted from 0")
  said(SoftmaxWithLoss.forward(x, c(0, 1)), "2 labels for 3 rows")
  said(SoftmaxWithLoss.forward(x, c(0, 0.5, 1)), "labels must be whole numbers")
  said(SoftmaxWithLoss.forward(x, c(0, NA, 1)), "labels must be whole numbers")
  said(SoftmaxWithLoss.forward(x, matrix(0, 3, 3)), "t has the shape (3, 3), expected (3, 2)")
  said(SoftmaxWithLoss.forward(x, matrix(0, 1, 2)), "t has the shape (1, 2), expected (3, 2)")
  said(SoftmaxWithLoss.forward(1:3, 0), "x has the shape (3,), expected a matrix")
  forward <- SoftmaxWithLoss.forward(x, c(0, 1, 1))
  said(SoftmaxWithLoss.backward(forward, x), "dout must be one number")
  said(SoftmaxWithLoss.backward(forward, c(1, 2, 3)), "dout must be one number")
  y <- softmax(x)
  said(cross_entropy_error(y, c(0, 1, 2)), "label 2 is out of bounds for 2 classes, counted from 0")
  said(cross_entropy_error(y, t(y)), "t has the shape (2, 3), expected (3, 2)")
  said(cross_entropy_error(c(0.2, 0.3, 0.5), 3), "label 3 is out of bounds for 3 classes, counted from 0")
  said(cross_entropy_error(c(0.2, 0.3, 0.5), c(0, 1)), "2 labels for 1 rows")
  said(softmax(array(0, c(2, 2, 2))), "x has the shape (2, 2, 2), expected a vector or a matrix")
})

test_that("networks say what does not fit", {
  params <- TwoLayerNet.init(2, 4, 3, rng = 1)$params
  said(TwoLayerNet.predict(params, t(x)), "x (2, 3) cannot be multiplied by W (2, 4)")
  said(TwoLayerNet.accuracy(params, x, c(0, 1)), "2 labels for 3 rows")
  said(TwoLayerNet.accuracy(params, x, c(0, 1, 3)), "label 3 is out of bounds for 3 classes, counted from 0")
  said(TwoLayerNet.loss(params, x, matrix(0, 3, 2)), "t has the shape (3, 2), expected (3, 3)")
  said(TwoLayerNet.predict(params[-1], x), "W has the shape (0,), expected a matrix")
  said(TwoLayerNetSigmoid.predict(unname(params), t(x)), "x (2, 3) cannot be multiplied by W (2, 4)")
  one <- x[1, , drop = FALSE]
  said(SoftmaxRegression.forward(t(W), matrix(0, 3, 1), x, matrix(c(0, 0, 1), 1)), "x has the shape (3, 2), expected (1, 2)")
  said(SoftmaxRegression.forward(t(W), 0, one, matrix(c(0, 0, 1), 1)), "B has the shape (1,), expected (3, 1)")
  said(SoftmaxRegression.forward(t(W), matrix(0, 3, 1), one, 2), "t has the shape (1,), expected (1, 3)")
})

test_that("an optimizer needs a gradient of each parameter's shape", {
  params <- list(W = W, b = 1:3)
  said(SGD.update(params, list(W = W)), "there is no gradient for b")
  said(SGD.update(unname(params), list(W)), "there is no gradient for 2")
  said(SGD.update(params, list(W = 1, b = 1:3)), "the gradient of W has the shape (1,), expected (2, 3)")
  said(SGD.update(params, list(W = W, b = 1:3), lr = c(0.1, 0.2)), "lr must be one number")
})

test_that("a numerical gradient is that of one number", {
  said(numerical_gradient(function(x) x^2, c(1, 2)), "f(x) must be one number")
  said(numerical_gradient(function_2, c(1, 2), h = c(1e-4, 1e-3)), "h must be one number")
})

test_that("a convolution of no images is none, as NumPy has it", {
  x <- array(0, c(0, 1, 4, 4))
  expect_identical(dim(Convolution.forward(array(1, c(2, 1, 3, 3)), c(0, 0), x)$out), c(0L, 2L, 2L, 2L))
})
