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
        (SHIFT, "unshifted", "changes with x + 0.375"),
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
