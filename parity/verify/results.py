"""What a verification found, as values: reports read these and nothing else.

Report > FixtureResult > CaseResult > Finding. A `ValueResult` gathers the findings on one value of one call (`dW` of
`backward`): one per pair of sides that were held against each other.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from parity.diagnose import Diagnosis
from parity.evidence import agreement, expected, referee
from parity.evidence.compare import Comparison
from parity.evidence.differentiation import GradientCheck
from parity.evidence.finding import NOT_REACHED, Finding
from parity.evidence.trajectory import TrajectoryResult

if TYPE_CHECKING:
    import pandas as pd

OF_VALUES = (agreement.KIND, expected.KIND, referee.KIND)


@dataclass(frozen=True)
class ValueResult:
    """One value of one call, with a finding per pair of sides.

    Of a value that failed, `index` is the worst place and `numbers` what stands there on each side
    ("python", "r", "expected"), `blamed_by` the evidence that speaks against `blame`, and `diagnosis` what explains it.
    In exact mode `bits` counts the bits in which the sides differ.
    """

    call: str
    name: str
    findings: tuple[Finding, ...]
    blame: str | None = None
    index: tuple[int, ...] | None = None
    numbers: Mapping[str, float | int | bool | str] = field(default_factory=dict)
    bits: int | None = None
    diagnosis: Diagnosis | None = None
    blamed_by: str = ""

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in self.findings)

    @property
    def comparisons(self) -> dict[str, Comparison]:
        """By pair."""
        return {f.pair: f.comparison for f in self.findings if f.comparison is not None}

    @property
    def between(self) -> Comparison | None:
        """The sides held against each other, where they were: the worst of the pairs."""
        return _worst(f.comparison for f in self.findings if f.kind == agreement.KIND)

    @property
    def against_truth(self) -> tuple[Comparison, ...]:
        return tuple(f.comparison for f in self.findings if f.kind == expected.KIND and f.comparison is not None)


def _worst(comparisons: Iterator[Comparison | None]) -> Comparison | None:
    there = [comparison for comparison in comparisons if comparison is not None]
    return max(there, key=lambda c: (not c.ok, c.ratio.value if c.ratio else 0.0), default=None)


AGREES, EXONERATED, CONVICTED = "agrees", "exonerated", "convicted"
UNDECIDED, NOTHING, NOT_REACHED_STAGE, ANOTHER = "undecided", "nothing shown", "not reached", "another value"


@dataclass(frozen=True)
class StageTrace:
    """What is said of one stage of a chain.

    `code` is "agrees", "exonerated" (it differs only because its input does), "convicted" (it differs on equal inputs),
    "undecided" (its inputs differ and cannot be handed over), "nothing shown", or "not reached". `own` says whether the
    sides agree, each with what its own stages gave before, and `given` whether they do by whose inputs both got ("both"
    where these are the same); None where nothing is shown. `values` are those that differ, on equal inputs.
    """

    name: str
    gives: tuple[str, ...]
    code: str
    own: bool | None = None
    given: Mapping[str, bool | None] = field(default_factory=dict)
    message: str = ""
    values: tuple[ValueResult, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class Parting:
    """The step in which two runs part, the one after `after`; `value` is the first, in the order named, that differs.
    `runs` is how many were made to find it. Where it is not `certain`, no smaller stretch could be looked at."""

    after: int
    step: int
    value: str
    message: str
    runs: int
    certain: bool = True


@dataclass(frozen=True)
class Trace:
    """A case followed along its "stages", its "calls", or the "steps" of a trajectory: there the stages are those of
    one `step`. `outside` says what the stages do not give as the case's own calls do."""

    kind: str
    stages: tuple[StageTrace, ...]
    parting: Parting | None = None
    step: int | None = None
    outside: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.parting is None and not self.outside and all(s.code in (AGREES, EXONERATED) for s in self.stages)

    @property
    def first(self) -> StageTrace | None:
        """The first stage that differs."""
        return next((stage for stage in self.stages if stage.own is False or stage.code == CONVICTED), None)


@dataclass(frozen=True)
class CaseResult:
    """`findings` is everything that evidence said; `values` gathers those on values that were compared.

    `pairs` names the nodes of the case in a test run: each pair, or other evidence, that it owes. `recorded` are the
    sides that did not run, but were taken from a recording.
    """

    id: str
    ok: bool
    findings: tuple[Finding, ...]
    values: tuple[ValueResult, ...] = ()
    pairs: tuple[str, ...] = ()
    divergence: str | None = None
    divergence_reason: Mapping[str, str] = field(default_factory=dict)
    expected_by: str | None = None
    warnings: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    trajectory: TrajectoryResult | None = None
    recorded: tuple[str, ...] = ()
    trace: Trace | None = None

    @property
    def interrupted(self) -> bool:
        return self.trajectory is not None and self.trajectory.stopped

    @property
    def gradients(self) -> tuple[GradientResult, ...]:
        return tuple(GradientResult(f.subject, f.check, f.pair) for f in self.findings if f.check is not None)

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What went wrong outside the numbers: an error of the code, a changed argument, evidence that was not brought.

        What a side that stopped did not reach is not a problem of its own.
        """
        return tuple(
            f
            for f in self.findings
            if not f.ok
            and f.check is None
            and f.code != NOT_REACHED
            and not (f.kind in OF_VALUES and f.comparison is not None)
        )

    @property
    def unreached(self) -> tuple[str, ...]:
        """What was owed and not compared because a side had stopped."""
        return tuple(dict.fromkeys(f"{f.call} {f.value}" for f in self.findings if f.code == NOT_REACHED and f.value))

    @property
    def bits(self) -> Iterator[tuple[str, int | None]]:
        """Of each value, the bits that differ; nothing for what a known divergence says must differ."""
        for value in self.values:
            between = value.between
            if not (self.divergence is not None and self.ok and between is not None and not between.ok):
                yield f"{value.call} {value.name}", value.bits
        if self.trajectory is not None:
            for name, bits in self.trajectory.bits.items():
                yield f"{self.trajectory.call} {name}", bits

    @property
    def count(self) -> int:
        """Elements compared, over all values and pairs."""
        return sum(c.count for v in self.values for c in v.comparisons.values())


@dataclass(frozen=True)
class GradientResult:
    """A gradient check, and whose gradient it was."""

    language: str
    check: GradientCheck
    pair: str


@dataclass(frozen=True)
class Misfit:
    """A case that asks for what the code does not have: `pointer` is the JSON path from the fixture's root."""

    pointer: tuple[str | int, ...]
    problem: str
    expected: str


