"""The recordings that R's own tests read hold what Python gives today."""

from __future__ import annotations

from pathlib import Path

import parity

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ENDING = ".python.json"


def test_the_recordings_of_python_are_of_its_sources_and_inputs_as_they_are() -> None:
    kept = sorted(FIXTURES.rglob(f"*{ENDING}"))
    fixtures = [path.parents[1] / f"{path.name.removesuffix(ENDING)}.json" for path in kept]
    report = parity.run(fixtures, replay="python")
    found = [
        finding.message for one in report.fixtures for case in one.cases for finding in case.findings if not finding.ok
    ]
    assert (found, report.unverified) == ([], ())
    assert len(report.fixtures) == len(kept) >= 4
    assert {case.recorded for one in report.fixtures for case in one.cases} == {("python",)}
