"""A third implementation judges the two: who is wrong, both alike, the referee itself; and no referee that is passed
over."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import FixtureError, read_fixture
from parity.subjects import MisfitError
from parity.subjects.many_digits import to_double
from parity.subjects.needs import NeedsError
from parity.subjects.worker import WorkerOptions
from parity.verify.case import Options, nodes, verify
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


def one_small(x):
    return mpmath.log1p(x)


def in_doubles(x):
    return np.array([float(one) for one in x]) * 1.0


def cancels(x):
    return x + mpmath.mpf(10) ** 60 - mpmath.mpf(10) ** 60


same = logistic


def twofold(x):
    return {"a": x + 1, "b": x * 1.01}


def half_of_it(x):
    return {"a": x + 1}


def zeros(x):
    return 0 * x
"""
R = """logistic <- function(x) 1 / (1 + exp(-x))
slipped <- function(x) 1 / (1 + exp(-x)) + 1e-6
small <- function(x) log(1 + x)
twofold <- function(x) list(a = x + 1, b = x * 1.01)
zeros <- function(x) 0 * x
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


def log1p_of_a_small_number(x: float) -> float:
    """x - x^2 / 2 + x^3 / 3 in whole numbers; what is left out is below 1e-35."""
    exact = Fraction(x)
    return float(exact - exact**2 / 2 + exact**3 / 3)


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
    assert (case.values[0].blame, case.values[0].blamed_by) == ("both alike", "referee")
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
    assert (case.ok, case.values[0].blame) == (False, "both alike")
    assert case.values[0].numbers["referee"] == log1p_of_a_small_number(1.2345e-9)


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


# -- ways in which it would agree when it should not -------------------------------------------------------------------


def test_a_referee_answers_for_each_member(tmp_path: Path) -> None:
    """Of two members it judges one: the other would pass unjudged."""
    case = only(case_of(tmp_path, {"python": "port:half_of_it"}, "twofold", "twofold"))
    assert not case.ok
    assert {f.value for f in case.findings if f.kind == "referee" and f.ok} == {"y.a"}
    assert {f.message for f in case.findings if f.kind == "referee" and not f.ok} == {"referee gave no y.b"}


def test_a_referee_owes_what_is_read_out_as_well(tmp_path: Path) -> None:
    call = {"returns": None, "compare": ["y"]}
    path = case_of(tmp_path, {"python": "port:silent"}, call=call, values={"y": {"python": "_", "r": "."}})
    document = json.loads(path.read_text())
    document["cases"][0]["calls"][0].pop("returns")
    path.write_text(json.dumps(document))
    case = only(path)
    assert not case.ok
    assert {f.pair for f in case.findings if f.kind == "referee" and not f.ok} == {"python-referee", "r-referee"}


@pytest.mark.parametrize(("instead", "ok"), [({"r": "slipped"}, False), ({"r": "slipped", "referee": "slipped"}, True)])
def test_what_a_call_uses_instead_is_not_the_referee(tmp_path: Path, instead: dict[str, str], ok: bool) -> None:
    """Both sides are off alike; a referee in R that took over R's `as` would be the code under test."""
    assert only(case_of(tmp_path, {"r": "function(x) plogis(x)"}, "slipped", "slipped", call={"as": instead})).ok == ok


def test_a_referee_has_words_of_its_own(tmp_path: Path) -> None:
    names = {"referee": {"x": "q"}}
    values = {"y": {"python": "_", "r": ".", "referee": "rev(.)"}}
    assert only(case_of(tmp_path, {"r": "stats::plogis"}, names=names)).ok
    backwards = only(case_of(tmp_path, {"r": "stats::plogis"}, names=names, values=values))
    assert (backwards.ok, backwards.values[0].blame) == (False, "both alike")


def test_the_code_under_another_name_does_not_judge_itself(tmp_path: Path) -> None:
    with pytest.raises(MisfitError, match="port:same is the code under test itself"):
        verify(read_fixture(case_of(tmp_path, {"python": "port:same"})))


def test_zeros_on_three_sides_show_nothing(tmp_path: Path) -> None:
    case = only(case_of(tmp_path, {"r": "function(x) 0 * x"}, "zeros", "zeros"))
    assert {f.code for f in case.findings if f.kind == "referee"} == {"vacuous"}


@pytest.mark.parametrize(
    ("function", "words"), [("in_doubles", "which has 16 digits"), ("cancels", "50 digits do not suffice")]
)
def test_digits_that_are_not_there_are_refused(tmp_path: Path, function: str, words: str) -> None:
    case = only(case_of(tmp_path, {"mpmath": f"port:{function}"}, x=[1e-3, 2e-3]))
    assert not case.ok
    assert any(words in finding.message for finding in case.findings)