@dataclass(frozen=True)
class FixtureResult:
    """`recorded` says of each side that was not run what ran when it was recorded. `written` is the recording that was
    made of this verification. `repeat` is how what was not read from a file is verified again."""

    path: Path
    name: str
    about: Mapping[str, str]
    cases: tuple[CaseResult, ...]
    seconds: float = 0.0
    misfits: tuple[Misfit, ...] = ()
    recorded: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    written: Path | None = None
    repeat: str = ""

    @property
    def ok(self) -> bool:
        return bool(self.cases) and not self.misfits and all(case.ok for case in self.cases)

    @property
    def count(self) -> int:
        return sum(case.count for case in self.cases)

    @property
    def bits(self) -> int | None:
        """Bits in which the sides differ, over all values; None when they were not counted."""
        counted = [bits for case in self.cases for _, bits in case.bits if bits is not None]
        return sum(counted) if counted else None

    def between(self) -> Iterator[Comparison]:
        """The comparisons of the sides with each other, without those that a known divergence says must fail."""
        for case in self.cases:
            for value in case.values:
                comparison = value.between
                known = case.divergence is not None and case.ok and comparison is not None and not comparison.ok
                if comparison is not None and not known:
                    yield comparison

    def gradients(self) -> Iterator[GradientResult]:
        for case in self.cases:
            yield from case.gradients


@dataclass(frozen=True)
class Unverified:
    """A fixture, or a case of it, that was not verified: it does not fit (exit 2), the environment or parity itself
    failed (exit 3), it was interrupted, or it is verified only when its file is named."""

    path: Path
    kind: Literal["fixture", "environment", "internal", "interrupted", "on request"]
    message: str


@dataclass(frozen=True, repr=False)
class Report:
    """Everything that one run found. In a notebook it shows itself as a table."""

    fixtures: tuple[FixtureResult, ...]
    unverified: tuple[Unverified, ...] = ()
    on_request: tuple[Unverified, ...] = ()
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return bool(self.fixtures) and not self.unverified and all(fixture.ok for fixture in self.fixtures)

    @property
    def count(self) -> int:
        return sum(fixture.count for fixture in self.fixtures)

    def __repr__(self) -> str:
        cases = [case for fixture in self.fixtures for case in fixture.cases]
        wrong = sum(not case.ok for case in cases)
        recorded = any(case.recorded for case in cases)
        verdict = ("recorded" if recorded else "agree") if self.ok else f"{wrong} fail" if wrong else "not verified"
        return f"<Report of {_counted(len(self.fixtures), 'fixture')}, {_counted(len(cases), 'case')}: {verdict}>"

    @functools.cached_property
    def frame(self) -> pd.DataFrame:
        """One row per finding: each comparison of each value, each gradient check, and each of the other evidence.

        `absolute`, `relative`, `ulp` and `ratio` (error / allowed) are the worst over the elements; `index` is where
        the ratio is largest.
        """
        import pandas as pd

        frame: pd.DataFrame = pd.DataFrame([*self._rows()])
        return frame

    def _rows(self) -> Iterator[dict[str, object]]:
        for fixture in self.fixtures:
            for case in fixture.cases:
                about = {"fixture": fixture.name, "case": case.id}
                for value in case.values:
                    for finding in value.findings:
                        yield {**about, **_row(finding, value)}
                gathered = {id(finding) for value in case.values for finding in value.findings}
                for finding in case.findings:
                    if id(finding) not in gathered:
                        yield {**about, **_row(finding, None)}

    def _repr_html_(self) -> str:
        recorded = any(case.recorded for fixture in self.fixtures for case in fixture.cases)
        verdict = ("recorded" if recorded else "agree") if self.ok else "do not agree"
        sentence = f"{_counted(len(self.fixtures), 'subject')}, {_counted(self.count, 'value')} compared: {verdict}"
        return f"<p>{sentence}</p>{self.frame.to_html()}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _row(finding: Finding, value: ValueResult | None) -> dict[str, object]:
    c, check = finding.comparison, finding.check
    row: dict[str, object] = {
        "call": value.call if value else "gradient" if check else finding.call,
        "value": finding.value,
        "evidence": finding.kind,
        "pair": finding.pair,
        "ok": finding.ok,
        "code": finding.code,
        "blame": value.blame if value else None if finding.ok else finding.subject,
        "count": finding.count,
        "message": finding.message,
    }
    if c is not None:
        row |= {
            "differing": c.differing,
            "absolute": c.absolute and c.absolute.value,
            "relative": c.relative and c.relative.value,
            "ulp": c.ulp and c.ulp.value,
            "ratio": c.ratio and c.ratio.value,
            "index": c.ratio and c.ratio.index,
            "bits": value.bits if value and finding.kind == agreement.KIND else None,
        }
    if check is not None:
        row |= {
            "absolute": check.error,
            "ratio": check.error / check.allowed if check.allowed else None,
            "index": check.index,
        }
    return row
