"""Rows of a line of Python and a line of R: what stands in them, and what may not."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from parity.fixture.read import read_fixture
from parity.reports.pages.files import PagesError
from parity.reports.pages.idioms import idioms, lines_of, rows_of
from parity.reports.pages.labels import LABELS
from parity.verify.results import CaseResult

ROOT = Path(__file__).parents[2] / "fixtures" / "idioms"


def case(tmp_path: Path, python: str, r: str) -> Path:
    path = tmp_path / "one.json"
    call = {"do": "call", "as": {"python": python, "r": r}, "with": {"x": [1, 2]}, "returns": "out"}
    path.write_text(json.dumps({
        "about": "x", "source": "x", "python": "numpy:asarray", "r": "function(x) x",
        "tolerance": {"rtol": 0, "atol": 0}, "cases": [{"id": "one", "calls": [call]}],
    }))  # fmt: skip
    return path


def test_the_lines_are_those_that_are_run(tmp_path: Path) -> None:
    (one,) = read_fixture(case(tmp_path, "lambda x, y=2: x[0] | y", "function(x, y = 2) x[1] | y")).cases
    assert lines_of(one) == ("x[0] | y", "x[1] | y")
    shown = idioms({"one": "the first"}, {"one": (one, CaseResult(id="one", ok=False, findings=()))}, LABELS["en"])
    assert "| the first | `x[0] \\| y` | `x[1] \\| y` | ✗ disagree |" in shown


@pytest.mark.parametrize(
    ("python", "r"), [("np.sum", "function(x) sum(x)"), ("lambda x: x", "sum"), ("lambda x", "sum")]
)
def test_what_is_no_line_is_refused(tmp_path: Path, python: str, r: str) -> None:
    (one,) = read_fixture(case(tmp_path, python, r)).cases
    with pytest.raises(PagesError, match="case one"):
        lines_of(one)


def test_a_row_says_what_the_case_is_called_where_nothing_else_is_said() -> None:
    assert dict(rows_of(("one | the first", "two"))) == {"one": "the first", "two": "two"}


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.json")), ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_idiom_is_shown_in_both_languages(path: Path, language: str) -> None:
    page = path.with_suffix(f".{language}.md").read_text("utf-8")
    block = page.partition("```idioms\n")[2].partition("\n```")[0]
    assert list(dict(rows_of(tuple(block.splitlines())))) == [one.id for one in read_fixture(path).cases]


def test_the_vignette_of_the_r_package_has_every_pair_of_lines() -> None:
    place = ROOT.parents[1]
    told = runpy.run_path(str(place / "docs" / "vignette.py"))["vignette"]()
    assert (place / "r_impl" / "vignettes" / "idioms.Rmd").read_text("utf-8") == told, "python docs/vignette.py"
    assert sum(line.count("| `") > 0 for line in told.splitlines()) >= 120


def test_there_are_as_many_as_are_promised() -> None:
    assert sum(len(read_fixture(path).cases) for path in ROOT.glob("*.json")) >= 120