def test_a_formula_of_one_number_is_applied_to_each(tmp_path: Path) -> None:
    referee = {"mpmath": "port:one_small", "elementwise": True}
    case = only(case_of(tmp_path, referee, "small", "small", x=[[1.2345e-9, 0.5]]))
    (value,) = case.values
    assert (value.blame, value.index) == ("both alike", (0, 0))
    assert value.numbers["referee"] == log1p_of_a_small_number(1.2345e-9)


@pytest.mark.parametrize(
    ("mantissa", "exponent", "double"),
    [
        (2**53 + 1, 0, 2.0**53),  # a tie, to even
        (2**53 + 3, 0, 2.0**53 + 4),
        ((2**54 + 2) * 2**60 + 1, -60, 2.0**54 + 4),  # a little over a tie
        (3, -1075, 1e-323),  # one and a half of the smallest subnormal: to even, which is two of it
        (1, -1075, 0.0),
        (2**60 + 1, -1135, 5e-324),  # a little over half of the smallest
        (2**54 - 1, 970, float("inf")),
        (1, 5000, float("inf")),
        (1, -5000, 0.0),
    ],
)
def test_a_number_is_rounded_once(mantissa: int, exponent: int, double: float) -> None:
    assert to_double((0, mantissa, exponent, mantissa.bit_length())) == double
    assert to_double((1, mantissa, exponent, mantissa.bit_length())) == -double


@pytest.mark.parametrize("referee", [{"r": "nosuch::f"}, {"r": "function(x) nosuch::f(x)"}, {"python": "nosuch:f"}])
def test_a_package_that_is_not_there_is_named_with_the_remedy(tmp_path: Path, referee: dict[str, str]) -> None:
    with pytest.raises(NeedsError, match=r"nosuch, which the referee needs; .*install"):
        verify(read_fixture(case_of(tmp_path, referee)))


def test_a_case_has_a_referee_of_its_own_or_none(tmp_path: Path) -> None:
    path = case_of(tmp_path, {"r": "function(x) plogis(x)"}, "slipped", "slipped")
    document = json.loads(path.read_text())
    first = document["cases"][0]
    document["cases"] += [{**first, "id": "none", "referee": None}]
    document["cases"] += [{**first, "id": "own", "referee": {"r": "function(x) plogis(x) + 1e-6"}}]
    path.write_text(json.dumps(document))
    assert {case.id: case.ok for case in verify(read_fixture(path)).cases} == {"one": False, "none": True, "own": True}


def test_a_referee_is_asked_for_what_it_knows(tmp_path: Path) -> None:
    path = case_of(tmp_path, {"r": "function(x) list(b = x * 1.01)", "of": ["b"]}, "twofold", "twofold")
    document = json.loads(path.read_text())
    document["cases"][0]["calls"][0] = {"do": "call", "with": {"x": [-2.5, 0.25, 3]}, "compare": ["a", "b"]}
    path.write_text(json.dumps(document))
    case = only(path)
    assert case.ok, [finding.message for finding in case.findings if not finding.ok]
    assert {f.value for f in case.findings if f.kind == "referee"} == {"b"}


def test_isolated_sides_have_an_isolated_referee(tmp_path: Path) -> None:
    path = case_of(tmp_path, {"r": "function(x) plogis(x)"}, "slipped", "logistic")
    (case,) = verify(read_fixture(path), Options(isolated=WorkerOptions())).cases
    assert (case.values[0].blame, case.values[0].blamed_by) == ("python", "referee")


def test_r_left_out_leaves_its_referee_out(tmp_path: Path) -> None:
    """Deliberately; what Python alone then shows must still be something."""
    (case,) = verify(read_fixture(case_of(tmp_path, {"r": "stats::plogis"})), Options(languages=("python",))).cases
    assert not any(finding.kind == "referee" for finding in case.findings)
    assert not case.ok


def test_one_language_alone_is_held_against_a_referee(tmp_path: Path) -> None:
    path = case_of(tmp_path, {"mpmath": "port:digits"}, "slipped")
    document = json.loads(path.read_text())
    del document["r"], document["r_source"]
    path.write_text(json.dumps(document))
    case = only(path)
    assert (case.ok, case.values[0].blame) == (False, "python")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"referee": {"r": "stats::plogis", "of": ["z"]}}, '$.referee.of[0]: "z" is not compared here'),
        ({"referee": {"r": "stats::plogis", "elementwise": True}}, "'elementwise' without 'mpmath'"),
        ({"names": {"referee": {"x": "q"}}, "referee": None}, "beside a fixture without 'referee'"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    path = case_of(tmp_path, None)
    document = {**json.loads(path.read_text()), **change}
    document = {key: value for key, value in document.items() if value is not None}
    path.write_text(json.dumps(document))
    with pytest.raises(FixtureError) as raised:
        read_fixture(path)
    assert complaint in str(raised.value)
