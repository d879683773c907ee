"""Ports of one function, given as text, for the tests of what must not agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import read_fixture
from parity.verify.case import verify
from parity.verify.results import CaseResult, FixtureResult

Write = Callable[..., Path]
Port = Callable[..., CaseResult]


@pytest.fixture
def port(write: Write, tmp_path: Path) -> Port:
    """Verifies one call of a Python function `f` against an R function `f`, each given as text."""

    def run(
        python: str, r: str, given: dict[str, Any] | None = None, case: dict[str, Any] | None = None, **call: Any
    ) -> CaseResult:
        (tmp_path / "mine.py").write_text(f"import numpy as np\n{python}\n")
        (tmp_path / "mine.R").write_text(f"{r}\n")

        def change(document: dict[str, Any]) -> None:
            del document["derivatives"]
            document.update(python="mine:f", r="f", r_source=["mine.R"])
            whole = {"do": "call", "with": given or {"x": [1, 2.5, -3]}, "returns": "y", **call}
            calls = [{key: value for key, value in whole.items() if value is not None}]
            document["cases"] = [{"id": "one", "make": {}, "calls": calls, **(case or {})}]

        result = verify(read_fixture(write(change)))
        assert not result.misfits, result.misfits
        (case,) = result.cases
        return case

    return run


@pytest.fixture
def two_cases(write: Write, tmp_path: Path) -> Callable[[str, str], FixtureResult]:
    """Verifies two cases: the first calls f(x, leave = TRUE), the second f(x, leave = FALSE)."""

    def run(python: str, r: str) -> FixtureResult:
        (tmp_path / "mine.py").write_text(f"import numpy as np\n{python}\n")
        (tmp_path / "mine.R").write_text(f"{r}\n")

        def change(document: dict[str, Any]) -> None:
            del document["derivatives"]
            document.update(python="mine:f", r="f", r_source=["mine.R"])
            document["cases"] = [
                {
                    "id": name,
                    "make": {},
                    "calls": [{"do": "call", "with": {"x": [1, 2.5, -3], "leave": leave}, "returns": "y"}],
                }
                for name, leave in (("first", True), ("second", False))
            ]

        return verify(read_fixture(write(change)))

    return run
