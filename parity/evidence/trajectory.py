"""A call that is made in pieces, by all sides in step, and compared after each piece: a training run, a simulation.

Nothing here knows what is trained. The states of a long run would not fit into memory twice over, so each is
compared when it is reached, and only its distance is kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from parity.evidence import agreement, expected
from parity.evidence.compare import Comparison
from parity.evidence.finding import Finding, Owed
from parity.evidence.leaf import held_against
from parity.evidence.structure import laid_over, plain
from parity.fixture.model import Case, Tolerance
from parity.subjects.frames import same_table
from parity.subjects.observation import Leaf, Observation, Table

KIND = "steps"
LEAST = "least"


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
    """The states of the sides after `step` steps: the worst absolute difference of each value."""

    step: int
    differences: Mapping[str, float]


@dataclass(frozen=True)
class TrajectoryResult:
    """A run that was made in pieces on all sides; `stopped` at a checkpoint, when it was told to. In exact mode `bits`
    has, by value, how many differ over the whole run (None where they cannot be counted).

    `series` has, by value and side, one number per step; `scalars` one number per checkpoint.
    """

    call: str
    steps: int
    made: int
    checkpoints: tuple[Checkpoint, ...]
    series: Mapping[str, Mapping[str, tuple[float, ...]]]
    scalars: Mapping[str, Mapping[str, tuple[float, ...]]]
    departure: Departure | None
    stopped: bool = False
    bits: Mapping[str, int | None] = field(default_factory=dict)


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    """That each side made the steps that it was asked to make, and reached what it must reach."""
    for index, call in enumerate(case.calls):
        if call.trajectory is None:
            continue
        for subject in subjects:
            yield Owed(KIND, subject, subject, index, call.do)
            for name in call.trajectory.least:
                yield Owed(LEAST, subject, subject, index, call.do, name)


@dataclass
class _Record:
    """What is kept of one value of one pair along the way: the worst comparison, and how much was compared."""

    worst: Comparison | None = None
    count: int = 0
    differing: int = 0
    step: int = 0

    def add(self, comparison: Comparison, made: int, piece: int, per_step: bool) -> None:
        self.count += comparison.count
        self.differing += comparison.differing
        if self.worst is None or _ratio(comparison) > _ratio(self.worst):
            self.worst = comparison
            first = comparison.ratio.index[0] if comparison.ratio and comparison.ratio.index else 0
            self.step = made + first + 1 if per_step else made + piece

    def merged(self) -> Comparison | None:
        return self.worst and dataclasses.replace(self.worst, count=self.count, differing=self.differing)


class Follower:
    """Follows call number `index` of the case: told of each piece, it says in the end what was found."""

    def __init__(self, case: Case, index: int, *, bits: bool = False) -> None:
        self.case = case
        self.index = index
        self.call = case.calls[index]
        assert self.call.trajectory is not None
        self.trajectory = self.call.trajectory
        self.bits = bits
        self.made = 0
        self.stopped = False
        self._records: dict[tuple[str, str], _Record] = {}
        self._checkpoints: list[Checkpoint] = []
        self._series: dict[str, dict[str, list[float]]] = {}
        self._scalars: dict[str, dict[str, list[float]]] = {}
        self._departure: Departure | None = None
        self._counted: dict[str, int | None] = {}
        self._extremes: dict[tuple[str, str], list[float]] = {}
        self._short: dict[str, str] = {}
        self._first: Mapping[str, Observation] = {}
        self._last: Mapping[str, Observation] = {}

    def add(self, pieces: Mapping[str, Observation]) -> None:
        """One piece, made by every side without an error."""
        subjects = list(pieces)
        piece = pieces[subjects[0]].piece
        differences: dict[str, float] = {}
        self._first = self._first or pieces
        self._last = pieces
        for name in self.case.compared(self.index):
            for path, laid in laid_over(name, [pieces[side].values for side in subjects]):
                sides = dict(zip(subjects, laid, strict=True))
                per_step = name in self.trajectory.series
                if per_step:
                    self._measure(path, sides, piece)
                self._collect(path, sides, per_step)
                self._compare(path, sides, per_step, piece, differences, name in self.case.harmless_extents)
        self.made += piece
        self._checkpoints.append(Checkpoint(self.made, differences))

    def _measure(self, path: str, sides: Mapping[str, Leaf | None], piece: int) -> None:
        """A series has one number, or one row, per step."""
        for side, leaf in sides.items():
            values = plain(leaf)
            length = len(values) if isinstance(values, np.ndarray) and values.ndim else int(values is not None)
            if length != piece:
                text = f"{side} gave {length} of {path} for {piece} steps, from step {self.made + 1} on"
                self._short.setdefault(side, text)

    def _collect(self, path: str, sides: Mapping[str, Leaf | None], per_step: bool) -> None:
        numbers = self._series if per_step else self._scalars
        for side, leaf in sides.items():
            array = plain(leaf)
            if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
                continue
            if per_step or array.size == 1:
                numbers.setdefault(path, {}).setdefault(side, []).extend(map(float, array.ravel()))
            if array.size:
                self._extremes.setdefault((path, side), []).extend([float(array.min()), float(array.max())])

    def _compare(
        self,
        path: str,
        sides: Mapping[str, Leaf | None],
        per_step: bool,
        piece: int,
        differences: dict[str, float],
        harmless: bool,
    ) -> None:
        reference, *others = sides
        for subject in others:
            # A run may stand still for a while; that it does so to the end is seen in `values`.
            comparison = held_against(
                sides[subject],
                sides[reference],
                self.case.tolerance,
                constant_ok=True,
                harmless_extents=harmless,
                names=(subject, reference),
            )
            record = self._records.setdefault((path, agreement.pair_of(reference, subject)), _Record())
            record.add(comparison, self.made, piece, per_step)
            if comparison.absolute is not None:
                differences[path] = max(differences.get(path, 0.0), comparison.absolute.value)
            departure = self._departs(comparison, sides[subject], sides[reference], path, per_step, piece)
            if departure and (self._departure is None or departure.step < self._departure.step):
                self._departure = departure
        if self.bits:
            more, so_far = agreement.count_bits(sides), self._counted.get(path, 0)
            self._counted[path] = None if more is None or so_far is None else so_far + more

    def _departs(
        self, comparison: Comparison, actual: Leaf, reference: Leaf, path: str, per_step: bool, piece: int
    ) -> Departure | None:
        ours, theirs = plain(actual), plain(reference)
        if comparison.ok or comparison.ratio is None or comparison.absolute is None:
            return None
        if not per_step or getattr(ours, "ndim", 0) != 1:
            index = comparison.ratio.index
            step = self.made + piece
            return Departure(self.made, step, path, index, comparison.absolute.value, comparison.allowed)
        allowed = self.case.tolerance.atol + self.case.tolerance.rtol * np.abs(theirs)
        first = int(np.argmax(~(np.abs(ours - theirs) <= allowed)))
        step = self.made + first + 1
        return Departure(step - 1, step, path, (first,), float(np.abs(ours - theirs)[first]), float(allowed[first]))

    # -- in the end ----------------------------------------------------------------------------------------------------

    @property
    def complete(self) -> bool:
        return self.made == self.trajectory.steps

    def result(self) -> TrajectoryResult:
        return TrajectoryResult(
            call=self.call.do,
            steps=self.trajectory.steps,
            made=self.made,
            checkpoints=tuple(self._checkpoints),
            series=_frozen(self._series),
            scalars=_frozen(self._scalars),
            departure=self._departure,
            stopped=self.stopped,
            bits=self._counted,
        )

    def findings(self) -> Iterator[Finding]:
        """That the steps were made, and that the end is high enough."""
        for side in self._last:
            message = self._short.get(side, "") or self._standing(side)
            yield Finding(
                kind=KIND,
                pair=side,
                subject=side,
                ok=not message,
                index=self.index,
                call=self.call.do,
                code="steps" if message else "",
                message=message,
                count=self.made,
            )
            if self.complete:
                for name, least in self.trajectory.least.items():
                    yield self._reached(side, name, least)

    def _standing(self, side: str) -> str:
        """Why nothing shows that the side made any steps; "" where something does."""
        first, last = self._first[side].values, self._last[side].values
        if self.trajectory.series:  # a number per step, as was measured
            return ""
        if len(self._checkpoints) < 2:
            return f"nothing shows that {side} made {self.made} steps: one checkpoint, and no series"
        moved = any(not _same(leaf, first.get(path)) for path, leaf in last.items())
        return "" if moved else f"nothing that {side} gave depends on the steps: it is the same at every checkpoint"

    def _reached(self, side: str, name: str, least: float) -> Finding:
        values = plain(self._last[side].values.get(name))
        reached = float(values.ravel()[-1]) if isinstance(values, np.ndarray) and values.size else float("nan")
        ok = reached >= least
        message = f"{name} is {reached:g} after {self.trajectory.steps} steps; expected at least {least:g}"
        return Finding(
            kind=LEAST,
            pair=side,
            subject=side,
            ok=ok,
            index=self.index,
            call=self.call.do,
            value=name,
            code="" if ok else "too low",
            message="" if ok else message,
            count=1,
        )

    def values(self) -> Iterator[tuple[str, tuple[Finding, ...], dict[str, Leaf], int]]:
        """Of each value its path, the findings, what the sides have at the end, and the step of the worst place.

        A constant shows nothing, unless it is another one at another checkpoint.
        """
        paths = {path: None for path, _ in self._records}
        for path, findings, leaves_of in agreement.find(self.case, self.index, self._last, expecting=self.complete):
            if path not in paths and not any(finding.kind == expected.KIND for finding in findings):
                continue
            merged = []
            worst_step = 0
            for finding in findings:
                record = self._records.get((path, finding.pair))
                along = record.merged() if record else None
                if finding.kind != agreement.KIND or along is None or record is None:
                    merged.append(finding)
                    continue
                still = finding.code == "vacuous" and along.ok
                if still and not any(
                    _moves(self._extremes.get((path, side), ()), self.case.tolerance) for side in self._last
                ):
                    merged.append(finding)
                    continue
                if not along.ok:
                    worst_step = record.step
                merged.append(
                    dataclasses.replace(
                        finding,
                        ok=along.ok,
                        code=along.reason or "",
                        message=along.message if along.reason != "missing" else finding.message,
                        count=along.count,
                        comparison=along,
                    )
                )
            yield path, tuple(merged), leaves_of, worst_step
            paths.pop(path, None)
        for (path, pair), record in self._records.items():
            # What no side has any more at the end, and was wrong on the way.
            along = record.merged()
            if path in paths and along is not None and not along.ok:
                subject = pair.split("-")[1]
                yield (
                    path,
                    (agreement.finding(agreement.KIND, pair, subject, self.index, self.call.do, path, along),),
                    {},
                    record.step,
                )


def _same(ours: Leaf | None, theirs: Leaf | None) -> bool:
    if isinstance(ours, Table) and isinstance(theirs, Table):
        return same_table(ours, theirs)
    a, b = plain(ours), plain(theirs)
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and a.tobytes() == b.tobytes()
    return type(a) is type(b)


def _moves(numbers: Sequence[float], tolerance: Tolerance) -> bool:
    """Whether a value's smallest and largest elements, over all checkpoints, are apart by more than the tolerance."""
    if not numbers:
        return False
    return max(numbers) - min(numbers) > tolerance.atol + tolerance.rtol * max(map(abs, numbers))


def _frozen(measures: Mapping[str, Mapping[str, list[float]]]) -> dict[str, dict[str, tuple[float, ...]]]:
    return {name: {side: tuple(numbers) for side, numbers in sides.items()} for name, sides in measures.items()}


def _ratio(comparison: Comparison) -> float:
    """How bad it is: the share of the allowance, above 1 for a difference of value; any other difference is worst."""
    if comparison.ok or comparison.reason == "value":
        return comparison.ratio.value if comparison.ratio is not None else 0.0
    return float("inf")
