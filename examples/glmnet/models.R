library(glmnet)

PREDICTORS <- c("Agriculture", "Examination", "Education", "Infant.Mortality")

population_sd <- function(x) sqrt(mean((x - mean(x))^2))

linear <- function(data, lambda, alpha = 1, standardize = TRUE, thresh = 1e-24, weights = NULL, unit = FALSE) {
  frame <- read.csv(data)
  y <- frame$Fertility
  if (unit) y <- y / population_sd(y)
  w <- if (is.null(weights)) rep(1, nrow(frame)) else frame[[weights]]
  fit <- glmnet(as.matrix(frame[PREDICTORS]), y,
    alpha = alpha, lambda = lambda, standardize = standardize, thresh = thresh, maxit = 1e7, weights = w
  )
  list(coef = as.vector(fit$beta), intercept = unname(fit$a0))
}

path <- function(data, eps = NULL) {
  frame <- read.csv(data)
  x <- as.matrix(frame[PREDICTORS])
  fit <- if (is.null(eps)) {
    glmnet(x, frame$Fertility, standardize = FALSE, thresh = 1e-24, maxit = 1e7)
  } else {
    glmnet(x, frame$Fertility, standardize = FALSE, thresh = 1e-24, maxit = 1e7, lambda.min.ratio = eps)
  }
  list(lambdas = fit$lambda, coefs = unname(t(as.matrix(fit$beta))))
}

cross_validated <- function(data, lambdas, grouped = TRUE) {
  frame <- read.csv(data)
  fit <- cv.glmnet(as.matrix(frame[PREDICTORS]), frame$Fertility,
    lambda = lambdas, foldid = frame$Fold + 1, standardize = FALSE, thresh = 1e-24, maxit = 1e7, grouped = grouped
  )
  list(errors = fit$cvm, best = fit$lambda.min, coef = as.vector(coef(fit, s = "lambda.min"))[-1])
}

logistic <- function(data, lambda, alpha = 1, thresh = 1e-20, standardize = TRUE) {
  frame <- read.csv(data)
  fit <- glmnet(as.matrix(frame[PREDICTORS]), frame$Catholic > 50,
    family = "binomial", alpha = alpha, lambda = lambda, thresh = thresh, maxit = 1e7, standardize = standardize
  )
  list(coef = as.vector(fit$beta), intercept = unname(fit$a0))
}
