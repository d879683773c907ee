ols <- function(data, formula) lm(as.formula(formula), read.csv(data))

wls <- function(data, formula, weights) {
  frame <- read.csv(data)
  frame$w <- frame[[weights]]
  lm(as.formula(formula), frame, weights = w)
}

# What coeftest() of lmtest makes of a fit and one of sandwich's covariances.
robust <- function(data, formula, type = "HC3", cluster = NULL, lag = NULL, df = NULL) {
  frame <- read.csv(data)
  fit <- lm(as.formula(formula), frame)
  covariance <- if (!is.null(cluster)) {
    sandwich::vcovCL(fit, cluster = frame[[cluster]], type = type)
  } else if (!is.null(lag)) {
    sandwich::NeweyWest(fit, lag = lag, prewhite = FALSE, adjust = FALSE)
  } else {
    sandwich::vcovHC(fit, type = type)
  }
  table <- lmtest::coeftest(fit, vcov. = covariance, df = df)
  list(coef = unname(coef(fit)), cov = unname(covariance), se = unname(table[, 2]), p = unname(table[, 4]))
}

anova_table <- function(data, formula) {
  table <- anova(lm(as.formula(formula), read.csv(data)))
  k <- nrow(table)
  list(df = table$Df, sums = table$`Sum Sq`, F = table$`F value`[-k], p = table$`Pr(>F)`[-k])
}

generalized <- function(data, formula, family, link = NULL, epsilon = 1e-8, type = NULL, cluster = NULL) {
  frame <- read.csv(data)
  family <- if (is.null(link)) get(family)() else get(family)(link = link)
  fit <- glm(as.formula(formula), family = family, data = frame, control = glm.control(epsilon = epsilon, maxit = 100))
  if (!is.null(type)) {
    fit$robust <- if (is.null(cluster)) {
      sandwich::vcovHC(fit, type = type)
    } else {
      sandwich::vcovCL(fit, cluster = frame[[cluster]], type = type)
    }
  }
  fit
}
