"""Arguments are left as they were, unless the call says that it updates them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from parity.evidence.finding import Finding, Owed
from parity.fixture.model import Case
from parity.subjects import NAME
from parity.subjects.observation import Observation

KIND = "untouched"


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:  # noqa: ARG001
    for subject in subjects:
        yield Owed(KIND, subject, subject)


def find(rounds: Sequence[Mapping[str, Observation]]) -> Iterator[Finding]:
    findings: dict[str, list[Finding]] = {}
    for one in rounds:
        for subject, observation in one.items():
            changes = findings.setdefault(subject, [])
            for name in observation.changed:
                changes.append(
                    Finding(
                        kind=KIND,
                        pair=subject,
                        subject=subject,
                        ok=False,
                        call=observation.do,
                        code="argument changed",
                        message=f"{NAME.get(subject, subject)} changed its argument {name}",
                    )
                )
    for subject, changes in findings.items():
        yield from changes or [Finding(kind=KIND, pair=subject, subject=subject, ok=True, count=1)]
