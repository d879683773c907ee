"""Who is wrong, from the findings on one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from parity.evidence import expected, gradient, referee, relations
from parity.evidence.differentiation import GradientCheck
from parity.evidence.finding import Finding

BOTH = "both"
ALIKE = "both alike"
"""All sides are wrong, and agree with each other: a mistake that the comparison of the two does not see."""
EXPECTED = expected.KIND
REFEREE = referee.KIND
NOTHING_SHOWN = "nothing shown"
UNKNOWN = "unknown"


class Blame(NamedTuple):
    """The side that the evidence speaks against, or "both", or "both alike", and which evidence spoke."""

    side: str
    by: str = ""


def blame(
    path: str,
    findings: Sequence[Finding],
    subjects: Iterable[str],
    there: Iterable[str],
    checks: Mapping[tuple[str, str], GradientCheck],
    *,
    refused: Iterable[str] = (),
) -> Blame:
    """The side that the evidence speaks against, for a value of which at least one finding failed.

    The name of a side, "both", "both alike" (which agree with each other), "expected", "referee", "nothing shown" or
    "unknown". Evidence, the strongest first: a value that is missing; independent truth (`expect`); a referee; numeric
    differentiation, by (side, gradient path); a relation that a side breaks. Sides that all disagree with the truth
    while their gradients prove right speak against the expected value; a referee that disagrees with sides that the
    truth confirms is wrong itself. A side that `refused`, by an error, is not blamed for what it then lacks: the one
    that answered may be wrong to answer.
    """
    sides = list(subjects)

    def against(names: list[str], by: str) -> Blame:
        if len(names) == len(sides) > 1:
            between = [f for f in findings if f.kind not in (EXPECTED, REFEREE) and f.comparison is not None]
            return Blame(ALIKE if between and all(f.ok for f in between) else BOTH, by)
        return Blame(names[0], by) if len(names) == 1 else Blame(UNKNOWN)

    broken = dict.fromkeys(f.subject for f in findings if f.kind == relations.KIND and not f.ok and f.value == path)
    findings = [finding for finding in findings if finding.kind != relations.KIND]
    if all(finding.ok or finding.code == "vacuous" for finding in findings):
        return Blame(NOTHING_SHOWN)
    judged = [side for side in sides if side not in set(refused)]
    present = set(there)
    absent = [side for side in judged if side not in present]
    if absent:
        return against(absent, "missing")
    doubted = [f.subject for f in findings if f.kind == EXPECTED and not f.ok and f.subject in judged]
    proved = {side: checks[side, path].ok for side in judged if (side, path) in checks}
    if doubted and len(doubted) == len(sides) and proved and all(proved.values()):
        return Blame(EXPECTED, gradient.KIND)
    if doubted:
        return against(doubted, EXPECTED)
    overruled = [f.subject for f in findings if f.kind == REFEREE and not f.ok and f.subject in judged]
    if overruled:
        confirmed = {f.subject for f in findings if f.kind == EXPECTED and f.ok}
        if confirmed.issuperset(overruled):
            return Blame(REFEREE, EXPECTED)
        return against(overruled, REFEREE)
    refuted = [side for side, ok in proved.items() if not ok]
    if refuted:
        return against(refuted, gradient.KIND)
    # Sides that differ in f(x) while one of them has a gradient that does not fit its own f: that f is off.
    unfit = [side for side in judged if any(s == side and c.of == path and not c.ok for (s, _), c in checks.items())]
    if len(unfit) == 1 and len(sides) > 1:
        return against(unfit, gradient.KIND)
    return against([side for side in judged if side in broken], relations.KIND)
