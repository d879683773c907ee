"""What a verification found, as values: reports read these and nothing else.

Report > FixtureResult > CaseResult > ValueResult. A `ValueResult` is one compared value of one call (`dW` of
`backward`) with up to five comparisons, one per pair of `PAIRS`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from parity.evidence.compare import Comparison
from parity.evidence.differentiation import GradientCheck

if TYPE_CHECKING:
    import pandas as pd

Pair = Literal["python-r", "python-expected", "r-expected", "gradient-python", "gradient-r"]
PAIRS: tuple[Pair, ...] = ("python-r", "python-expected", "r-expected", "gradient-python", "gradient-r")

Blame = Literal["python", "r", "both", "expected", "nothing shown", "unknown"]


@dataclass(frozen=True)
class ValueResult:
    """One value of one call. A pair that was not asked for is absent from `comparisons`.

    Of a value that failed, `index` is the worst place and `numbers` what stands there on each side
    ("python", "r", "expected"). In exact mode `bits` counts the bits in which Python and R differ.
    """

    call: str
    name: str
    comparisons: Mapping[Pair, Comparison]
    ok: bool
    blame: Blame | None = None
    index: tuple[int, ...] | None = None
    numbers: Mapping[str, float | int | bool | str] = field(default_factory=dict)
    bits: int | None = None


@dataclass(frozen=True)
class PictureResult:
    """A matrix of both sides to be shown as an image, by language; points as (x, y, class)."""

    call: str
    value: str
    images: Mapping[str, tuple[tuple[float, ...], ...]]
    extent: tuple[float, float, float, float] | None = None
    points: Mapping[str, tuple[tuple[float, ...], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class GradientResult:
    language: str
    check: GradientCheck
    pair: Pair


@dataclass(frozen=True)
class Problem:
    """What went wrong outside the numbers: an error of a layer, a changed argument, an R that is missing."""

    language: str
    call: str
    kind: str
    message: str
    where: str = ""


@dataclass(frozen=True)
class Departure:
    """Where two runs first differ by more than the tolerance: the step, the value, its place, by how much.

    `after` is the last step at which it was still seen within; a state is seen at checkpoints only.
    """

    after: int
    step: int
    name: str
    index: tuple[int, ...]
    error: float
    allowed: float


@dataclass(frozen=True)
class Checkpoint:
    """The states of both sides after `step` steps: the worst absolute difference of each value."""

    step: int
    differences: Mapping[str, float]


@dataclass(frozen=True)
class TrajectoryResult:
    """A run that was made in pieces on both sides; `stopped` at a checkpoint, when it was told to. In exact mode `bits`
    has, by value, how many differ over the whole run (None where they cannot be counted).

    `series` has, by value and language, one number per step; `scalars` one number per checkpoint. `until` is the
    step up to which agreement was asked (`made` where it was asked to the end).
    """

    call: str
    steps: int
    made: int
    until: int
    checkpoints: tuple[Checkpoint, ...]
    series: Mapping[str, Mapping[str, tuple[float, ...]]]
    scalars: Mapping[str, Mapping[str, tuple[float, ...]]]
    departure: Departure | None
    stopped: bool = False
    bits: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseResult:
    id: str
    ok: bool
    values: tuple[ValueResult, ...]
    gradients: tuple[GradientResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    divergence: str | None = None
    divergence_reason: Mapping[str, str] = field(default_factory=dict)
    expected_by: str | None = None
    warnings: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    trajectory: TrajectoryResult | None = None
    pictures: tuple[PictureResult, ...] = ()

    @property
    def interrupted(self) -> bool:
        return self.trajectory is not None and self.trajectory.stopped

    @property
    def bits(self) -> Iterator[tuple[str, int | None]]:
        """Of each value, the bits that differ; nothing for what a known divergence says must differ."""
        for value in self.values:
            between = value.comparisons.get("python-r")
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
class Misfit:
    """A case that asks for what the code does not have: `pointer` is the JSON path from the fixture's root."""

    pointer: tuple[str | int, ...]
    problem: str
    expected: str


@dataclass(frozen=True)
class FixtureResult:
    path: Path
    name: str
    about: Mapping[str, str]
    cases: tuple[CaseResult, ...]
    seconds: float = 0.0
    misfits: tuple[Misfit, ...] = ()

    @property
    def ok(self) -> bool:
        return bool(self.cases) and not self.misfits and all(case.ok for case in self.cases)

    @property
    def count(self) -> int:
        return sum(case.count for case in self.cases)

    @property
    def bits(self) -> int | None:
        """Bits in which Python and R differ, over all values; None when they were not counted."""
        counted = [bits for case in self.cases for _, bits in case.bits if bits is not None]
        return sum(counted) if counted else None

    def comparisons(self, pair: Pair | None = None) -> Iterator[Comparison]:
        """All comparisons, or those of one pair; without those that a known divergence says must fail."""
        for case in self.cases:
            for value in case.values:
                for name, comparison in value.comparisons.items():
                    known = case.divergence is not None and case.ok and not comparison.ok
                    if (pair is None or name == pair) and not known:
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


@dataclass(frozen=True)
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

    @functools.cached_property
    def frame(self) -> pd.DataFrame:
        """One row per compared value: each comparison of each value, and each gradient check.

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
                    for pair, c in value.comparisons.items():
                        yield {
                            **about,
                            "call": value.call,
                            "value": value.name,
                            "pair": pair,
                            "ok": c.ok,
                            "blame": value.blame,
                            "count": c.count,
                            "differing": c.differing,
                            "absolute": c.absolute and c.absolute.value,
                            "relative": c.relative and c.relative.value,
                            "ulp": c.ulp and c.ulp.value,
                            "ratio": c.ratio and c.ratio.value,
                            "index": c.ratio and c.ratio.index,
                            "message": c.message,
                            "bits": value.bits if pair == "python-r" else None,
                        }
                for result in case.gradients:
                    check = result.check
                    yield {
                        **about,
                        "call": "gradient",
                        "value": check.gradient,
                        "pair": result.pair,
                        "ok": check.ok,
                        "blame": None if check.ok else result.language,
                        "count": check.checked,
                        "absolute": check.error,
                        "ratio": check.error / check.allowed if check.allowed else None,
                        "index": check.index,
                        "message": check.message,
                    }

    def _repr_html_(self) -> str:
        verdict = "agree" if self.ok else "do not agree"
        return f"<p>{len(self.fixtures)} subjects, {self.count} values compared: {verdict}</p>{self.frame.to_html()}"
