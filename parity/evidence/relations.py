"""Relations that a result keeps whatever it is computed by: sums, bounds, what does not change it, linearity.

They need no second side and no truth, so that they tell which of two sides is off where nothing stronger does:

    {"of": "out", "sums_to": 1, "axis": 1}          every sum along the axis (of all, where no axis is said)
    {"of": "out", "bounds": [0, 1]}                 every element
    {"of": "out", "unchanged_by": {"shift": "x"}}   the same after a constant is added to the input
    {"of": "out", "unchanged_by": {"permute": "x", "axis": 0}, "permutes": 0}
                                                    rows in another order give the same, or (with "permutes") the same
                                                    in that order along that axis of the result
    {"of": "out", "linear_in": "x"}                 f(2 x) - f(0) is twice f(x) - f(0)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from parity.evidence.finding import Finding, Owed
from parity.evidence.structure import plain
from parity.fixture.model import Case, Relation
from parity.subjects import Subject
from parity.subjects.inputs import EvaluationError, as_function, input_at
from parity.subjects.observation import Observation

KIND = "relation"
SHIFT = 0.375
"""A sum of powers of two, so that adding it rounds little."""


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    for relation in case.relations:
        index = _call(case, relation)
        if index is not None:
            for subject in subjects:
                yield Owed(KIND, _pair(subject), subject, index, case.calls[index].do, relation.of)


def find(case: Case, subject: Subject, observations: Sequence[Observation]) -> Iterator[Finding]:
    """A finding for each relation, of one side. A result without elements, or of zeros alone, keeps nothing."""
    answers = {one.call: one for one in observations if one.error is None}
    for relation in case.relations:
        index = _call(case, relation)
        if index is None or index not in answers:
            continue
        value = plain(answers[index].values.get(relation.of))
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
            yield _finding(case, subject, relation, index, 0, f"there are no numbers called {relation.of}")
            continue
        numbers = value.astype(np.float64)
        try:
            count, problem = _judged(case, subject, relation, index, numbers)
        except EvaluationError as error:
            count, problem = numbers.size, f"{relation.of} could not be had for another input: {error}"
        constant = relation.by and numbers.size > 1 and np.ptp(numbers) == 0
        if not problem and (constant or not numbers.size or not np.isfinite(numbers).all() or not numbers.any()):
            count, problem = 0, f"{relation.of} has nothing in it that could keep a relation"
        yield _finding(case, subject, relation, index, count, problem)


def _pair(subject: str) -> str:
    return f"{KIND}-{subject}"


def _call(case: Case, relation: Relation) -> int | None:
    """The last call that has the value."""
    return next((i for i in reversed(range(len(case.calls))) if relation.of in case.compared(i)), None)


def _finding(case: Case, subject: Subject, relation: Relation, index: int, count: int, problem: str) -> Finding:
    return Finding(
        kind=KIND,
        pair=_pair(subject.name),
        subject=subject.name,
        ok=not problem,
        index=index,
        call=case.calls[index].do,
        value=relation.of,
        code="relation" if problem else "",
        message=problem,
        count=count,
    )


def _judged(case: Case, subject: Subject, relation: Relation, index: int, value: np.ndarray) -> tuple[int, str]:
    """How many numbers were held against the relation, and how it is broken ("" where it is kept)."""
    if relation.kind == "sums_to":
        sums = np.asarray(value.sum(axis=relation.axis))
        return sums.size, _apart(
            case, sums, np.full(sums.shape, relation.number), np.abs(value).sum(), relation, "sums to"
        )
    if relation.kind == "bounds":
        low, high = relation.bounds
        outside = value[(value < low) | (value > high) | np.isnan(value)]
        return (
            value.size,
            f"{relation.of} has {outside.flat[0]:g}, not within {low:g} and {high:g}" if outside.size else "",
        )
    function = as_function(case, subject, relation.by, until=index, of=relation.of)
    given = input_at(case, relation.by, until=index, side=subject.name)
    if not isinstance(given, np.ndarray | float | int) or isinstance(given, bool):
        return 0, f"{relation.by} is no input of numbers"
    x = np.asarray(given, dtype=np.float64)

    def at(other: np.ndarray) -> np.ndarray:
        return np.asarray(plain(function(other)), dtype=np.float64)

    if relation.kind == "shift":
        other = at(x + SHIFT)
        return other.size, _apart(
            case, other, value, np.abs(value).max(initial=0), relation, f"changes with {relation.by} + {SHIFT}: is"
        )
    if relation.kind == "permute":
        axis = relation.axis or 0
        order = np.roll(np.arange(x.shape[axis]), 1)
        if x.ndim == 0 or order.size < 2 or np.array_equal(np.take(x, order, axis), x):
            return 0, f"{relation.by} has no other order along axis {axis}"
        wanted = value if relation.permutes is None else np.take(value, order, relation.permutes)
        other = at(np.ascontiguousarray(np.take(x, order, axis)))
        return other.size, _apart(
            case, other, wanted, np.abs(value).max(initial=0), relation, f"changes with the order of {relation.by}: is"
        )
    base, twice = at(np.zeros_like(x)), at(2 * x)
    size = np.abs(value).max(initial=0) + np.abs(base).max(initial=0)
    return value.size, _apart(
        case, twice - base, 2 * (value - base), size, relation, f"is not linear in {relation.by}: f(2x) - f(0) is"
    )


def _apart(case: Case, actual: np.ndarray, wanted: np.ndarray, size: float, relation: Relation, words: str) -> str:
    """How the first element that is too far off is; a few roundings of what was summed are allowed as well."""
    if actual.shape != wanted.shape:
        return f"{relation.of} {words} of shape {actual.shape}, not {wanted.shape}"
    allowed = case.tolerance.atol + case.tolerance.rtol * np.abs(wanted) + 64 * np.finfo(np.float64).eps * size
    off = ~(np.abs(actual - wanted) <= allowed)
    if not off.any():
        return ""
    flat = int(np.argmax(off))
    index = np.unravel_index(flat, actual.shape)
    place = f"[{', '.join(map(str, index))}]" if index else ""
    return (
        f"{relation.of} {words} {actual.flat[flat]:.6g}{f' at {place}' if place else ''}, not {wanted.flat[flat]:.6g}"
    )
