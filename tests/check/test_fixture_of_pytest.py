"""The pytest fixture `parity`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import numpy as np

def scale(x):
    return (x - x.mean(0)) / x.std(0)

X = np.array([[1.0, 2.5], [3.0, -1.0], [0.5, 4.0]])

def test_differs(parity):
    parity.check(scale, "port.R::scale_n", x=X, rtol=1e-12)

def test_agrees(parity):
    assert parity.check(scale, "port.R::scale_p", x=X, rtol=1e-12).ok

def test_r(parity):
    assert parity.r("base::sum")([1, 2]) == 3

def test_mistake(parity):
    parity.check(scale, "port.R::none", x=X)
"""

PORT = """
scale_n <- function(x) sweep(sweep(x, 2, colMeans(x)), 2, apply(x, 2, sd), "/")
scale_p <- function(x) scale_n(x) * sqrt(nrow(x) / (nrow(x) - 1))
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    (pytester.mkdir("tests") / "test_scale.py").write_text(TESTS)
    (pytester.path / "tests" / "port.R").write_text(PORT)
    pytester.makeini("[pytest]\n")
    return lambda *arguments: pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_a_failure_is_the_block_below_the_line_of_the_test(run: Callable[..., pytest.RunResult]) -> None:
    result = run()
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            '>       parity.check(scale, "port.R::scale_n", x=X, rtol=1e-12)',
            "E       parity.Disagreement: scale / port.R::scale_n / call / out*(R: out*",
            "E         python *      r *",
            "E         off by *, allowed *; 6 of 6 elements differ",
            "E         repeat: pytest tests/test_scale.py::test_differs",
            "E         tolerance: rtol 1e-12, atol 0",
            "tests/test_scale.py:10: Disagreement",
            "E       parity.CheckError: r: R has no function none; expected one of scale_n, scale_p",
        ]
    )
    for line in result.outlines:
        assert "door.py" not in line
        assert "pytest_plugin.py" not in line


def test_a_missing_r_fails(run: Callable[..., pytest.RunResult], pytester: pytest.Pytester) -> None:
    (pytester.path / "conftest.py").write_text("import sys\nsys.modules['rpy2'] = None\n")
    result = run()
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(["E*(--parity-no-r leaves out what needs R)"])


def test_r_is_left_out_deliberately_and_this_is_seen(
    run: Callable[..., pytest.RunResult], pytester: pytest.Pytester
) -> None:
    (pytester.path / "conftest.py").write_text("import sys\nsys.modules['rpy2'] = None\n")
    result = run("--parity-no-r", "-rs")
    result.assert_outcomes(skipped=4)
    result.stdout.fnmatch_lines(["SKIPPED*--parity-no-r leaves out what needs R"])
