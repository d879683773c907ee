"""The three doors from the wheel, in somebody else's project, and its recordings replayed where there is no R."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PORT_PY = """import numpy as np


def scale(x, power=1.0):
    return np.sign(x) * np.abs(x / np.abs(x).max(axis=0)) ** power
"""
PORT_R = """scale <- function(x, power = 1) {
  y <- sweep(x, 2, apply(abs(x), 2, max), "/")
  sign(y) * abs(y)^power
}
"""
TEST_PY = """import numpy as np
from port import scale


def test_scale(parity):
    parity.check(scale, "port.R::scale", x=np.random.default_rng(3).normal(size=(5, 3)), power=1.5, rtol=1e-12)
"""
TEST_R = """library(testthat)
library(parity)
source("port.R")

test_that("scale() does what port.py does", {
  expect_parity(scale, "port:scale", x = matrix(c(1, -4, 9, 2, 3, -5), nrow = 3), power = 1.5, rtol = 1e-12)
})
"""
FIXTURE = """{
  "about": "columns by their largest size, to a power", "source": "my own port",
  "python": "port:scale", "r": "scale", "r_source": ["../port.R"],
  "tolerance": {"rtol": 1e-12, "atol": 0, "because": "a division and a power, each right to an ulp"},
  "cases": [{"id": "5 x 3", "calls": [
    {"do": "call", "with": {"x": {"randn": [5, 3], "seed": 3}, "power": 1.5}, "returns": "y"}]}]
}
"""
WRONG = 'sweep(x, 2, apply(abs(x), 2, max), "/")', 'sweep(x, 2, apply(abs(x), 2, max) * 2, "/")'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in (
        ("port.py", PORT_PY),
        ("port.R", PORT_R),
        ("test_port.py", TEST_PY),
        ("test-port.R", TEST_R),
        ("fixtures/scale.json", FIXTURE),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def library(her: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The R package that comes in the wheel, installed."""
    folder = tmp_path_factory.mktemp("library")
    where = her("python", "-m", "parity.check.from_r", "--package", cwd=folder).stdout.strip()
    install = ["R", "CMD", "INSTALL", "--no-docs", f"--library={folder}", where]
    done = subprocess.run(install, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def in_r(her: Any, library: Path, project: Path) -> subprocess.CompletedProcess[str]:
    return her(
        *("env", f"R_LIBS={library}", "CI=true", f"PARITY_PYTHON={her.folder / 'bin' / 'python'}"),
        *("Rscript", "--vanilla", "-e", 'testthat::test_file("test-port.R", stop_on_failure = TRUE)'),
        cwd=project,
    )


def test_all_three_doors_agree_and_each_sees_a_fault(her: Any, library: Path, project: Path) -> None:
    shell = ("check", "port.py:scale", "port.R::scale", "--random", "x=5,3", "--with", "power=1.5", "--rtol", "1e-12")
    pytest_ = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    python = her(*pytest_, "test_port.py", cwd=project)
    assert (python.returncode, "1 passed" in python.stdout) == (0, True), python.stdout
    typed = her("parity", *shell, cwd=project)
    assert typed.returncode == 0, typed.stdout + typed.stderr
    r = in_r(her, library, project)
    assert r.returncode == 0, r.stdout + r.stderr
    assert "PASS 1" in r.stdout

    (project / "port.R").write_text(PORT_R.replace(*WRONG))
    python = her(*pytest_, "test_port.py", cwd=project)
    assert python.returncode == 1
    assert "15 of 15 elements differ" in python.stdout
    assert "Traceback" not in python.stdout
    typed = her("parity", *shell, cwd=project)
    assert (typed.returncode, "15 of 15 elements differ" in typed.stdout) == (1, True)
    r = in_r(her, library, project)
    assert r.returncode == 1
    assert "6 of 6 elements differ" in r.stdout + r.stderr


def without_r(her: Any, *command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """As on a machine with neither R nor rpy2: none is on the path, and importing it fails."""
    (cwd / "blocked").mkdir(exist_ok=True)
    (cwd / "blocked" / "rpy2.py").write_text("raise ImportError('there is no rpy2 here')\n")
    return her(*command, cwd=cwd, PATH="/nowhere", PYTHONPATH=str(cwd / "blocked"))


def test_what_was_recorded_is_replayed_where_there_is_no_r(her: Any, project: Path) -> None:
    assert her("parity", "record", cwd=project).returncode == 0
    pytest_ = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert her(*pytest_, "--parity-record", "test_port.py", cwd=project).returncode == 0

    assert without_r(her, "parity", "run", "fixtures", cwd=project).returncode == 3
    replayed = without_r(her, "parity", "replay", cwd=project)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    assert "recorded" in replayed.stdout.splitlines()[-1]
    assert "agree" not in replayed.stdout
    tests = without_r(her, *pytest_, "--parity-replay", cwd=project)
    assert tests.returncode == 0, tests.stdout

    (project / "port.py").write_text(PORT_PY.replace("max(axis=0)", "max(axis=1, keepdims=True)"))
    replayed = without_r(her, "parity", "replay", cwd=project)
    assert (replayed.returncode, "of 15 elements differ" in replayed.stdout) == (1, True)
    assert without_r(her, *pytest_, "--parity-replay", cwd=project).returncode == 1

    shutil.copy(project / "port.R", project / "kept.R")
    (project / "port.py").write_text(PORT_PY)
    (project / "port.R").write_text(PORT_R.replace(*WRONG))
    stale = without_r(her, "parity", "replay", cwd=project)
    assert stale.returncode not in (0, 130)
    assert "port.R changed" in stale.stdout + stale.stderr
