"""The step of a trajectory in which two runs part.

A checkpoint says that they parted before it. The run is made again from its start, with checkpoints only in the stretch
where that happened, `PIECES` of them, and so on until the stretch is one step: 3,000 steps with a checkpoint each 100
take two further runs. Nothing is kept of a run but its last two checkpoints.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parity.evidence import agreement, raises
from parity.fixture.model import Case, Trajectory
from parity.subjects import Subject
from parity.subjects.observation import Leaf, Observation
from parity.verify.results import CaseResult, Parting
from parity.verify.trace.stages import difference

PIECES = 16
"""Checkpoints in the stretch that is looked at."""

Checkpoint = Mapping[str, Mapping[str, Leaf]]


@dataclass(frozen=True)
class Step:
    """One step: what the sides had before it (nothing before the first one), and after."""

    number: int
    before: Checkpoint
    after: Checkpoint


def parting_of(
    case: Case, index: int, sides: Sequence[Subject], result: CaseResult
) -> tuple[Parting | None, Step | None]:
    """Where the runs part, and the step; nothing of either where they do not."""
    run = result.trajectory
    if run is None:
        return None, None
    differs = any(
        finding.index == index and not finding.ok and finding.kind == agreement.KIND and finding.code != "vacuous"
        for finding in result.findings
    )
    # An error that nobody asked for is not said of a call.
    refused = run.made < run.steps and any(f.kind == raises.COMPLETED and not f.ok for f in result.findings)
    if not differs and not refused:
        return None, None
    departure = run.departure
    high = run.made if departure is None else departure.step
    before = [] if departure is None else [one.step for one in run.checkpoints if one.step < high]
    low = max(before, default=0)
    if departure is None:  # another shape, a value that is missing, an error: no distance was measured
        high = min(high + case_trajectory(case, index).every, run.steps)
        low = 0 if differs else run.made
    for passes in range(1, 64):
        stretch = _stretch(case, index, sides, low, high)
        if stretch is None:
            text = "in smaller pieces the runs do not part: what a call does depends on how many steps it is asked for"
            return Parting(low, high, "", text, passes, certain=False), None
        low, high, value, message, step = stretch
        if high - low <= 1:
            return Parting(low, high, value, message, passes), step
    return None, None


def step_of(case: Case, index: int, sides: Sequence[Subject]) -> Step | None:
    """A step of a run that does not part: the one after its first checkpoint."""
    trajectory = case_trajectory(case, index)
    number = min(trajectory.first + 1, trajectory.steps)
    last: list[Checkpoint] = []
    with contextlib.ExitStack() as stack:
        for _, answers in _rounds(case, index, sides, number - 1, number, stack):
            if len(answers) < len(sides) or any(answer.error is not None for answer in answers.values()):
                return None
            last = [*last[-1:], {side: answer.values for side, answer in answers.items()}]
    return Step(number, last[0] if len(last) > 1 else {}, last[-1]) if last else None


def case_trajectory(case: Case, index: int) -> Trajectory:
    trajectory = case.calls[index].trajectory
    assert trajectory is not None
    return trajectory


def _stretch(
    case: Case, index: int, sides: Sequence[Subject], low: int, high: int
) -> tuple[int, int, str, str, Step | None] | None:
    """Of the checkpoints in the stretch, the last that agrees and the first that differs, in what, and how."""
    names = [side.name for side in sides]
    alone = frozenset(case_trajectory(case, index).series)
    earlier = 0
    before: Checkpoint = {}
    with contextlib.ExitStack() as stack:
        for step, answers in _rounds(case, index, sides, low, high, stack):
            errors = {side: one.error for side, one in answers.items() if one.error is not None}
            refused = [f"{side} raised {error.kind}: {error.message}" for side, error in errors.items()]
            refused += [f"{side} stopped" for side in names if side not in answers]
            values = {side: one.values for side, one in answers.items()}
            value: str | None = ""
            message = "; ".join(refused)
            if not refused:
                laid = [values[side] for side in names]
                value, message, _ = difference(case, case.compared(index), laid, names, alone=alone)
            if value is not None:
                return earlier, step, value, message, Step(step, before, {} if refused else values)
            earlier, before = step, values
    return None


def _rounds(
    case: Case, index: int, sides: Sequence[Subject], low: int, high: int, stack: contextlib.ExitStack
) -> Iterator[tuple[int, dict[str, Observation]]]:
    """The observations of all sides in step, at `low` and then at up to `PIECES` checkpoints as far as `high`."""
    width = max(1, math.ceil((high - low) / PIECES))
    pieces = Trajectory(steps=high, every=width, first=low or width, series=case_trajectory(case, index).series)
    calls = [
        dataclasses.replace(call, expect={}, trajectory=pieces if number == index else None)
        for number, call in enumerate(case.calls)
    ]
    finer = dataclasses.replace(case, id=f"{case.id} / steps {low} to {high}", calls=tuple(calls), differs=None)
    streams: dict[str, Iterator[Observation]] = {}
    for side in sides:
        stream = streams[side.name] = side.observe(finer, calls=index + 1)
        close = getattr(stream, "close", None)
        if close is not None:
            stack.callback(close)
    step = 0
    while True:
        answers: dict[str, Observation] = {
            name: answer for name, stream in streams.items() if (answer := next(stream, None)) is not None
        }
        if not answers:
            return
        if any(answer.piece for answer in answers.values()):
            step += max(answer.piece for answer in answers.values())
            yield step, answers
            if len(answers) < len(streams):
                return
        elif any(answer.error is not None for answer in answers.values()):
            return
