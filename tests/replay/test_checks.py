"""`parity.check` in a test: recorded beside it where R is, replayed where it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PORT = "scale <- function(x, by = 2) if (any(x < 0)) stop('x is negative') else x * by\n"
TESTS = """
import numpy as np
import parity as p
import pytest

FACTOR = 2


def scale(x, by=2):
    if np.any(x < 0):
        raise ValueError("x is negative")
    return x * by * (FACTOR / 2)


def test_two(parity):
    parity.check(scale, "port.R::scale", x=np.array([1.0, 2.0, 4.0]))
    parity.check(scale, "port.R::scale", x=np.array([1.0, 3.0]), by=3.0)


@pytest.mark.parametrize("by", [2.5, 3.5])
def test_many(by):
    p.check(scale, "port.R::scale", x=np.array([1.0, 3.0]), by=by)


def test_raises(parity):
    parity.check(scale, "port.R::scale", x=np.array([-1.0, 3.0]), raises="negative")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-p no:cacheprovider'\n")
    (tmp_path / "port.R").write_text(PORT)
    (tmp_path / "test_port.py").write_text(TESTS)
    return tmp_path


def pytest_(project: Path, *options: str, env: Mapping[str, str] = os.environ) -> tuple[int, str]:
    env = {"PYTHONPATH": str(ROOT), **env} if env is not os.environ else {**env, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options], cwd=project, env=env, capture_output=True, text=True, timeout=300
    )
    return done.returncode, done.stdout + done.stderr


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_checks_are_recorded_beside_the_test_and_replayed_without_r(
    project: Path, without_r: Mapping[str, str]
) -> None:
    status, output = pytest_(project, "--parity-record")
    assert status == 0, output
    folder = project / "__parity__" / "test_port"
    names = sorted(file.name for file in folder.iterdir())
    assert len(names) == 5
    assert {"test_two.json", "test_two-2.json", "test_raises.json"} < set(names)

    assert pytest_(project, "-x", env=without_r)[0] == 1  # there is no R indeed
    status, output = pytest_(project, "--parity-replay", env=without_r)
    assert status == 0, output
    assert "4 passed" in output
    assert "parity: recorded, not verified" in output


def test_a_check_that_disagrees_with_what_r_gave_fails(project: Path, without_r: Mapping[str, str]) -> None:
    assert pytest_(project, "--parity-record")[0] == 0
    replace(project / "test_port.py", "FACTOR = 2", "FACTOR = 2.0001")
    status, output = pytest_(project, "--parity-replay", env=without_r)
    assert status == 1
    assert "1 passed" in output  # the one that raises
    assert "3 failed" in output
    assert "r (recorded)" in output


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "an input": (lambda p: replace(p / "test_port.py", "[1.0, 2.0, 4.0]", "[1.0, 2.0, 5.0]"), "x changed"),
    "the R source": (lambda p: replace(p / "port.R", "x * by", "by * x"), "port.R changed"),
    "the order of two checks": (
        lambda p: (
            replace(p / "test_port.py", "np.array([1.0, 2.0, 4.0])", "np.array([0.0])"),
            replace(p / "test_port.py", "np.array([1.0, 3.0]), by=3.0", "np.array([1.0, 2.0, 4.0])"),
        ),
        "x changed",
    ),
    "a check more": (
        lambda p: replace(
            p / "test_port.py",
            "by=3.0)\n",
            'by=3.0)\n    parity.check(scale, "port.R::scale", x=np.array([1.0, 2.0, 4.0]))\n',
        ),
        "there is no recording",
    ),
    "another name of the test": (
        lambda p: replace(p / "test_port.py", "def test_two", "def test_three"),
        "there is no recording",
    ),
    "a recording by hand": (
        lambda p: replace(p / "__parity__" / "test_port" / "test_two.json", "2.0, 4.0, 8.0", "2.0, 4.0, 9.0"),
        "changed by hand",
    ),
    "a copied recording": (
        lambda p: (p / "__parity__" / "test_port" / "test_two.json").write_bytes(
            (p / "__parity__" / "test_port" / "test_two-2.json").read_bytes()
        ),
        "changed",
    ),
}


@pytest.mark.parametrize(("how", "said"), CHANGES.values(), ids=CHANGES.keys())
def test_a_check_whose_recording_is_of_something_else_fails(
    project: Path, without_r: Mapping[str, str], how: Callable[[Path], object], said: str
) -> None:
    assert pytest_(project, "--parity-record", "-k", "two")[0] == 0
    how(project)
    status, output = pytest_(project, "--parity-replay", "-k", "two or three", env=without_r)
    assert status == 1
    assert said in output
    assert "1 failed" in output
    assert "--parity-record" in output


def test_a_check_that_disagrees_is_not_recorded(project: Path) -> None:
    replace(project / "test_port.py", "FACTOR = 2", "FACTOR = 2.0001")
    status, output = pytest_(project, "--parity-record", "-k", "two")
    assert status == 1
    assert "differ" in output
    assert not (project / "__parity__").exists()
