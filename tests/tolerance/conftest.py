"""Ports given as text, and what tolerance they are found to need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parity.tolerance.measure import FixtureTolerance, Request, measure

Measured = Callable[..., FixtureTolerance]


@pytest.fixture
def port_file(write: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """The fixture of one call of a Python function `f` and an R function `f`."""

    def make(
        python: str,
        r: str,
        given: dict[str, Any],
        tolerance: dict[str, float] | None = None,
        case: dict[str, Any] | None = None,
        **call: Any,
    ) -> Path:
        (tmp_path / "mine.py").write_text(f"import numpy as np\n{python}\n")
        (tmp_path / "mine.R").write_text(f"{r}\n")

        def change(document: dict[str, Any]) -> None:
            del document["derivatives"]
            document.update(python="mine:f", r="f", r_source=["mine.R"])
            document["tolerance"] = tolerance or {"rtol": 1e-13, "atol": 0}
            calls = [{"do": "call", "with": given, "returns": "y", **call}]
            document["cases"] = [{"id": "one", "make": {}, "calls": calls, **(case or {})}]

        return write(change)

    return make


@pytest.fixture
def measured(port_file: Callable[..., Path]) -> Measured:
    def make(python: str, r: str, given: dict[str, Any], *, draws: int = 20, **more: Any) -> FixtureTolerance:
        outcome = measure(port_file(python, r, given, **more), Request(draws=draws))
        assert isinstance(outcome, FixtureTolerance), outcome
        return outcome

    return make
