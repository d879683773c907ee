"""Somebody's R package from nothing: her tests in testthat, and parity for R installed into a library of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow

R_CODE = """
scale_columns <- function(x) {
  centred <- sweep(x, 2, colMeans(x))
  sweep(centred, 2, apply(x, 2, stats::sd), "/")
}
"""

PORT = """
def scale(x):
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)


def scale_by_n(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)
"""

TEST = """
test_that("scale_columns() does what port.py does", {{
  m <- matrix(c(1, 4, 9, 2, 3, 5), nrow = 3)
  expect_parity(scale_columns, "port:{function}", x = m, rtol = 1e-12)
}})
"""

RUN = """
library(parity)
results <- as.data.frame(testthat::test_dir("tests/testthat", package = "her", load_package = "source",
                                            reporter = "check", stop_on_failure = FALSE))
cat(sprintf("tests %d, failed %d, errors %d, skipped %d\\n",
            nrow(results), sum(results$failed), sum(results$error), sum(results$skipped)))
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An R library with the package that `--package` names."""
    library = tmp_path_factory.mktemp("library")
    where = subprocess.run(
        [sys.executable, "-m", "parity.check.from_r", "--package"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout.strip()
    install = subprocess.run(
        ["R", "CMD", "INSTALL", "--no-docs", f"--library={library}", where], capture_output=True, text=True, check=False
    )
    assert install.returncode == 0, install.stderr
    return library


@pytest.fixture
def her_tests(library: Path, tmp_path: Path) -> Callable[..., str]:
    """Runs the one test of her package against a function of port.py; what R printed."""
    tests = tmp_path / "tests" / "testthat"
    tests.mkdir(parents=True)
    (tmp_path / "R").mkdir()
    (tmp_path / "DESCRIPTION").write_text("Package: her\nTitle: Hers\nVersion: 0.1\nLicense: MIT\n")
    (tmp_path / "NAMESPACE").write_text("export(scale_columns)\n")
    (tmp_path / "R" / "scale.R").write_text(R_CODE)
    (tests / "port.py").write_text(PORT)

    def run(function: str, **variables: str) -> str:
        (tests / "test-port.R").write_text(TEST.format(function=function))
        kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NOT_CRAN")}
        done = subprocess.run(
            ["Rscript", "--vanilla", "-e", RUN],
            cwd=tmp_path,
            env={
                **kept,
                "R_LIBS": str(library),
                "PYTHONPATH": str(ROOT),
                "PARITY_PYTHON": sys.executable,
                "NOT_CRAN": "true",
                **variables,
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stdout + done.stderr

    return run


def test_her_functions_that_agree_pass(her_tests: Callable[..., str]) -> None:
    assert "tests 1, failed 0, errors 0, skipped 0" in her_tests("scale")


def test_a_fault_fails_with_its_place_in_both_languages(her_tests: Callable[..., str]) -> None:
    output = her_tests("scale_by_n")
    assert "tests 1, failed 1, errors 0, skipped 0" in output
    assert "scale_columns / port:scale_by_n / call / out[0, 1]  (R: out[1, 2])" in output
    # By hand: (2 - 10/3) divided by sqrt(14/9), and by sqrt(14/6).
    assert "python  -1.069044967649697" in output
    assert "r  -0.872871560943969" in output


def test_without_python_her_test_is_skipped_and_in_ci_it_fails(her_tests: Callable[..., str]) -> None:
    at_home = her_tests("scale", PARITY_PYTHON="/no/such/python")
    assert "tests 1, failed 0, errors 0, skipped 1" in at_home
    assert "nothing was compared: PARITY_PYTHON names /no/such/python" in " ".join(at_home.split())
    in_ci = her_tests("scale", PARITY_PYTHON="/no/such/python", CI="true")
    assert "tests 1, failed 1, errors 0, skipped 0" in in_ci
    assert "nothing was compared, and CI is set" in in_ci
