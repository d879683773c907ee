"""`parity tolerance` as a user meets it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import parity

ROOT = Path(__file__).resolve().parents[2]
Write = Callable[..., Path]
Port = Callable[..., Path]


def run(*arguments: str | Path, cwd: Path, columns: int = 100) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parity", "tolerance", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": str(columns), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("columns", [80, 120])
def test_a_table_with_a_proposal_and_its_reason(write: Write, tmp_path: Path, columns: int) -> None:
    write()
    done = run("square.json", cwd=tmp_path, columns=columns)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= columns
    # Of a x^2 three factors are an ulp off: 3 * 2^-52 of 12 is 8e-15, four ulp of 12 are 7.1e-15.
    assert re.search(r"^  out +7.1e-15 +0 +1e-14, 0 +loose \d+ x +condition 3: \S+", done.stdout, re.MULTILINE)
    assert 'proposed for all: "rtol": ' in done.stdout
    assert re.search(r"^3 values: 3 loose; a case was carried out 26", done.stdout, re.MULTILINE)


def test_a_difference_exits_1_and_is_called_one(port_file: Port, tmp_path: Path) -> None:
    port_file("def f(x):\n    return np.exp(x)", "f <- function(x) exp(x) * (1 + 1e-9)", {"x": [0.7, 1.3]},
              tolerance={"rtol": 1e-6, "atol": 0})  # fmt: skip
    done = run("square.json", "--draws", "5", "--json", "-", cwd=tmp_path)
    assert done.returncode == 1
    (fixture,) = json.loads(done.stdout)["fixtures"]
    (value,) = fixture["groups"][0]["values"]
    assert value["codes"] == ["difference", "loose"]
    assert value["bits"] > 0
    assert fixture["evaluations"] == 11
    said = " ".join(done.stderr.split())
    assert re.search(r"y: python and r differ by \d+e6 times what an ulp of the inputs moves either: a diff", said)
    assert "in y: another formula, or what exact mode does not cover" in said


def test_summation_order_alone_is_said_by_exact_mode(port_file: Port, tmp_path: Path) -> None:
    """NumPy adds pairwise and in 53 bits, R one after another and in 64."""
    x = (np.random.RandomState(0).randn(5000) * 1e3).tolist()
    port_file("def f(x):\n    return np.array([x.sum(), 1.5])", "f <- function(x) c(sum(x), 1.5)", {"x": x})
    done = run("square.json", "--json", "found.json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (value,) = json.loads((tmp_path / "found.json").read_text())["fixtures"][0]["groups"][0]["values"]
    assert value["judgement"]["apart"] > 0
    assert value["bits"] == 0
    assert "summation order" in value["codes"]
    assert "exact mode: 0 bits differ in y: summation order alone" in done.stdout
    without = run("square.json", "--no-exact", cwd=tmp_path)
    assert "exact mode" not in without.stdout


def test_a_tolerance_that_swallows_everything_exits_1(write: Write, tmp_path: Path) -> None:
    write(lambda d: d.update(tolerance={"rtol": 0, "atol": 1000}))
    done = run(".", cwd=tmp_path)
    assert done.returncode == 1
    assert "out: the tolerance swallows 3 of 3 numbers: 0 passes in their place" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("nowhere.json",), 2, "nowhere.json"),
        (("square.json", "-k", "cube"), 2, "has 'cube' in its name"),
        (("square.json", "--draws", "0"), 2, "--draws"),
        (("square.json", "--set", "speed=3"), 2, "speed"),
        (("square.json", "--json", "no/such.json"), 2, "no folder no"),
        (("bad.json",), 2, "unknown key 'sideways'"),
    ],
)
def test_bad_usage_is_a_sentence(
    write: Write, tmp_path: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    write()
    write(lambda d: d["cases"][0].update(sideways=1), name="bad.json")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == status
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_code_that_kills_its_process_costs_its_own_fixture(write: Write, port_file: Port, tmp_path: Path) -> None:
    port_file("import os\ndef f(x):\n    os._exit(3)", "f <- function(x) x", {"x": [1.5]}).rename(
        tmp_path / "dies.json"
    )
    write()
    done = run(".", cwd=tmp_path)
    assert done.returncode == 3
    assert "dies.json" in done.stdout
    assert re.search(r"^square ", done.stdout, re.MULTILINE)


def test_from_python(write: Write) -> None:
    (outcome,) = parity.tolerances(write(), draws=3, exact=False)
    assert [value.name for value in outcome.values()] == ["out", "dx", "da"]
    with pytest.raises(ValueError, match="draws=0"):
        parity.tolerances(write(), draws=0)
