"""A case of which a side was recorded: what it owes then, and how its verdict is worded.

What was held against a recording says so, wherever it is read: its pair is "python-r (recorded)", its side
"r (recorded)". A recording cannot be run at another place, so that a numeric derivative of its side, its
relations, and that it gives the same again, are not owed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from parity.evidence import divergence, gradient, relations, repeatable
from parity.evidence.finding import Finding, Owed
from parity.evidence.trajectory import TrajectoryResult
from parity.fixture.model import Case
from parity.subjects import Subject
from parity.subjects.recorded import RecordedSubject, ReplayError
from parity.verify.results import CaseResult

KIND = "recording"
LABEL = " (recorded)"
NEEDS_THE_SIDE = (gradient.KIND, relations.KIND, repeatable.KIND)

T = TypeVar("T")


def sides_of(subjects: Iterable[Subject]) -> frozenset[str]:
    """Those that are recordings."""
    return frozenset(subject.name for subject in subjects if isinstance(subject, RecordedSubject))


def due(debts: Iterable[Owed], recorded: Collection[str]) -> tuple[Owed, ...]:
    """What is owed without that for which a side would have to run."""
    return tuple(debt for debt in debts if not (debt.subject in recorded and debt.kind in NEEDS_THE_SIDE))


def label(pair: str, recorded: Collection[str]) -> str:
    """What a pair, or a side, is called where some sides are recordings."""
    concerned = bool(recorded) and (pair == divergence.KIND or not set(recorded).isdisjoint(pair.split("-")))
    return pair + LABEL if concerned else pair


def refusals(case: Case, subjects: Sequence[Subject]) -> Iterator[Finding]:
    """A failing finding for each recording that does not stand for its side in this case."""
    for subject in subjects:
        if isinstance(subject, RecordedSubject):
            try:
                subject.check(case)
            except ReplayError as error:
                name = label(subject.name, [subject.name])
                yield Finding(kind=KIND, pair=name, subject=name, ok=False, code=error.code, message=error.message)


def labelled(result: CaseResult, recorded: Collection[str]) -> CaseResult:
    """The same result, in which whatever comes from a recording says so."""
    if not recorded:
        return result
    findings = {
        id(finding): dataclasses.replace(
            finding, pair=label(finding.pair, recorded), subject=label(finding.subject, recorded)
        )
        for finding in (*result.findings, *(finding for value in result.values for finding in value.findings))
    }
    values = tuple(
        dataclasses.replace(
            value,
            findings=tuple(findings[id(finding)] for finding in value.findings),
            blame=value.blame and label(value.blame, recorded),
            numbers=_labelled(value.numbers, recorded),
        )
        for value in result.values
    )
    return dataclasses.replace(
        result,
        findings=tuple(findings[id(finding)] for finding in result.findings),
        values=values,
        pairs=tuple(label(pair, recorded) for pair in result.pairs),
        warnings=tuple((label(side, recorded), message) for side, message in result.warnings),
        trajectory=result.trajectory and _labelled_run(result.trajectory, recorded),
        recorded=tuple(sorted(recorded)),
    )


def _labelled(sides: Mapping[str, T], recorded: Collection[str]) -> dict[str, T]:
    return {label(side, recorded): value for side, value in sides.items()}


def _labelled_run(run: TrajectoryResult, recorded: Collection[str]) -> TrajectoryResult:
    return dataclasses.replace(
        run,
        series={name: _labelled(sides, recorded) for name, sides in run.series.items()},
        scalars={name: _labelled(sides, recorded) for name, sides in run.scalars.items()},
    )
