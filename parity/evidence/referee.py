"""Each subject's values held against a third subject's: another implementation, or the formula in many digits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from parity.evidence.finding import REFUSED, Finding, Owed
from parity.evidence.leaf import held_against
from parity.fixture.model import Case
from parity.subjects.observation import Leaf, Observation

KIND = "referee"
"""The evidence, and the name of the side that gives it."""

Values = Mapping[int, Mapping[str, Leaf]]
"""What the referee gave, by call and path."""


def pair_of(subject: str) -> str:
    return f"{subject}-{KIND}"


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    """What each call returns, on each subject."""
    for index, call in enumerate(case.calls if case.referee is not None else ()):
        for name in call.returns if not call.raises else ():
            for subject in subjects:
                yield Owed(KIND, pair_of(subject), subject, index, call.do, name)


def values_of(observations: Sequence[Observation]) -> Values:
    return {one.call: one.values for one in observations if one.error is None}


def refusals(observations: Sequence[Observation]) -> Iterator[Finding]:
    """A referee that fails has judged nothing, and is not passed over."""
    for one in observations:
        if one.error is not None:
            message = f"the referee raised {one.error.kind}: {one.error.message}"
            yield Finding(
                kind=KIND,
                pair=KIND,
                subject=KIND,
                ok=False,
                index=one.call,
                call=one.do,
                code=REFUSED,
                message=message,
                where=one.error.where,
            )


def find(
    case: Case, index: int, path: str, leaves_of: Mapping[str, Leaf], subjects: Sequence[str], values: Values
) -> Iterator[Finding]:
    """Every subject's leaf at the path against the referee's, where it has one."""
    truth = values.get(index, {}).get(path)
    if truth is None or case.referee is None:
        return
    tolerance = case.referee.tolerance or case.tolerance
    for subject in subjects:
        if subject not in leaves_of:
            continue
        comparison = held_against(
            leaves_of[subject],
            truth,
            tolerance,
            constant_ok=True,
            harmless_extents=path in case.harmless_extents,
            names=(subject, KIND),
        )
        yield Finding(
            kind=KIND,
            pair=pair_of(subject),
            subject=subject,
            ok=comparison.ok,
            index=index,
            call=case.calls[index].do,
            value=path,
            code=comparison.reason or "",
            message=comparison.message,
            count=comparison.count or int(comparison.ok),
            comparison=comparison,
        )
