"""Porting faults that were written apart from the hypotheses: is the cause named, and the right side blamed?

Faults in `held_out` were not looked at while hypotheses were tuned; what is named of them tells how far the hypotheses
carry. The thresholds are what was reached, less one: a hypothesis that is added may take one fault from another.
"""

from __future__ import annotations

from pathlib import Path

import planted
import pytest

from parity import run


def outcome(fault: planted.Fault, folder: Path) -> tuple[str, set[str | None], bool]:
    """The code of the first value that fails, the sides that are blamed, and whether anything failed at all."""
    report = run(planted.plant(fault, folder))
    values = [value for one in report.fixtures for case in one.cases for value in case.values if not value.ok]
    first = next((value.diagnosis.code for value in values if value.diagnosis is not None), "")
    return first, {value.blame for value in values}, not report.ok


def is_right(fault: planted.Fault, code: str) -> bool:
    return set(code.split("+")) == fault.causes or code in fault.also


@pytest.mark.parametrize(("split", "least"), [("seen", 45), ("held_out", 17)])
def test_the_right_cause_is_named_first(split: str, least: int, tmp_path: Path) -> None:
    faults = planted.faults(split)
    outcomes = {fault.id: (fault, *outcome(fault, tmp_path / str(n))) for n, fault in enumerate(faults)}
    assert [name for name, (*_, failed) in outcomes.items() if not failed] == []
    blamed = [fault.wrong in sides for fault, _, sides, _ in outcomes.values()]
    assert all(blamed)
    right = [is_right(fault, code) for fault, code, *_ in outcomes.values()]
    assert sum(right) >= least
