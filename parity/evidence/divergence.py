"""A known divergence is strict: just what it declares differs, in the way and by as much as it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parity.evidence.finding import Finding, Owed
from parity.fixture.model import Difference, Differs

KIND = "divergence"


def owes(differs: Differs | None, pairs: frozenset[str]) -> Iterator[Owed]:
    if differs is not None and any(pair in pairs for difference in differs.what for pair in difference.pairs):
        yield Owed(KIND, KIND, "")


def find(differs: Differs, findings: Sequence[Finding], pairs: frozenset[str]) -> Iterator[Finding]:
    """`pairs` are those that were asked for in this run; what is declared of others is not looked at."""
    failing = [finding for finding in findings if not finding.ok]
    covered: set[int] = set()
    declarations = [
        (pair, name, one) for one in differs.what for pair in one.pairs for name in one.names if pair in pairs
    ]
    for pair, name, difference in declarations:
        matches = [finding for finding in failing if _means(pair, name, difference.call, finding)]
        covered.update(map(id, matches))
        if not matches:
            text = f"{name} agrees now: the known divergence {differs.id} is gone, so take it out"
            yield _finding(name, "gone", text)
        for finding in matches:
            contrast = _unlike(difference, finding)
            if contrast:
                text = f"{finding.value} differs in another way than the known divergence {differs.id} says: {contrast}"
                yield _finding(finding.value, "undeclared", text)
    for finding in failing:
        if id(finding) not in covered:
            what = f"{finding.value or finding.call or finding.kind} ({finding.pair})"
            text = f"{what} fails too, which the known divergence {differs.id} does not declare: {finding.message}"
            yield _finding(finding.value, "undeclared", text)
    if covered:
        yield Finding(kind=KIND, pair=KIND, subject="", ok=True, count=len(covered))


def _means(pair: str, name: str, call: str | None, finding: Finding) -> bool:
    """Whether a failing finding is one that is spoken of: of this pair, at or below this path, of this call."""
    if finding.pair != pair or (call is not None and finding.call.split(",")[0] != call):
        return False
    return finding.value == name or finding.value.startswith(f"{name}.")


def _unlike(difference: Difference, finding: Finding) -> str:
    if finding.code != difference.kind:
        return f"{finding.code}, not {difference.kind} ({finding.message})"
    if difference.largest is None:
        return ""
    low, high = difference.largest
    error = finding.check.error if finding.check is not None else None
    if finding.comparison is not None and finding.comparison.absolute is not None:
        error = finding.comparison.absolute.value
    if error is None:
        return f"it has no size ({finding.message})"
    return "" if low <= error <= high else f"by {error:.3g}, not by {low:g} to {high:g}"


def _finding(value: str, code: str, message: str) -> Finding:
    return Finding(kind=KIND, pair=KIND, subject="", ok=False, value=value, code=code, message=message)
