"""A third implementation judges the two: who is wrong, both alike, the referee itself; and no referee that is passed
over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import FixtureError, read_fixture
from parity.subjects import MisfitError
from parity.verify.case import nodes, verify
from parity.verify.results import CaseResult

PYTHON = """import numpy as np
import mpmath


def logistic(x):
    return 1 / (1 + np.exp(-x))


def slipped(x):
    return 1 / (1 + np.exp(-x)) + 1e-6


def digits(x):
    return np.array([1 / (1 + mpmath.exp(-one)) for one in x], dtype=object)


def raising(x):
    raise ValueError("no")


def silent(x):
    return None


def small(x):
    return np.log(1 + x)


def small_digits(x):
    return mpmath.log(1 + x)
"""
R = """logistic <- function(x) 1 / (1 + exp(-x))
slipped <- function(x) 1 / (1 + exp(-x)) + 1e-6
small <- function(x) log(1 + x)
"""


def case_of(
    folder: Path, referee: dict[str, Any] | None, python: str = "logistic", r: str = "logistic", **more: Any
) -> Path:
    (folder / "port.py").write_text(PYTHON)
    (folder / "port.R").write_text(R)
    call = {"do": "call", "with": {"x": more.pop("x", [-2.5, 0.25, 3])}, "returns": "y", **more.pop("call", {})}
    document = {
        "about": "a", "source": "s", "python": f"port:{python}", "r": r, "r_source": ["port.R"],
        "tolerance": {"rtol": 1e-12, "atol": 0, "because": "elementwise"},
        "cases": [{"id": "one", "calls": [call], **more}],
    }  # fmt: skip
    if referee is not None:
        document["referee"] = referee
    path = folder / "logistic.json"
    path.write_text(json.dumps(document))
    return path


def only(path: Path) -> CaseResult:
    (case,) = verify(read_fixture(path)).cases
    return case


REFEREES = [{"python": "port:digits"}, {"r": "stats::plogis"}, {"mpmath": "port:digits"}]


@pytest.mark.parametrize("referee", [{"r": "function(x) plogis(x)"}, {"mpmath": "port:digits", "digits": 60}])
@pytest.mark.parametrize(("python", "r", "guilty"), [("slipped", "logistic", "python"), ("logistic", "slipped", "r")])
def test_the_side_that_the_referee_speaks_against_is_wrong(
    tmp_path: Path, referee: dict[str, Any], python: str, r: str, guilty: str
) -> None:
    case = only(case_of(tmp_path, referee, python, r))
    assert not case.ok
    (value,) = case.values
    assert (value.blame, value.blamed_by) == (guilty, "referee")
    assert value.numbers.keys() == {"python", "r", "referee"}


def test_both_alike_wrong_is_a_verdict(tmp_path: Path) -> None:
    case = only(case_of(tmp_path, {"mpmath": "port:digits"}, "slipped", "slipped"))
    assert not case.ok
    assert (case.values[0].blame, case.values[0].blamed_by) == ("both", "referee")
    assert case.values[0].comparisons["python-r"].ok


def test_all_three_agree(tmp_path: Path) -> None:
    path = case_of(tmp_path, {"mpmath": "port:digits"})
    assert only(path).ok
    (case,) = read_fixture(path).cases
    assert {"python-referee", "r-referee"} < set(nodes(case, ("python", "r")))


def test_truth_is_stronger_than_a_referee(tmp_path: Path) -> None:
    call = {"expect": {"y": [0.07585818002124355, 0.5621765008857981, 0.9525741268224334]}}
    case = only(case_of(tmp_path, {"python": "port:slipped"}, call=call, expected_by="mpmath, 50 digits"))
    assert not case.ok
    assert (case.values[0].blame, case.values[0].blamed_by) == ("referee", "expected")


def test_digits_that_doubles_lack_are_seen(tmp_path: Path) -> None:
    """log(1 + x) loses x: both sides alike, which nothing but more digits can tell."""
    case = only(case_of(tmp_path, {"mpmath": "port:small_digits"}, "small", "small", x=1.2345e-9))
    assert (case.ok, case.values[0].blame) == (False, "both")
    assert case.values[0].numbers["referee"] == pytest.approx(1.2344999992379856e-09, rel=1e-15)


@pytest.mark.parametrize("referee", [{"python": "port:raising"}, {"python": "port:silent"}, {"r": "function(x) NULL"}])
def test_a_referee_that_gives_nothing_is_not_passed_over(tmp_path: Path, referee: dict[str, Any]) -> None:
    case = only(case_of(tmp_path, referee))
    assert not case.ok
    assert any(finding.kind == "referee" and not finding.ok for finding in case.findings)


def test_a_referee_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MisfitError) as raised:
        verify(read_fixture(case_of(tmp_path, {"python": "port:nobody"})))
    assert raised.value.pointer == ("referee", "python")


@pytest.mark.parametrize(
    ("referee", "complaint"),
    [
        ({"python": "port:digits", "r": "stats::plogis"}, "python and r at once"),
        ({"digits": 30}, "a referee without code"),
        ({"python": "port:logistic"}, "is the code under test itself"),
        ({"r": "logistic"}, "is the code under test itself"),
        ({"r": "stats::plogis", "digits": 30}, "'digits' without 'mpmath'"),
        ({"mpmath": "digits"}, "mpmath"),
    ],
)
def test_a_referee_that_cannot_judge_is_refused(tmp_path: Path, referee: dict[str, Any], complaint: str) -> None:
    with pytest.raises(FixtureError) as raised:
        read_fixture(case_of(tmp_path, referee))
    assert complaint in str(raised.value)
