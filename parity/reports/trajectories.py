"""What a trajectory comes down to: did the two sides agree, how far apart were they, where, and at the end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from parity.evidence.trajectory import Departure, TrajectoryResult
from parity.verify.results import CaseResult

Outcome = Literal["agree", "departs", "fails"]


@dataclass(frozen=True)
class Apart:
    """The absolute difference of one value along the way: at the end, and where it was largest."""

    name: str
    last: float
    largest: float
    step: int


def outcome(case: CaseResult, run: TrajectoryResult) -> Outcome:
    """Agreement to the end; a first step beyond the tolerance; or another failure."""
    if run.departure is not None:
        return "departs"
    between = [v.between for v in case.values if v.call.split(",")[0] == run.call]
    return "agree" if between and all(c is not None and c.ok for c in between) else "fails"


def differences(run: TrajectoryResult, name: str) -> tuple[tuple[int, float], ...]:
    """(step, how far apart the sides are) of one value: for each step of a series, for each checkpoint of a state."""
    if name in run.series:
        sides = list(run.series[name].values())
        pairs = zip(*sides[:2], strict=False) if len(sides) > 1 else ()
        # Equal infinities are no difference, though their subtraction is not a number.
        return tuple((step, 0.0 if a == b else abs(a - b)) for step, (a, b) in enumerate(pairs, start=1))
    return tuple((c.step, c.differences[name]) for c in run.checkpoints if name in c.differences)


def names(run: TrajectoryResult) -> tuple[str, ...]:
    """The compared values: series first, then the states, in the order in which they were compared."""
    paths = dict.fromkeys(run.series)
    for checkpoint in run.checkpoints:
        paths.update(dict.fromkeys(checkpoint.differences))
    return tuple(paths)


def apart(run: TrajectoryResult) -> tuple[Apart, ...]:
    return tuple(_apart(run))


def _apart(run: TrajectoryResult) -> Iterator[Apart]:
    for name in names(run):
        points = [(step, value) for step, value in differences(run, name) if math.isfinite(value)]
        if points:
            step, largest = max(points, key=lambda pair: pair[1])
            yield Apart(name, points[-1][1], largest, step)


def largest(run: TrajectoryResult) -> Apart | None:
    """The value that was furthest apart, and when."""
    return max(apart(run), key=lambda value: value.largest, default=None)


def end(run: TrajectoryResult) -> Mapping[str, Mapping[str, float]]:
    """The single numbers at the last checkpoint, by value and language."""
    return {name: {side: values[-1] for side, values in sides.items() if values} for name, sides in run.scalars.items()}


def bits(run: TrajectoryResult) -> int | None:
    """The bits that differ over the whole run; None where they were not counted."""
    counted = [differing for differing in run.bits.values() if differing is not None]
    return sum(counted) if counted else None


def first_beyond(departure: Departure) -> str:
    """The step, or the steps between two checkpoints, at which the tolerance was first exceeded."""
    if departure.step - departure.after > 1:
        return f"{departure.after + 1:,}-{departure.step:,}"
    return f"{departure.step:,}"
