"""scikit-learn's penalized regressions, as one would call them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import ElasticNet, Lasso, LassoCV, LogisticRegression, Ridge, lasso_path
from sklearn.preprocessing import StandardScaler

PREDICTORS = ["Agriculture", "Examination", "Education", "Infant.Mortality"]
PRECISE = {"tol": 1e-14, "max_iter": 1_000_000}
# A coefficient that is left out may be -0.0 in scikit-learn; glmnet has 0.
POSITIVE_ZERO = 0.0


_GENERATOR = np.random.RandomState(0)
_BEGIN = _GENERATOR.get_state()


def _seeded():
    """The same draws each time. Coordinate descent draws a seed also where it takes the coordinates in turn."""
    _GENERATOR.set_state(_BEGIN)
    return {"random_state": _GENERATOR}


def _read(data):
    frame = pd.read_csv(data)
    return frame, frame[PREDICTORS].to_numpy(float), frame["Fertility"].to_numpy(float)


def linear(data, alpha, kind="lasso", ratio=None, scaled=False, precise=True, weights=None, unit=False):
    frame, x, y = _read(data)
    y = y / np.std(y) if unit else y
    scaler = StandardScaler().fit(x) if scaled else None
    options = {**(PRECISE if precise else {}), **_seeded()}
    if kind == "ridge":
        model = Ridge(alpha)
    elif kind == "lasso":
        model = Lasso(alpha, **options)
    else:
        model = ElasticNet(alpha, l1_ratio=ratio, **options)
    w = None if weights is None else frame[weights].to_numpy(float)
    model.fit(x if scaler is None else scaler.transform(x), y, sample_weight=w)
    if scaler is None:
        return {"coef": model.coef_ + POSITIVE_ZERO, "intercept": model.intercept_}
    coef = model.coef_ / scaler.scale_ + POSITIVE_ZERO
    return {"coef": coef, "intercept": model.intercept_ - scaler.mean_ @ coef}


def path(data, eps=1e-3):
    _, x, y = _read(data)
    alphas, coefs, _ = lasso_path(x - x.mean(0), y - y.mean(), eps=eps, **PRECISE, **_seeded())
    return {"lambdas": alphas, "coefs": coefs.T + POSITIVE_ZERO}


def cross_validated(data, lambdas, by_rows=False):
    frame, x, y = _read(data)
    fold = frame["Fold"].to_numpy()
    splits = [(np.flatnonzero(fold != one), np.flatnonzero(fold == one)) for one in np.unique(fold)]
    model = LassoCV(alphas=np.array(lambdas), cv=splits, **PRECISE, **_seeded()).fit(x, y)
    sizes = [len(test) for _, test in splits] if by_rows else None
    return {"errors": np.average(model.mse_path_, axis=1, weights=sizes), "best": model.alpha_, "coef": model.coef_}


def logistic(data, C, kind="lasso", solver="saga"):
    frame, x, _ = _read(data)
    y = (frame["Catholic"] > 50).astype(int)
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(
        C=C, l1_ratio=1.0 if kind == "lasso" else 0.0, solver=solver, tol=1e-12, max_iter=1_000_000, **_seeded()
    )
    model.fit(scaler.transform(x), y)
    coef = model.coef_[0] / scaler.scale_
    return {"coef": coef, "intercept": model.intercept_[0] - scaler.mean_ @ coef}
