"""A referee, and relations, in a check: the side that they speak against is named, and neither is passed over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

import parity

X = np.array([-2.5, 0.25, 3.0])
LOGISTIC = "function(x) 1 / (1 + exp(-x))"
SLIPPED = "function(x) 1 / (1 + exp(-x)) + 1e-6"


def logistic(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def slipped(x: Any) -> Any:
    return logistic(x) + 1e-6


def in_digits(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def another(x: Any) -> Any:
    return np.exp(x) / (1 + np.exp(x))


DIGITS = {"mpmath": in_digits, "digits": 40, "elementwise": True}


@pytest.mark.parametrize("referee", ["function(x) plogis(x)", another, DIGITS])
def test_a_referee_names_the_side(referee: Any) -> None:
    report = parity.check(logistic, LOGISTIC, x=X, referee=referee)
    (case,) = report.fixtures[0].cases
    assert {"python-referee", "r-referee"} <= set(case.pairs)
    with pytest.raises(parity.Disagreement, match=r"python is wrong \(referee\)"):
        parity.check(slipped, LOGISTIC, x=X, referee=referee)
    with pytest.raises(parity.Disagreement, match=r"r is wrong \(referee\)"):
        parity.check(logistic, SLIPPED, x=X, referee=referee)
    with pytest.raises(parity.Disagreement, match=r"both are alike wrong \(referee\)"):
        parity.check(slipped, SLIPPED, x=X, referee=referee)


def test_one_language_alone_against_a_referee_of_the_other() -> None:
    assert parity.check(logistic, x=X, referee="function(x) plogis(x)").ok
    with pytest.raises(parity.Disagreement, match=r"python is wrong \(referee\)"):
        parity.check(slipped, x=X, referee="function(x) plogis(x)")
    with pytest.raises(parity.Disagreement, match=r"r is wrong \(referee\)"):
        parity.check(None, SLIPPED, x=X, referee=another)


def test_a_package_is_asked_in_its_own_words() -> None:
    assert parity.check(logistic, LOGISTIC, x=X, referee="stats::plogis", names={"referee": {"x": "q"}}).ok


@pytest.mark.parametrize(
    ("referee", "words"),
    [
        (logistic, "the code under test itself"),
        (3, "referee: 3 cannot be called"),
        ("no such", "referee: 'no such'"),
        ({"digits": 30}, "expected one of 'python', 'r' and 'mpmath'"),
    ],
)
def test_what_is_no_referee_is_said(referee: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parity.check(logistic, LOGISTIC, x=X, referee=referee)


def test_a_file_of_its_own_would_replace_the_code_under_test(tmp_path: Path) -> None:
    (tmp_path / "judge.R").write_text("scale <- function(x) x\n")
    with pytest.raises(ValueError, match=r"referee: .* whose names would replace"):
        parity.check(logistic, LOGISTIC, x=X, referee=f"{tmp_path}/judge.R::scale")


def test_what_is_saved_keeps_its_referee(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    judge = "function(a, b) pmax(a, b)"
    larger = "function(a, b) ifelse(a > b, a, b)"
    assert parity.check("numpy:maximum", larger, a=X, b=-X, referee=judge, save=file).ok
    text = file.read_text()
    assert parity.run(file).ok
    file.write_text(text.replace(judge, "function(a, b) pmin(a, b)"))
    report = parity.run(file)
    assert [value.blame for value in report.fixtures[0].cases[0].values] == ["both alike"]
    with pytest.raises(ValueError, match="save: the referee is an object"):
        parity.check(logistic, LOGISTIC, x=X, referee=another, save=tmp_path / "other.json")


def test_relations_hold_on_both_sides() -> None:
    bounds = [{"of": "out", "bounds": [0, 1]}]
    assert parity.check(logistic, LOGISTIC, x=X, relations=bounds).ok
    with pytest.raises(parity.Disagreement, match=r"not within 0 and 0\.5"):
        parity.check(logistic, LOGISTIC, x=X, relations=[{"of": "out", "bounds": [0, 0.5]}])
    with pytest.raises(ValueError, match=r"relations: .* is no list"):
        parity.check(logistic, LOGISTIC, x=X, relations=bounds[0])  # type: ignore[arg-type]


def test_the_command_has_a_referee(tmp_path: Path) -> None:
    (tmp_path / "port.py").write_text(
        "import mpmath\nimport numpy as np\ndef small(x):\n    return np.log(1 + x)\n"
        "def exact(x):\n    return mpmath.log1p(x)\n"
    )

    def run(*more: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "parity", "check", "port.py:small", "function(x) log(1 + x)", *more]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    assert run("--with", "x=1.2345e-9")[0] == 0
    status, words = run("--with", "x=1.2345e-9", "--referee", "port.py:exact", "--digits", "40")
    assert (status, "both are alike wrong (referee)" in words) == (1, True)
    assert run("--with", "x=0.5", "--referee", "function(x) log1p(x)")[0] == 0
    assert run("--with", "x=0.5", "--digits", "40")[0] == 2
    assert run("--with", "x=0.5", "--referee", "nosuch::f")[0] == 3
