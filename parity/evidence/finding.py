"""What evidence says: findings, and what a case owes.

A case owes evidence by what it declares (two subjects, an `expect`, `derivatives`, `raises`, arguments left alone, a
trajectory). Each thing owed must bring at least one finding in which something was compared; what it does not bring
fails, in `unpaid`, for every door alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parity.evidence.compare import Comparison
from parity.evidence.differentiation import GradientCheck

REFUSED = "refused"
"""The code of a finding that says that a side raised an error where another answered, or none should have."""
NOT_REACHED = "not reached"
"""The code of a finding that was owed and not brought, because a side had stopped before."""
NOT_BROUGHT = "not brought"


@dataclass(frozen=True)
class Finding:
    """One thing that evidence says of a case.

    `kind` is the evidence ("agreement", "expected", "gradient", ...), `pair` the two sides held against each other
    ("python-r", "r-expected", "gradient-r"; for what concerns one side alone "raises-r", "untouched-r", ...).
    `subject` is the side that is judged. `index` is the number of the call, `call` its name, `value` the path of the
    value ("" where the finding is not about one). `code` says why a finding is not ok; it is stable, for programs.
    `count` is how many elements, or other things, were compared.
    """

    kind: str
    pair: str
    subject: str
    ok: bool
    index: int = -1
    call: str = ""
    value: str = ""
    code: str = ""
    message: str = ""
    where: str = ""
    count: int = 0
    comparison: Comparison | None = None
    check: GradientCheck | None = None


@dataclass(frozen=True)
class Owed:
    """Evidence that a case must bring. `value` is "" where any value of the call will do."""

    kind: str
    pair: str
    subject: str
    index: int = -1
    call: str = ""
    value: str = ""

    def paid_by(self, finding: Finding) -> bool:
        return (
            finding.kind == self.kind
            and finding.pair == self.pair
            and finding.index == self.index
            and (not self.value or finding.value == self.value or finding.value.startswith(f"{self.value}."))
            and (finding.count > 0 or not finding.ok)
        )


def unpaid(owed: Iterable[Owed], findings: Iterable[Finding], *, stopped: bool) -> Iterator[Finding]:
    """A failing finding for everything owed that no finding pays. `stopped`: a side ended before its time."""
    brought: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in findings:
        brought.setdefault((finding.kind, finding.pair, finding.index), []).append(finding)
    for debt in owed:
        if not any(map(debt.paid_by, brought.get((debt.kind, debt.pair, debt.index), ()))):
            what = f"{debt.kind} of {debt.value}" if debt.value else debt.kind
            code = NOT_REACHED if stopped else NOT_BROUGHT
            message = f"{what} ({debt.pair}) was owed, and nothing was compared for it"
            yield Finding(debt.kind, debt.pair, debt.subject, False, debt.index, debt.call, debt.value, code, message)
