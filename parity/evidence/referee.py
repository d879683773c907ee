"""Each subject's values held against a third subject's: another implementation, or the formula in many digits."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from parity.evidence.compare import Comparison
from parity.evidence.finding import REFUSED, Finding, Owed
from parity.evidence.leaf import held_against
from parity.fixture.model import Case, Tolerance
from parity.subjects.observation import Leaf, Observation
from parity.subjects.referee import judged

KIND = "referee"
"""The evidence, and the name of the side that gives it."""

Values = Mapping[int, Mapping[str, Leaf]]
"""What the referee gave, by call and path."""


def pair_of(subject: str) -> str:
    return f"{subject}-{KIND}"


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    """Each value that the referee is asked for, on each subject."""
    for index, call in enumerate(case.calls):
        for name in judged(case, index):
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


def against(
    case: Case, actual: Leaf | None, truth: Leaf | None, subject: str, *, constant_ok: bool, whole: bool, harmless: bool
) -> Comparison:
    """A subject's leaf held against the referee's, by the referee's tolerance where it has one.

    That a referee gives one constant shows no more than that a side does. A formula in many digits has no zero with a
    sign.
    """
    assert case.referee is not None
    held = functools.partial(
        held_against,
        actual,
        truth,
        tolerance_of(case),
        constant_ok=constant_ok,
        whole=whole,
        harmless_extents=harmless,
        names=(subject, KIND),
    )
    comparison = held()
    unsigned = case.referee.language == "mpmath" and comparison.reason == "class"
    return held(signed_zero=False) if unsigned else comparison


def tolerance_of(case: Case) -> Tolerance:
    return case.tolerance if case.referee is None or case.referee.tolerance is None else case.referee.tolerance
