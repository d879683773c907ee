"""Who is wrong, from the findings on one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from parity.evidence import expected
from parity.evidence.differentiation import GradientCheck
from parity.evidence.finding import Finding

BOTH = "both"
EXPECTED = expected.KIND
NOTHING_SHOWN = "nothing shown"
UNKNOWN = "unknown"


def blame(
    path: str,
    findings: Sequence[Finding],
    subjects: Iterable[str],
    there: Iterable[str],
    checks: Mapping[tuple[str, str], GradientCheck],
    *,
    refused: Iterable[str] = (),
) -> str:
    """The side that the evidence speaks against, for a value of which at least one finding failed.

    The name of a side, "both" (all sides alike), "expected", "nothing shown" or "unknown". Evidence, strongest first:
    a value that is missing; independent truth (`expect`); numeric differentiation, by (side, gradient path). Sides
    that all disagree with the truth while their gradients prove right speak against the expected value. A side that
    `refused`, by an error, is not blamed for what it then lacks: the one that answered may be wrong to answer.
    """
    sides = list(subjects)

    def against(names: list[str]) -> str:
        return BOTH if len(names) == len(sides) > 1 else names[0] if len(names) == 1 else UNKNOWN

    if all(finding.ok or finding.code == "vacuous" for finding in findings):
        return NOTHING_SHOWN
    judged = [side for side in sides if side not in set(refused)]
    absent = [side for side in judged if side not in set(there)]
    if absent:
        return against(absent)
    doubted = [f.subject for f in findings if f.kind == EXPECTED and not f.ok and f.subject in judged]
    proved = {side: checks[side, path].ok for side in judged if (side, path) in checks}
    if doubted and len(doubted) == len(sides) and proved and all(proved.values()):
        return EXPECTED
    if doubted:
        return against(doubted)
    refuted = [side for side, ok in proved.items() if not ok]
    if refuted:
        return against(refuted)
    # Sides that differ in f(x) while one of them has a gradient that does not fit its own f: that f is off.
    unfit = [side for side in judged if any(s == side and c.of == path and not c.ok for (s, _), c in checks.items())]
    return against(unfit) if len(unfit) == 1 and len(sides) > 1 else UNKNOWN
