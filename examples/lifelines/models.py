"""lifelines as one would call it: a table, the columns, a fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter, NelsonAalenFitter, WeibullAFTFitter
from lifelines.statistics import logrank_test, proportional_hazard_test

PRECISE = {"precision": 1e-12, "r_precision": 1e-14}


def cox(data, columns, strata=None, precise=True, times=None, duration="time", **options):
    frame = pd.read_csv(data)
    used = [options[name] for name in ("weights_col", "entry_col", "cluster_col") if name in options]
    used += [strata] if strata else []
    frame = frame[[*columns, duration, "status", *used]]
    fitted = PRECISE if precise else None
    fit = CoxPHFitter().fit(frame, duration, "status", strata=strata, fit_options=fitted, **options)
    of = {
        "coef": fit.params_.to_numpy(),
        "se": fit.standard_errors_.to_numpy(),
        "cov": fit.variance_matrix_.to_numpy(),
        "p": fit.summary["p"].to_numpy(),
        "loglik": fit.log_likelihood_,
        "concordance": fit.concordance_index_,
    }
    if strata is None and not used:
        of["ratio"] = fit.log_likelihood_ratio_test().test_statistic
        of["martingale"] = fit.compute_residuals(frame, "martingale")["martingale"].sort_index().to_numpy()
        of["deviance"] = fit.compute_residuals(frame, "deviance")["deviance"].sort_index().to_numpy()
        of["schoenfeld"] = np.sort(fit.compute_residuals(frame, "schoenfeld").to_numpy()[:, 0])
        of["risk"] = fit.predict_log_partial_hazard(frame).to_numpy()
    if times is not None:
        of["hazard"] = fit.predict_cumulative_hazard(frame.iloc[:1], times=times).to_numpy()[:, 0]
        of["survival"] = fit.predict_survival_function(frame.iloc[:1], times=times).to_numpy()[:, 0]
    return of


def proportional(data, columns, transform, duration="time"):
    frame = pd.read_csv(data)[[*columns, duration, "status"]]
    fit = CoxPHFitter().fit(frame, duration, "status", fit_options=PRECISE)
    test = proportional_hazard_test(fit, frame, time_transform=transform)
    return {"statistic": test.test_statistic, "p": test.p_value}


def kaplan_meier(data, at):
    frame = pd.read_csv(data)
    fit = KaplanMeierFitter().fit(frame["time"], frame["status"])
    limits = fit.confidence_interval_survival_function_
    rows = [limits.index.get_indexer([time], method="pad")[0] for time in at]
    return {
        "survival": fit.survival_function_at_times(at).to_numpy(),
        "low": limits.iloc[rows, 0].to_numpy(),
        "high": limits.iloc[rows, 1].to_numpy(),
        "median": fit.median_survival_time_,
    }


def nelson_aalen(data, at, smoothed):
    frame = pd.read_csv(data)
    fit = NelsonAalenFitter(nelson_aalen_smoothing=smoothed).fit(frame["time"], frame["status"])
    return fit.cumulative_hazard_at_times(at).to_numpy()


def log_rank(data, group, weightings=None):
    frame = pd.read_csv(data)
    one = frame[group] == frame[group].min()
    times, events = frame["time"], frame["status"]
    test = logrank_test(times[one], times[~one], events[one], events[~one], weightings=weightings, p=1.0, q=0.0)
    return {"statistic": test.test_statistic, "p": test.p_value}


def weibull(data, columns):
    frame = pd.read_csv(data)[[*columns, "time", "status"]]
    fit = WeibullAFTFitter().fit(frame, "time", "status", fit_options={"ftol": 1e-15})
    return {
        "coef": fit.params_["lambda_"][[*columns, "Intercept"]].to_numpy(),
        "scale": np.exp(-fit.params_["rho_"]["Intercept"]),
        "se": fit.standard_errors_["lambda_"][[*columns, "Intercept"]].to_numpy(),
        "loglik": fit.log_likelihood_,
    }
