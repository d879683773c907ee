"""The known differences of these examples are explained by themselves: the verifier names the cause that the READMEs
give in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import parity

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("fixture", "case", "value", "cause"),
    [
        ("scipy-stats/sd.json", "the defaults of both", "sd", "degrees-of-freedom"),
        ("scipy-stats/var.json", "the defaults of both", "var", "degrees-of-freedom"),
        ("scipy-stats/zscore.json", "the defaults of both", "z", "degrees-of-freedom"),
        ("scipy-stats/rank.json", "dense, which R's rank does not have", "ranks", "ties"),
        ("glmnet/ridge.json", "the same number", "coef", "penalty"),
        ("glmnet/logistic.json", "lasso, C = 1 / lambda", "coef", "penalty"),
    ],
)
def test_the_cause_is_named(fixture: str, case: str, value: str, cause: str) -> None:
    report = parity.run(HERE / fixture, keep=case)
    codes = {
        one.name: one.diagnosis.code
        for result in report.fixtures
        for done in result.cases
        for one in done.values
        if one.diagnosis is not None
    }
    assert codes[value] == cause


def test_the_type_of_a_quantile_is_named() -> None:
    x = np.random.default_rng(4).normal(size=11)
    with pytest.raises(parity.Disagreement, match="quantile of type 6") as raised:
        parity.check(np.quantile, "function(a, q) quantile(a, q, type = 6, names = FALSE)", a=x, q=0.9)
    assert "quantile-type" in str(raised.value)
