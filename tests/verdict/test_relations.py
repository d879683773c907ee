"""What a result keeps whatever it is computed by: a side that breaks it fails, and is blamed where nothing stronger
speaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import FixtureError, read_fixture
from parity.verify.case import nodes, verify
from parity.verify.results import CaseResult

PYTHON = """import numpy as np


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def constant(x):
    return np.full(x.shape, 1 / x.shape[1])


def zeros(x):
    return 0 * x


def affine(x):
    return 3 * x[:, :2] + 1


def absolute(x):
    return np.abs(x)


def fixed(x):
    return np.arange(12.0).reshape(4, 3) + 1


def number(x):
    return 7.5


def ring(x):
    return float(np.sum(x[:, 0] * np.roll(x[:, 0], 1)))


def loss(x, t):
    return float(np.sum(x[:, 0] * t))
"""
R = """softmax <- function(x) { e <- exp(x - apply(x, 1, max)); e / rowSums(e) }
columns <- function(x) { e <- exp(x); sweep(e, 2, colSums(e), "/") }
scaled <- function(x) 1.001 * softmax(x)
unshifted <- function(x) { e <- abs(x) + 1; e / rowSums(e) }
constant <- function(x) 0 * x + 1 / ncol(x)
zeros <- function(x) 0 * x
ordered <- function(x) { s <- softmax(x); s[order(s[, 1]), ] }
affine <- function(x) 3 * x[, 1:2] + 1
squared <- function(x) x[, 1:2]^2
absolute <- function(x) abs(x)
fixed <- function(x) matrix(1:12 + 0, 4, 3, byrow = TRUE)
number <- function(x) 7.5
ring <- function(x) sum(x[, 1] * x[c(4, 1:3), 1])
loss <- function(x, t) sum(x[, 1] * t)
"""
SUMS = {"of": "y", "sums_to": 1, "axis": 1}
SHIFT = {"of": "y", "unchanged_by": {"shift": "x"}}
ROWS = {"of": "y", "unchanged_by": {"permute": "x", "axis": 0}, "permutes": 0}
LINEAR = {"of": "y", "linear_in": "x"}
BOUNDS = {"of": "y", "bounds": [0, 1]}


def document(relations: list[dict[str, Any]], python: str, r: str) -> dict[str, Any]:
    call = {"do": "call", "with": {"x": {"randn": [4, 3], "seed": 5}}, "returns": "y"}
    return {
        "about": "a", "source": "s", "python": f"port:{python}", "r": r, "r_source": ["port.R"],
        "tolerance": {"rtol": 1e-12, "atol": 1e-14, "because": "sums of three"}, "relations": relations,
        "cases": [{"id": "one", "calls": [call]}],
    }  # fmt: skip


def write(folder: Path, relations: list[dict[str, Any]], python: str = "softmax", r: str = "softmax") -> Path:
    (folder / "port.py").write_text(PYTHON)
    (folder / "port.R").write_text(R)
    (folder / "port.json").write_text(json.dumps(document(relations, python, r)))
    return folder / "port.json"


def only(path: Path) -> CaseResult:
    (case,) = verify(read_fixture(path)).cases
    return case


def test_relations_that_hold_are_shown_of_each_side(tmp_path: Path) -> None:
    path = write(tmp_path, [SUMS, SHIFT, ROWS, BOUNDS])
    case = only(path)
    assert case.ok, [finding.message for finding in case.findings if not finding.ok]
    kept = [finding for finding in case.findings if finding.kind == "relation"]
    assert len(kept) == 8
    assert all(finding.count for finding in kept)
    (read,) = read_fixture(path).cases
    assert {"relation-python", "relation-r"} < set(nodes(read, ("python", "r")))


@pytest.mark.parametrize(
    ("relation", "r", "words"),
    [
        (SUMS, "columns", "sums to"),
        (SUMS, "scaled", "sums to 1.001 at [0], not 1"),
        (SHIFT, "unshifted", "changes with x + 1.5"),
        (ROWS, "ordered", "changes with the order of x"),
        (BOUNDS, "squared", "not within 0 and 1"),
    ],
)
def test_the_side_that_breaks_one_is_blamed(tmp_path: Path, relation: dict[str, Any], r: str, words: str) -> None:
    case = only(write(tmp_path, [relation], r=r))
    broken = [finding for finding in case.findings if finding.kind == "relation" and not finding.ok]
    assert [finding.subject for finding in broken] == ["r"]
    assert words in broken[0].message
    if r not in ("squared", "ordered"):  # of another shape; and one that agrees on this input all the same
        assert (case.values[0].blame, case.values[0].blamed_by) == ("r", "relation")


def test_both_sides_are_held_to_it_where_they_agree(tmp_path: Path) -> None:
    case = only(write(tmp_path, [LINEAR]))
    assert not case.ok
    assert {f.subject for f in case.findings if f.kind == "relation" and not f.ok} == {"python", "r"}


def test_linearity_leaves_a_constant_out(tmp_path: Path) -> None:
    assert only(write(tmp_path, [LINEAR], "affine", "affine")).ok


@pytest.mark.parametrize(("python", "relation"), [("zeros", LINEAR), ("constant", SHIFT), ("zeros", BOUNDS)])
def test_a_result_with_nothing_in_it_keeps_nothing(tmp_path: Path, python: str, relation: dict[str, Any]) -> None:
    case = only(write(tmp_path, [relation], python, python))
    assert [f.subject for f in case.findings if f.kind == "relation" and not f.ok] == ["python", "r"]


@pytest.mark.parametrize(
    ("relation", "complaint"),
    [
        ({"of": "y", "sums_to": 1, "bounds": [0, 1]}, "sums_to and bounds at once"),
        ({"of": "y", "axis": 1}, "a relation that says nothing"),
        ({"of": "z", "sums_to": 1}, "no call of the case gives"),
        ({"of": "y", "unchanged_by": {"shift": "x", "permute": "x"}}, "not one change"),
        ({"of": "y", "unchanged_by": {"axis": 1}}, "not one change"),
        ({"of": "y", "bounds": [1, 0]}, "bounds that hold nothing"),
        ({"of": "y", "linear_in": "x", "permutes": 0}, "'permutes' without 'unchanged_by'"),
    ],
)
def test_a_relation_that_cannot_be_kept_is_refused(tmp_path: Path, relation: dict[str, Any], complaint: str) -> None:
    path = write(tmp_path, [])
    case = document([], "softmax", "softmax")
    del case["relations"]
    case["cases"][0]["relations"] = [relation]
    path.write_text(json.dumps(case))
    with pytest.raises(FixtureError) as raised:
        read_fixture(path)
    assert complaint in str(raised.value)


def test_an_input_that_is_not_there_fails(tmp_path: Path) -> None:
    case = only(write(tmp_path, [{"of": "y", "linear_in": "w"}]))
    assert not case.ok
    assert any("w is no input of numbers" in finding.message for finding in case.findings)


# -- ways in which a relation would hold when it should not ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "relation", "words"),
    [
        ("absolute", LINEAR, "is not linear in x"),  # f(2 x) = 2 f(x) all the same
        ("fixed", LINEAR, "the same for any x"),
        ("fixed", SHIFT, "the same for any x"),
        ("number", SHIFT, "the same for any x"),
        ("number", {"of": "y", "unchanged_by": {"permute": "x"}}, "the same for any x"),
        ("ring", {"of": "y", "unchanged_by": {"permute": "x"}}, "changes with the order of x"),  # a rotation is kept
        ("constant", SUMS, "nothing in it"),
        ("constant", BOUNDS, "nothing in it"),
        ("softmax", {"of": "y", "sums_to": 1, "axis": 2}, "y has 2 axes, and no axis 2"),
        ("softmax", {"of": "y", "unchanged_by": {"permute": "x", "axis": 2}}, "x has 2 axes, and no axis 2"),
        ("softmax", {**ROWS, "permutes": 1}, "axis 1 of y is not as long as axis 0 of x"),
    ],
)
def test_what_only_seems_to_keep_it_does_not(tmp_path: Path, name: str, relation: dict[str, Any], words: str) -> None:
    case = only(write(tmp_path, [relation], name, name))
    problems = [f for f in case.findings if f.kind == "relation" and not f.ok]
    assert [f.subject for f in problems] == ["python", "r"]
    assert all(words in f.message for f in problems)


def test_a_shift_is_of_the_size_of_the_input(tmp_path: Path) -> None:
    """0.375 added to 1e17 is nothing, and everything is unchanged by nothing."""
    path = write(tmp_path, [SHIFT], "absolute", "absolute")
    changed = json.loads(path.read_text())
    changed["cases"][0]["calls"][0]["with"] = {"x": [[1e17, -2e17], [3e17, 4e17]]}
    path.write_text(json.dumps(changed))
    case = only(path)
    assert [f.ok for f in case.findings if f.kind == "relation"] == [False, False]


@pytest.mark.parametrize(("inputs", "ok"), [(["x", "t"], True), (["x"], False)])
def test_inputs_that_belong_together_change_together(tmp_path: Path, inputs: list[str], ok: bool) -> None:
    path = write(tmp_path, [{"of": "y", "unchanged_by": {"permute": inputs}}], "loss", "loss")
    changed = json.loads(path.read_text())
    changed["cases"][0]["calls"][0]["with"]["t"] = [1, 2, 3, 5]
    path.write_text(json.dumps(changed))
    assert only(path).ok == ok


def test_a_relation_of_the_fixture_concerns_some_case(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match=r"\$\.relations\[0\]\.of: no call gives \"z\"; expected one of 'y'"):
        read_fixture(write(tmp_path, [{"of": "z", "sums_to": 1}]))
