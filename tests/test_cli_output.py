"""What the code under test prints, and what the command then says."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["pytester"]
Write = Callable[..., Path]


def halving(document: dict[str, Any]) -> None:
    del document["derivatives"]
    call = {"do": "call", "with": {"x": [1, 2.5, -3]}, "returns": "y", "expect": {"y": [7, 8, 9]}}
    what = [{"pairs": ["python-r"], "names": ["y"], "kind": "value", "largest": [1, 3]}]
    differs = {"id": "d", "reason": "R halves", "what": what}
    document.update(python="port:double", r="function(x) x")
    document["cases"] = [{"id": "known", "expected_by": "me", "differs": differs, "calls": [call]}]


def test_without_r_the_expected_values_of_a_known_divergence_are_still_owed(
    pytester: pytest.Pytester, write: Write
) -> None:
    path = write(halving)
    (path.parent / "pytest.ini").write_text("[pytest]\n")
    result = pytester.runpytest_subprocess(
        "-v", "-p", "no:cacheprovider", "--parity-no-r", f"--rootdir={path.parent}", path
    )
    result.stdout.fnmatch_lines(["*::known::python-expected FAILED*", "*::known::python-r SKIPPED*"])


@pytest.mark.parametrize(
    ("python", "r"),
    [
        ("import os\ndef f(x):\n    os.write(1, b'noise')\n    return 2 * x", "function(x) 2 * x"),
        ("def f(x):\n    return 2 * x", "function(x) { system('echo noise'); 2 * x }"),
    ],
)
def test_what_a_program_prints_is_not_among_the_json(
    write: Write, start: Callable[..., subprocess.Popen[str]], tmp_path: Path, python: str, r: str
) -> None:
    (tmp_path / "mine.py").write_text(python)

    def change(document: dict[str, Any]) -> None:
        del document["derivatives"]
        document.update(python="mine:f", r=r)
        call = {"do": "call", "with": {"x": [1, 2.5, -3]}, "returns": "y"}
        document["cases"] = [{"id": "one", "calls": [call]}]

    process = start("run", write(change), "--json", "-", cwd=tmp_path)
    out, _ = process.communicate(timeout=120)
    assert json.loads(out)
    assert process.returncode == 0
