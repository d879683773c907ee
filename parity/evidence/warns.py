"""Warnings that a case asks for, by class and text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from parity.evidence.finding import Finding, Owed
from parity.fixture.model import Case
from parity.subjects import NAME
from parity.subjects.observation import Observation

KIND = "warns"


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    for index, call in enumerate(case.calls):
        for subject in subjects:
            if subject in call.warns:
                yield Owed(KIND, f"{KIND}-{subject}", subject, index, call.do)


def find(case: Case, rounds: Sequence[Mapping[str, Observation]]) -> Iterator[Finding]:
    for one in rounds:
        for subject, observation in one.items():
            if observation.call < 0 or subject not in case.calls[observation.call].warns:
                continue
            expectation = case.calls[observation.call].warns[subject]
            fits = any(
                expectation.class_ in warning.classes and expectation.text in warning.message
                for warning in observation.warnings
            )
            came = "; ".join(f"{warning.classes[0]}: {warning.message}" for warning in observation.warnings) or "none"
            yield Finding(
                kind=KIND,
                pair=f"{KIND}-{subject}",
                subject=subject,
                ok=fits,
                index=observation.call,
                call=observation.do,
                code="" if fits else "no warning",
                message=""
                if fits
                else f"{NAME.get(subject, subject)} warned: {came}; "
                f"expected {expectation.class_} with {expectation.text!r}",
                count=1,
            )
