library(survival)

PRECISE <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50)

right_hand_side <- function(columns, ...) paste(c(columns, ...), collapse = " + ")

cox <- function(data, columns, ties = "efron", strata = NULL, precise = TRUE, times = NULL, duration = "time",
                weights = NULL, entry = NULL, cluster = NULL, robust = FALSE, residual_ties = ties, ctype = NULL) {
  frame <- read.csv(data)
  frame$time <- frame[[duration]]
  frame$w <- if (is.null(weights)) 1 else frame[[weights]]
  frame$from <- if (is.null(entry)) 0 else frame[[entry]]
  outcome <- if (is.null(entry)) "Surv(time, status)" else "Surv(from, time, status)"
  terms <- right_hand_side(
    columns,
    if (!is.null(strata)) sprintf("strata(%s)", strata),
    if (!is.null(cluster)) sprintf("cluster(%s)", cluster)
  )
  fit <- coxph(as.formula(paste(outcome, "~", terms)), frame,
    ties = ties, weights = w, robust = robust || !is.null(cluster), x = TRUE,
    control = if (precise) PRECISE else coxph.control()
  )
  table <- summary(fit)$coefficients
  of <- list(
    coef = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))), cov = unname(vcov(fit)),
    p = unname(table[, ncol(table)]), loglik = fit$loglik[2], concordance = unname(fit$concordance["concordance"])
  )
  if (is.null(strata) && is.null(weights) && is.null(entry) && is.null(cluster)) {
    # The residuals of another method for ties, at the same coefficients.
    at <- coxph(as.formula(paste(outcome, "~", terms)), frame,
      ties = residual_ties, init = coef(fit), control = coxph.control(iter.max = 0)
    )
    of <- c(of, list(
      ratio = 2 * diff(fit$loglik), martingale = unname(resid(at, "martingale")),
      deviance = unname(resid(at, "deviance")), schoenfeld = sort(unname(as.matrix(resid(at, "schoenfeld"))[, 1])),
      risk = unname(predict(fit, type = "lp"))
    ))
  }
  if (!is.null(times)) {
    curve <- if (is.null(ctype)) survfit(fit, frame[1, ]) else survfit(fit, frame[1, ], ctype = ctype)
    curve <- summary(curve, times = times)
    of <- c(of, list(hazard = curve$cumhaz, survival = curve$surv))
  }
  of
}

proportional <- function(data, columns, transform, duration = "time", version = 3) {
  frame <- read.csv(data)
  frame$time <- frame[[duration]]
  fit <- coxph(as.formula(paste("Surv(time, status) ~", right_hand_side(columns))), frame, control = PRECISE)
  if (version < 3) return(by_correlation(fit, transform))
  table <- cox.zph(fit, transform = transform, global = FALSE)$table
  list(statistic = unname(table[, "chisq"]), p = unname(table[, "p"]))
}

# Grambsch and Therneau's test with the average variance, as cox.zph had it before survival 3.0.
by_correlation <- function(fit, transform) {
  scaled <- as.matrix(resid(fit, "scaledsch"))
  times <- as.numeric(rownames(scaled))
  x <- switch(transform, identity = times, rank = rank(times), log = log(times))
  x <- x - mean(x)
  chisq <- drop(x %*% scaled)^2 / (diag(vcov(fit)) * fit$nevent * sum(x^2))
  list(statistic = unname(chisq), p = unname(pchisq(chisq, 1, lower.tail = FALSE)))
}

kaplan_meier <- function(data, at, conf.type = "log") {
  fit <- survfit(Surv(time, status) ~ 1, read.csv(data), conf.type = conf.type)
  of <- summary(fit, times = at)
  list(survival = of$surv, low = of$lower, high = of$upper, median = unname(summary(fit)$table["median"]))
}

nelson_aalen <- function(data, at, ctype = 1) {
  fit <- survfit(Surv(time, status) ~ 1, read.csv(data), ctype = ctype)
  summary(fit, times = at)$cumhaz
}

log_rank <- function(data, group, rho = 0) {
  test <- survdiff(as.formula(paste("Surv(time, status) ~", group)), read.csv(data), rho = rho)
  list(statistic = test$chisq, p = pchisq(test$chisq, 1, lower.tail = FALSE))
}

weibull <- function(data, columns) {
  fit <- survreg(as.formula(paste("Surv(time, status) ~", right_hand_side(columns))), read.csv(data),
    dist = "weibull", control = survreg.control(rel.tolerance = 1e-14, maxiter = 100)
  )
  order <- c(columns, "(Intercept)")
  list(
    coef = unname(coef(fit)[order]), scale = fit$scale, se = unname(sqrt(diag(vcov(fit)))[match(order, names(coef(fit)))]),
    loglik = fit$loglik[2]
  )
}
