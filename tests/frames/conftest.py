"""Two functions given as text, one in Python and one in R, that both get the frame of a fixture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import read_fixture
from parity.verify.case import EVERYTHING, Options, verify
from parity.verify.results import CaseResult

Write = Callable[..., Path]
Both = Callable[..., CaseResult]

PEOPLE: dict[str, Any] = {
    "frame": {
        "id": {"integer": [3, 1, 2, 7]},
        "age": [31.5, "NaN", None, -0.0],
        "children": {"integer": [0, None, 2, 1]},
        "married": [True, None, False, True],
        "name": ["Ada", None, "", "영희"],
        "group": {"factor": ["u", None, "v", "u"], "levels": ["v", "u", "w"]},
        "born": {"date": ["1980-02-29", None, "1960-01-01", "2001-12-31"]},
        "seen": {"instant": ["2024-03-01T10:00:00Z", None, "2024-07-01T00:30:00Z", "1999-12-31T23:59:59Z"],
                 "tz": "America/New_York"},
        "took": {"span": [1.5, 2.0, None, 0.25], "units": "hours"},
    },
    "key": ["id"],
}  # fmt: skip


@pytest.fixture
def both(write: Write, tmp_path: Path) -> Both:
    """Verifies `out`, which the bodies of two functions of `d` give; by default each gives `d` back."""

    def run(
        python: str = "d",
        r: str = "d",
        *,
        frame: Any = PEOPLE,
        join: dict[str, Any] | None = None,
        expect: Any = None,
        case: dict[str, Any] | None = None,
        options: Options = EVERYTHING,
        fixture: dict[str, Any] | None = None,
        compare: list[str] | None = None,
    ) -> CaseResult:
        body = python if "return" in python else f"    return {python}"
        (tmp_path / "mine.py").write_text(f"import numpy as np\nimport pandas as pd\ndef f(d):\n{body}\n")
        (tmp_path / "mine.R").write_text(f"f <- function(d) {{\n{r}\n}}\n")

        def change(document: dict[str, Any]) -> None:
            del document["derivatives"]
            document.update(python="mine:f", r="f", r_source=["mine.R"], **(fixture or {}))
            call = {"do": "call", "with": {"d": frame}, "returns": "out"}
            if expect is not None:
                call["expect"] = expect
            if compare is not None:
                call["compare"] = compare
            document["cases"] = [{"id": "one", "calls": [call], **(case or {})}]
            if expect is not None:
                document["cases"][0]["expected_by"] = "a table by hand"
            if join is not None:
                document["cases"][0]["join"] = {"out": join}

        result = verify(read_fixture(write(change)), options)
        assert not result.misfits, result.misfits
        (one,) = result.cases
        return one

    return run


def wrong(case: CaseResult) -> dict[str, str]:
    """The code of what is not as it should be, by the path of the value."""
    return {finding.value: finding.code for finding in case.findings if not finding.ok}


def said(case: CaseResult, value: str) -> str:
    return next(finding.message for finding in case.findings if finding.value == value and not finding.ok)
