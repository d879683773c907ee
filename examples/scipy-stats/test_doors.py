"""The same comparisons as calls in a plain test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import parity

METHODS = (
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
)
X = np.random.default_rng(7).normal(size=25)
Y = np.random.default_rng(8).normal(0.4, 2.0, size=12)


@pytest.mark.parametrize(("number", "method"), list(enumerate(METHODS, 1)))
def test_types_of_quantile(number: int, method: str) -> None:
    parity.check(
        np.quantile,
        "stats::quantile",
        x=X,
        probs=np.array([0.05, 0.25, 0.5, 0.9]),
        names={"python": {"x": "a", "probs": "q"}},
        only={"python": {"method": method}, "r": {"type": number}},
        rtol=1e-14,
        because="one weighted mean of two neighbours",
    )


T_TEST = {"statistic": ("statistic", ".$statistic"), "df": ("df", ".$parameter"), "p": ("pvalue", ".$p.value")}


def test_welch() -> None:
    parity.check(
        stats.ttest_ind,
        "stats::t.test",
        x=X,
        y=Y,
        names={"python": {"x": "a", "y": "b"}},
        only={"python": {"equal_var": False}},
        values=T_TEST,
        rtol=1e-12,
        because="two libraries' incomplete beta functions",
    )


def test_the_defaults_of_the_t_test_are_two_tests() -> None:
    with pytest.raises(parity.Disagreement) as caught:
        parity.check(
            stats.ttest_ind,
            "stats::t.test",
            x=X,
            y=Y,
            names={"python": {"x": "a", "y": "b"}},
            values=T_TEST,
        )
    (case,) = caught.value.report.fixtures[0].cases
    assert [value.name for value in case.values if not value.ok] == ["statistic", "df", "p"]


def test_an_r_function_in_python() -> None:
    mad = parity.r("stats::mad")
    assert np.isclose(mad(X, constant=1), stats.median_abs_deviation(X), rtol=1e-14, atol=0)
