"""A call that is made in pieces, on both sides in step, and compared after each piece: a training run.

Nothing here knows what is trained. The states of a long run would not fit into memory twice over, so each is
compared when it is reached, and only its distance is kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

import numpy as np

from parity.evidence.agreement import compare_value, count_bits, paths
from parity.evidence.compare import Comparison, compare
from parity.evidence.results import Checkpoint, Departure, Pair, Problem, TrajectoryResult, ValueResult
from parity.fixture.model import Call, Case, Tolerance, Trajectory
from parity.subjects import Run, refuse_if_all_fail
from parity.subjects.observation import CallTrace, leaves

Tick = Callable[[int, int], bool]
"""Told the steps made and the steps asked for after each piece; answers whether to go on."""


@dataclass
class Followed:
    """What following one call found."""

    values: list[ValueResult] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    result: TrajectoryResult | None = None


@dataclass
class _Record:
    """What is kept of one value along the way: the worst comparison of the part that must agree, and its size."""

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


def follow(case: Case, index: int, runs: Mapping[str, Run], tick: Tick, *, bits: bool = False) -> Followed:
    """Make call number `index` of the case in pieces; with `bits`, count those that differ. Raises as the runs do."""
    call = case.calls[index]
    trajectory = call.trajectory
    assert trajectory is not None
    followed = Followed()
    until = trajectory.steps
    records: dict[str, _Record] = {}
    checkpoints: list[Checkpoint] = []
    series: dict[str, dict[str, list[float]]] = {}
    scalars: dict[str, dict[str, list[float]]] = {}
    departure: Departure | None = None
    counted: dict[str, int | None] = {}
    extremes: dict[str, list[float]] = {}
    last: dict[str, Mapping[str, np.ndarray]] = {}
    made = 0
    stopped = False
    for piece in trajectory.pieces():
        traced = _make(call, piece, case.compared(index), runs)
        if made == 0:  # later it is the run that went wrong, not what it was given
            refuse_if_all_fail(traced)
        followed.problems += errors(traced)
        followed.warnings += [(side, text) for side, trace in traced.items() for text in trace.warnings]
        if followed.problems:
            break
        last = {language: trace.values for language, trace in traced.items()}
        differences = {}
        for path in paths(case.compared(index), list(last.values())):
            sides = {language: values.get(path) for language, values in last.items()}
            per_step = path.split(".")[0] in trajectory.series
            _collect(series if per_step else scalars, path, sides, per_step)
            if len(sides) < 2:
                continue
            asked, whole = _compared(case, sides, per_step, until - made, piece)
            if asked is not None:
                records.setdefault(path, _Record()).add(asked, made, piece, per_step)
            extremes.setdefault(path, []).extend(_extremes(sides.get("python")))
            if bits:
                more, so_far = count_bits(sides), counted.get(path, 0)
                counted[path] = None if more is None or so_far is None else so_far + more
            if whole.absolute is not None:
                differences[path] = whole.absolute.value
            found = _departure(whole, sides, path, made, piece, per_step, case)
            if found and (departure is None or found.step < departure.step):
                departure = found
        made += piece
        checkpoints.append(Checkpoint(made, differences))
        if not tick(made, trajectory.steps):
            stopped = made < trajectory.steps
            break
    moving = {path for path, seen in extremes.items() if _moves(seen, case.tolerance)}
    followed.values += _values(case, index, records, last, moving, complete=made == trajectory.steps)
    if made == trajectory.steps:
        followed.problems += _too_low(call.do, trajectory, last)
    followed.result = TrajectoryResult(
        call.do,
        trajectory.steps,
        made,
        until,
        tuple(checkpoints),
        _frozen(series),
        _frozen(scalars),
        departure,
        stopped,
        counted,
    )
    return followed


def _make(call: Call, steps: int, names: Sequence[str], runs: Mapping[str, Run]) -> dict[str, CallTrace]:
    piece = dataclasses.replace(call, arguments={**call.arguments, "steps": steps}, expect={})
    return {language: run.call(piece, tuple(names)) for language, run in runs.items()}


def errors(traced: Mapping[str, CallTrace]) -> Iterator[Problem]:
    for language, trace in traced.items():
        if trace.error:
            yield Problem(language, trace.do, trace.error.kind, trace.error.message, trace.error.where)


def _compared(
    case: Case, sides: Mapping[str, np.ndarray | None], per_step: bool, left: int, piece: int
) -> tuple[Comparison | None, Comparison]:
    """The comparison of what must agree (None beyond it), and that of the whole piece."""
    python, r = sides["python"], sides["r"]
    rtol, atol = case.tolerance.rtol, case.tolerance.atol
    # A run may stand still for a while; that it does so to the end is seen in `_values`.
    whole = compare(r, python, rtol=rtol, atol=atol, constant_ok=True)
    if left >= piece:
        return whole, whole
    if per_step and left > 0 and python is not None and r is not None:
        return compare(r[:left], python[:left], rtol=rtol, atol=atol, constant_ok=True), whole
    return None, whole


def _departure(
    comparison: Comparison,
    sides: Mapping[str, np.ndarray | None],
    path: str,
    made: int,
    piece: int,
    per_step: bool,
    case: Case,
) -> Departure | None:
    python, r = sides["python"], sides["r"]
    if comparison.ok or comparison.ratio is None or comparison.absolute is None or python is None or r is None:
        return None
    if not per_step:
        index = comparison.ratio.index
        return Departure(made, made + piece, path, index, comparison.absolute.value, comparison.allowed)
    allowed = case.tolerance.atol + case.tolerance.rtol * np.abs(python)
    first = int(np.argmax(~(np.abs(r - python) <= allowed)))
    step = made + first + 1
    return Departure(step - 1, step, path, (first,), float(np.abs(r - python)[first]), float(allowed[first]))


def _collect(
    kept: dict[str, dict[str, list[float]]], path: str, sides: Mapping[str, np.ndarray | None], per_step: bool
) -> None:
    for language, array in sides.items():
        if array is not None and array.dtype.kind in "fiu" and (per_step or array.size == 1):
            kept.setdefault(path, {}).setdefault(language, []).extend(map(float, array.ravel()))


def _values(
    case: Case,
    index: int,
    records: Mapping[str, _Record],
    last: Mapping[str, Mapping[str, np.ndarray]],
    moving: set[str],
    *,
    complete: bool,
) -> Iterator[ValueResult]:
    """One result per value: its worst comparison along the way, and at the end what is expected of it.

    A constant shows nothing, unless it is another one at another checkpoint, as those of `moving` are.
    """
    call = case.calls[index]
    expected = {path: leaf for name, value in call.expect.items() for path, leaf in leaves(name, value)}
    for path in dict.fromkeys([*records, *(expected if complete else ())]):
        sides = {language: values.get(path) for language, values in last.items()}
        result = compare_value(call.do, path, sides, expected.get(path) if complete else None, case, {})
        along = records[path].merged() if path in records else None
        comparisons: dict[Pair, Comparison] = {p: c for p, c in result.comparisons.items() if p != "python-r"}
        if along is not None:
            stands_still = result.comparisons.get("python-r")
            vacuous = stands_still is not None and stands_still.reason == "vacuous" and along.ok and path not in moving
            comparisons = {"python-r": stands_still if vacuous and stands_still else along, **comparisons}
        ok = all(comparison.ok for comparison in comparisons.values())
        if along is not None and not along.ok:
            # The numbers of the worst place on the way, not of the end.
            result = dataclasses.replace(
                result,
                call=f"{call.do}, step {records[path].step}",
                index=along.ratio.index if along.ratio else None,
                numbers={side: n for side, n in (("python", along.reference), ("r", along.actual)) if _plain(n)},
            )
        yield dataclasses.replace(
            result,
            comparisons=comparisons,
            ok=ok,
            blame=None if ok else result.blame or "unknown",
        )


def _moves(numbers: Sequence[float], tolerance: Tolerance) -> bool:
    """Whether a value's smallest and largest elements, over all checkpoints, are apart by more than the tolerance."""
    if not numbers:
        return False
    return max(numbers) - min(numbers) > tolerance.atol + tolerance.rtol * max(map(abs, numbers))


def _extremes(array: np.ndarray | None) -> list[float]:
    if array is None or array.size == 0 or array.dtype.kind not in "fiu":
        return []
    return [float(array.min()), float(array.max())]


def _plain(number: object) -> TypeGuard[float | int | bool | str]:
    return isinstance(number, float | int | bool | str)


def _too_low(call: str, trajectory: Trajectory, last: Mapping[str, Mapping[str, np.ndarray]]) -> Iterator[Problem]:
    for name, least in trajectory.least.items():
        for language, values in last.items():
            reached = float(values[name].ravel()[-1]) if name in values and values[name].size else float("nan")
            if not reached >= least:
                message = f"{name} is {reached:g} after {trajectory.steps} steps; expected at least {least:g}"
                yield Problem(language, call, "too low", message)


def _frozen(kept: Mapping[str, Mapping[str, list[float]]]) -> dict[str, dict[str, tuple[float, ...]]]:
    return {name: {language: tuple(numbers) for language, numbers in sides.items()} for name, sides in kept.items()}


def _ratio(comparison: Comparison) -> float:
    return (
        float("inf")
        if comparison.ratio is None and not comparison.ok
        else (comparison.ratio.value if comparison.ratio else 0.0)
    )
