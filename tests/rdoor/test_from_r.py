"""What R asks, read and answered: here without an R, from requests written by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parity.check.from_r import RSession, fixture_of, main, verify_file
from parity.subjects.observation import Observation

ROOT = Path(__file__).resolve().parents[2]

HALVES = """
def half(x):
    return x / 2


def ends(x):
    import os

    os._exit(0)
"""

Reply = list[dict[str, str]]


def number(value: float) -> dict[str, Any]:
    return {"float64": [value], "shape": []}


def observation(value: float) -> dict[str, Any]:
    values = [["out", {"float64": [value], "shape": [1]}]]
    return {"values": values, "warnings": [], "output": "", "error": None}


def request(folder: Path, **changes: Any) -> dict[str, Any]:
    """half(3), of which R has answered 1.5 twice."""
    return {
        "parity": "from-r",
        "version": 1,
        "title": "half",
        "python": "halves:half",
        "path": str(folder),
        "rtol": None,
        "atol": None,
        "returns": ["out"],
        "names": {},
        "values": {},
        "layout": {},
        "origin": {},
        "key": [],
        "arguments": [["x", number(3.0)]],
        "only": [],
        "expected": [],
        "rounds": [observation(1.5), observation(1.5)],
        **changes,
    }


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., Reply]:
    (tmp_path / "halves.py").write_text(HALVES)

    def answer(**changes: Any) -> Reply:
        (tmp_path / "request.json").write_text(json.dumps(request(tmp_path, **changes)))
        verify_file(str(tmp_path / "request.json"), str(tmp_path / "reply.dcf"))
        records = (tmp_path / "reply.dcf").read_text().split("\n\n")
        lines = [[line.partition(":") for line in record.strip().splitlines()] for record in records]
        return [{name: value.strip() for name, _, value in record} for record in lines]

    return answer


def test_what_agrees_is_answered_with_its_findings(ask: Callable[..., Reply]) -> None:
    verdict, *findings = ask()
    assert (verdict["Status"], verdict["Count"]) == ("agree", "1")
    assert [finding["Ok"] for finding in findings] == ["true"] * len(findings)
    assert [f["Value"] for f in findings if f["Evidence"] == "agreement"] == ["out"]


def test_the_least_difference_is_one(ask: Callable[..., Reply]) -> None:
    after = 1.5000000000000002
    verdict, *findings = ask(rounds=[observation(after), observation(after)], rtol=0)
    assert verdict["Status"] == "disagree"
    assert [f["Absolute"] for f in findings if f["Evidence"] == "agreement"] == ["2.2204460492503131e-16"]


def test_rs_second_answer_is_looked_at(ask: Callable[..., Reply]) -> None:
    verdict, *_ = ask(rounds=[observation(1.5), observation(1.6)])
    assert verdict["Status"] == "disagree"
    assert "R gave another answer the second time" in verdict["Text"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"version": 2}, "R's request is of another version than this parity"),
        ({"python": "halves:third"}, "halves has no third; expected one of half, ends"),
        ({"arguments": [["y", number(3.0)]]}, "no parameter of half takes y"),
        ({"layout": {"x": "a b -> b c"}}, 'layout: "a b -> b c" is no reordering'),
        ({"values": {"out": "1.5"}}, '"1.5" does not look at the result'),
        ({"arguments": [["x", {"float64": [1.0], "shape": [2]}]]}, "1 elements do not have the shape [2]"),
    ],
)
def test_what_does_not_fit_is_a_sentence(ask: Callable[..., Reply], changes: dict[str, Any], sentence: str) -> None:
    verdict, *findings = ask(**changes)
    assert (verdict["Status"], findings) == ("usage", [])
    assert sentence in verdict["Text"]


def test_a_call_that_r_has_not_made_is_not_answered(tmp_path: Path) -> None:
    (case,) = fixture_of(request(tmp_path)).cases
    (other,) = fixture_of(request(tmp_path)).cases
    session = RSession(case, [Observation(0, "call")])
    with pytest.raises(RuntimeError, match="that it has not made"):
        next(session.observe(other))
    next(session.observe(case))
    with pytest.raises(RuntimeError, match="that it has not made"):
        next(session.observe(case))


def test_code_that_ends_the_process_leaves_no_verdict(tmp_path: Path, ask: Callable[..., Reply]) -> None:
    (tmp_path / "request.json").write_text(json.dumps(request(tmp_path, python="halves:ends")))
    command = [sys.executable, "-m", "parity.check.from_r", "request.json", "reply.dcf"]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 0
    assert not (tmp_path / "reply.dcf").exists()


def test_without_two_files_the_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["request.json"]) == 2
    assert capsys.readouterr().err.startswith("usage: python -m parity.check.from_r")
