"""NumPy's arithmetic in exact mode is R's, bit by bit: `rules.py` in a process started with `environment()`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from parity.exact import environment

RULES = Path(__file__).with_name("rules.py")


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    given = {**os.environ, "PYTHONPATH": str(root), **variables}
    return subprocess.run([sys.executable, *command], env=given, text=True, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    done = run("-W", "error", str(RULES), **environment())
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_a_process_started_for_it_is_fit(found: dict[str, Any]) -> None:
    assert found["check"] == []


def test_no_bit_differs(found: dict[str, Any]) -> None:
    exact = {name: rule for name, rule in found.items() if not name.startswith(("plain", "check"))}
    assert len(exact) == 29
    assert all(numbers > 0 for numbers, _ in exact.values())
    assert {name: bits for name, (_, bits) in exact.items() if bits} == {}


def test_plain_numpy_differs(found: dict[str, Any]) -> None:
    """So the comparison above can fail: the same numbers, with NumPy's own arithmetic."""
    plain = {name: rule for name, rule in found.items() if name.startswith("plain")}
    assert len(plain) == 3
    assert all(bits > 0 for _, bits in plain.values())


def test_check_names_what_is_wrong() -> None:
    variables = {**environment(), "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2", "NPY_DISABLE_CPU_FEATURES": ""}
    done = run("-c", "from parity.exact import check; print(*check(), sep='\\n')", **variables)
    assert done.returncode == 0, done.stderr
    assert ("SIMD loops are on" in done.stdout) == bool(environment()["NPY_DISABLE_CPU_FEATURES"])
    assert ("runs on 2 threads" in done.stdout) == ((os.cpu_count() or 1) > 1)


def test_the_environment_is_the_same_inside_it() -> None:
    """So that a process started for exact mode can start others."""
    script = "import json; from parity.exact import environment; print(json.dumps(environment()))"
    assert json.loads(run("-c", script, **environment()).stdout) == environment()


def test_a_changed_matprod_is_noticed() -> None:
    script = (
        "from parity import bridge, exact; bridge.evaluate(\"options(matprod = 'internal')\"); print(*exact.check())"
    )
    assert "matprod is internal" in run("-c", script, **environment()).stdout
