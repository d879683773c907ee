"""statsmodels as one would call it: a table, a formula, a fit."""

from __future__ import annotations

import pandas as pd
import statsmodels.formula.api as smf
from statsmodels.genmod import families
from statsmodels.stats.anova import anova_lm


def ols(data, formula, cov_type="nonrobust", cluster=None, use_t=None, **details):
    frame = pd.read_csv(data)
    if cluster is not None:
        details["groups"] = frame[cluster]
    return smf.ols(formula, frame).fit(cov_type=cov_type, use_t=use_t, cov_kwds=details)


def wls(data, formula, weights):
    frame = pd.read_csv(data)
    return smf.wls(formula, frame, weights=frame[weights]).fit()


def anova(data, formula):
    table = anova_lm(smf.ols(formula, pd.read_csv(data)).fit(), typ=1)
    return {
        "df": table["df"].to_numpy(),
        "sums": table["sum_sq"].to_numpy(),
        "F": table["F"].to_numpy()[:-1],
        "p": table["PR(>F)"].to_numpy()[:-1],
    }


LINKS = {"log": families.links.Log, "logit": families.links.Logit, "probit": families.links.Probit}
FAMILIES = {"binomial": families.Binomial, "poisson": families.Poisson, "Gamma": families.Gamma}


def glm(data, formula, family, link=None, cov_type="nonrobust", cluster=None, scale=None, tol=1e-8, **details):
    frame = pd.read_csv(data)
    one = FAMILIES[family](LINKS[link]()) if link else FAMILIES[family]()
    if cluster is not None:
        details["groups"] = frame[cluster]
    model = smf.glm(formula, frame, family=one)
    return model.fit(cov_type=cov_type, scale=scale, tol=tol, maxiter=100, cov_kwds=details)
