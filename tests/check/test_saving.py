"""A check written as a fixture, which the command verifies to the same verdict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import parity
from parity.fixture.read import read_fixture

ROOT = Path(__file__).resolve().parents[2]
CONSTANT = "function(x) { force(x); 7.5 }"
DAYS = np.array(["2020-01-31", "NaT"], dtype="datetime64[D]")
Go = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def go(tmp_path: Path) -> Go:
    """Runs a script beside a port, or the command."""
    (tmp_path / "port.py").write_text("def twice(x):\n    return 2 * x\n")
    (tmp_path / "port.R").write_text("twice <- function(x) 2 * x\nthrice <- function(x) 3 * x\n")

    def run(*command: str, script: str = "") -> subprocess.CompletedProcess[str]:
        if script:
            (tmp_path / "script.py").write_text(
                "import numpy as np, parity, port\n" + textwrap.dedent(script), encoding="utf-8"
            )
            command = (sys.executable, "script.py")
        else:
            command = (sys.executable, "-m", "parity", *command)
        return subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def test_the_command_repeats_an_agreement_and_a_disagreement(go: Go, tmp_path: Path) -> None:
    script = """
    x = np.array([[0.1, -0.0, 1e300], [5e-324, np.inf, np.nan]])
    parity.check(port.twice, "port.R::twice", x=x, save="good.json", rtol=1e-12, because="two roundings")
    try:
        parity.check(port.twice, "port.R::thrice", x=x, save="bad.json")
    except parity.Disagreement as error:
        print(error)
    """
    done = go(script=script)
    assert done.returncode == 0, done.stderr
    assert f"repeat: parity run {tmp_path / 'bad.json'}" in done.stdout
    assert go("run", "good.json").returncode == 0
    again = go("run", "bad.json")
    assert again.returncode == 1
    first = [line for line in done.stdout.splitlines() if "off by" in line]
    assert first
    assert first[0] in again.stdout
    document = json.loads((tmp_path / "good.json").read_text())
    assert document["python"] == "port:twice"
    assert document["r_source"] == ["port.R"]
    assert document["tolerance"] == {"rtol": 1e-12, "atol": 0.0, "because": "two roundings"}
    (case,) = read_fixture(tmp_path / "good.json").cases
    x = case.calls[0].arguments["x"]
    assert isinstance(x, np.ndarray)
    assert x.tobytes() == np.array([[0.1, -0.0, 1e300], [5e-324, np.inf, np.nan]]).tobytes()


@pytest.fixture
def subject(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module that can be imported, with functions that take anything."""
    module = ModuleType("check_constants")
    exec("def constant(x):\n    return 7.5\n\ndef other(x):\n    return 7.5\n", vars(module))
    monkeypatch.setitem(sys.modules, "check_constants", module)
    return module


@pytest.mark.parametrize(
    ("value", "there"),
    [
        (3, 3),
        (2.5, 2.5),
        (True, True),
        (None, None),
        ("NA", "NA"),
        ("a b", "a b"),
        (np.float64(2.5), 2.5),
        (np.int64(2), 2),
        (np.array([1, 2]), np.array([1, 2])),
        (np.array([[True], [False]]), np.array([[True], [False]])),
        (np.array(["a", "NaN"]), np.array(["a", "NaN"])),
        (
            np.array(["2020-01-31", "NaT"], dtype="datetime64[D]"),
            np.array(["2020-01-31", "NaT"], dtype="datetime64[D]"),
        ),
        (np.array([]), np.array([])),
        ([1, 2], np.array([1, 2])),
        ([1, "a", [2.5]], [1, "a", np.array([2.5])]),
        ({"a": [0.5], "b": None}, {"a": np.array([0.5]), "b": None}),
    ],
)
def test_what_r_gets_comes_back_as_it_was(subject: ModuleType, tmp_path: Path, value: Any, there: Any) -> None:
    path = tmp_path / "one.json"
    parity.check(subject.constant, CONSTANT, x=value, expect=7.5, expected_by="by hand", save=path)
    (case,) = read_fixture(path).cases
    assert case.expected_by == "by hand"
    assert alike(case.calls[0].given("r")["x"], there)


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return type(one) is type(other) and bool(one == other)


def test_a_check_saved_again_takes_the_place_of_the_first(subject: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    for value in (1.5, 2.5):
        parity.check(subject.constant, CONSTANT, x=value, expect=7.5, save=path)
    (case,) = read_fixture(path).cases
    assert case.calls[0].arguments["x"] == 2.5


@pytest.mark.parametrize(
    ("x", "save", "told"),
    [
        (1.5, "one.txt", "save: 'one.txt' is no fixture's file; expected a path that ends in .json"),
        (1.5, 3, "save: 3 is no fixture's file"),
        (1.5, "none/one.json", "save: there is no folder"),
        (1.5, "notes.json", "is not what an earlier check of constant saved; expected another name"),
        (1.5, "other.json", "is not what an earlier check of constant saved; expected another name"),
        (np.float32([1.5]), "one.json", "save: x is an array of float32; expected float64"),
        (np.zeros((0, 2)), "one.json", "save: x is empty, of the shape (0, 2)"),
        ((1.5, 2.5), "one.json", "save: x is a tuple, which a fixture cannot hold"),
        ({"file": 1.5}, "one.json", "save: the fixture would not be read"),
        ((np.array([np.nan]).view(np.uint64) + np.uint64(1)).view(float), "one.json", "save: x would not be read back"),
    ],
)
def test_what_cannot_be_saved_is_a_sentence_and_writes_nothing(
    subject: ModuleType, tmp_path: Path, x: Any, save: Any, told: str
) -> None:
    (tmp_path / "notes.json").write_text('{"my": "notes"}')
    parity.check(subject.other, CONSTANT, x=0.5, expect=7.5, save=tmp_path / "other.json")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(parity.CheckError) as raised:
        parity.check(
            subject.constant,
            CONSTANT,
            x=x,
            expect=7.5,
            save=save if save in (3, "one.txt") else tmp_path / save,
        )
    assert told in str(raised.value)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_has_no_name_to_import_it_by_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(parity.CheckError, match="save: <lambda> has no name to import it by"):
        parity.check(lambda x: 2 * x, "function(x) 2 * x", x=1.5, save=tmp_path / "one.json")


def test_a_function_that_was_replaced_in_its_module_is_not_saved_under_its_name(
    subject: ModuleType, tmp_path: Path
) -> None:
    mine = subject.constant
    subject.constant = subject.other  # type: ignore[attr-defined]
    with pytest.raises(parity.CheckError, match="save: check_constants:constant is another object"):
        parity.check(mine, CONSTANT, x=1.5, expect=7.5, save=tmp_path / "one.json")


def test_a_class_with_its_gradients_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "saved_square.py").write_text((ROOT / "tests" / "check" / "subject.py").read_text())
    (tmp_path / "port.R").write_text((ROOT / "tests" / "check" / "port.R").read_text())
    monkeypatch.syspath_prepend(tmp_path)
    import importlib

    module: Any = importlib.import_module("saved_square")
    path = tmp_path / "square.json"
    given = {"make": {"a": 3.0}, "x": np.array([1.0, 2.5, -3.0]), "backward": "backward", "save": path}
    parity.check(module.Square, f"{tmp_path}/port.R::Square", **given)
    report = parity.run(path)
    assert report.ok
    assert report.count == 7
    assert len(report.fixtures[0].cases[0].gradients) == 4
