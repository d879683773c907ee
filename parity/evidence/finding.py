"""What evidence says: findings, and what a case owes.

A case owes evidence by what it declares (two subjects, an `expect`, `derivatives`, `raises`, arguments left alone, a
trajectory). Each thing owed must bring at least one finding in which something was compared; what it does not bring
fails, in `unpaid`, for every door alike.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parity.evidence.compare import Comparison
from parity.evidence.differentiation import GradientCheck

REFUSED = "refused"
"""The code of a finding that says that a side raised an error where another answered, or none should have."""
NOT_REACHED = "not reached"
"""The code of a finding that was owed and not brought, because a side had stopped before."""
NOT_BROUGHT = "not brought"


@dataclass(frozen=True, init=False)
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

    def __init__(
        self,
        kind: str,
        pair: str,
        subject: str,
        ok: bool,
        index: int = -1,
        call: str = "",
        value: str = "",
        code: str = "",
        message: str = "",
        where: str = "",
        count: int = 0,
        comparison: Comparison | None = None,
        check: GradientCheck | None = None,
    ) -> None:
        # At once: a frozen dataclass sets field after field by object.__setattr__, and a case has a score of findings.
        self.__dict__.update({
            "kind": kind, "pair": pair, "subject": subject, "ok": ok, "index": index, "call": call, "value": value,
            "code": code, "message": message, "where": where, "count": count, "comparison": comparison, "check": check,
        })  # fmt: skip


@dataclass(frozen=True)
class Owed:
    """Evidence that a case must bring. `value` is "" where any value of the call will do."""

    kind: str
    pair: str
    subject: str
    index: int = -1
    call: str = ""
    value: str = ""

    @functools.cached_property
    def key(self) -> tuple[str, str, int, str]:
        """What a finding that pays it has: the kind, the pair, the call and the value, or one that it is below."""
        return self.kind, self.pair, self.index, self.value


def unpaid(owed: Iterable[Owed], findings: Iterable[Finding], *, stopped: bool) -> Iterator[Finding]:
    """A failing finding for everything owed that no finding pays. `stopped`: a side ended before its time."""
    paid: set[tuple[str, str, int, str]] = set()
    for finding in findings:
        if finding.count > 0 or not finding.ok:
            kind, pair, index, value = finding.kind, finding.pair, finding.index, finding.value
            paid.add((kind, pair, index, ""))
            paid.add((kind, pair, index, value))
            while "." in value:
                value = value.rpartition(".")[0]
                paid.add((kind, pair, index, value))
    for debt in owed:
        if debt.key not in paid:
            what = f"{debt.kind} of {debt.value}" if debt.value else debt.kind
            code = NOT_REACHED if stopped else NOT_BROUGHT
            message = f"{what} ({debt.pair}) was owed, and nothing was compared for it"
            yield Finding(debt.kind, debt.pair, debt.subject, False, debt.index, debt.call, debt.value, code, message)
