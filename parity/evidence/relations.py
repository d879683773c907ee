"""Relations that a result keeps whatever it is computed by: sums, bounds, what does not change it, linearity.

They need no second side and no truth, so that they tell which of two sides is off where nothing stronger does:

    {"of": "out", "sums_to": 1, "axis": 1}          every sum along the axis (of all, where no axis is said)
    {"of": "out", "bounds": [0, 1]}                 every element
    {"of": "out", "unchanged_by": {"shift": "x"}}   the same after a constant of the input's size is added to it
    {"of": "out", "unchanged_by": {"permute": ["x", "t"], "axis": 0}, "permutes": 0}
                                                    rows in another order (of all inputs named) give the same, or (with
                                                    "permutes") the same in that order along that axis of the result
    {"of": "out", "linear_in": "x"}                 g(a x + b y) = a g(x) + b g(y), where g(x) = f(x) - f(0)

A relation that could not fail is not kept: a result without elements, of zeros or of one constant alone; an input that
has no other order; a result that stays the same whatever the input is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from parity.evidence.finding import Finding, Owed
from parity.evidence.structure import plain
from parity.fixture.model import Case, Relation
from parity.subjects import Subject
from parity.subjects.inputs import EvaluationError, input_at, last_of, replaced
from parity.subjects.observation import Failure, Observation

KIND = "relation"
FEW = 64
"""Roundings that are allowed beside the tolerance, of what was summed: relations add up numbers that cancel."""
A, B = 1.5, -0.75
"""Factors of a linear combination, of both signs: abs() and ReLU keep every positive factor. Exact in binary."""

Array = np.ndarray
At = Callable[[Mapping[str, Array]], Array]


class _Broken(Exception):
    """Why a relation is not kept, or not shown."""


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    for relation in case.relations:
        index = _call(case, relation)
        if index is not None:
            for subject in subjects:
                yield Owed(KIND, _pair(subject), subject, index, case.calls[index].do, relation.of)


def find(case: Case, subject: Subject, observations: Sequence[Observation]) -> Iterator[Finding]:
    """A finding for each relation, of one side."""
    answers = {one.call: one for one in observations if one.error is None}
    for relation in case.relations:
        index = _call(case, relation)
        if index is None or index not in answers:
            continue
        value = plain(answers[index].values.get(relation.of))
        problem, count = "", 0
        try:
            count = _judged(case, subject, relation, index, _numbers(value, relation.of))
        except _Broken as broken:
            problem = str(broken)
        except EvaluationError as error:
            problem = f"{relation.of} could not be had for another input: {error}"
        yield _finding(case, subject, relation, index, count, problem)


def _pair(subject: str) -> str:
    return f"{KIND}-{subject}"


def _call(case: Case, relation: Relation) -> int | None:
    """The last call that has the value."""
    having = (i for i in reversed(range(len(case.calls))) if not case.calls[i].raises)
    return next((i for i in having if relation.of in case.compared(i)), None)


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


def _numbers(value: object, of: str) -> Array:
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
        raise _Broken(f"there are no numbers called {of}")
    return value.astype(np.float64)


def _judged(case: Case, subject: Subject, relation: Relation, index: int, value: Array) -> int:
    """How many numbers were held against the relation. Raises _Broken, or EvaluationError."""
    count = _KINDS[relation.kind](_Question(case, subject, relation, index), value)
    constant = value.size > 1 and np.all(value == value.flat[0])
    if not count or constant or not np.isfinite(value).all() or not value.any():
        raise _Broken(f"{relation.of} has nothing in it that could keep a relation")
    return count


class _Question:
    """One relation of one side: its inputs, and what comes out for others."""

    def __init__(self, case: Case, subject: Subject, relation: Relation, index: int) -> None:
        self.relation = relation
        self._case, self._subject, self._index = case, subject, index

    def inputs(self) -> dict[str, Array]:
        """The inputs that are changed: whole numbers stay such."""
        given = {}
        for name in self.relation.by:
            value = input_at(self._case, name, until=self._index, side=self._subject.name)
            numeric = isinstance(value, np.ndarray) and value.dtype.kind in "fiu"
            if isinstance(value, bool) or not (numeric or isinstance(value, float | int)):
                raise _Broken(f"{name} is no input of numbers")
            given[name] = np.asarray(value)
        return given

    def at(self, inputs: Mapping[str, Array]) -> Array:
        """The value for other inputs. Raises EvaluationError."""
        case, of = self._case, self.relation.of
        for name, x in inputs.items():
            value = x.item() if x.ndim == 0 else np.ascontiguousarray(x)
            case = replaced(case, name, value, until=self._index, side=self._subject.name)
        last = last_of(case, self._subject, until=self._index)
        if last.error:
            raise EvaluationError(last.error)
        if of not in last.values:
            raise EvaluationError(Failure(("missing",), f"{last.do} gave no {of}"))
        return _numbers(plain(last.values[of]), of)

    def looked_at(self, inputs: Mapping[str, Array], value: Array) -> None:
        """Raises _Broken where the value is the same, to the bit, for whatever inputs: then no change of them shows
        anything."""
        stream = np.random.RandomState(1)
        for _ in range(3):
            for draw in (_resampled, _stretched, _drawn):
                try:
                    other = self.at({name: draw(x, stream) for name, x in inputs.items()})
                except EvaluationError:  # other inputs may be none that the code takes
                    continue
                if other.shape != value.shape or not np.array_equal(other, value, equal_nan=True):
                    return
        names = " and ".join(inputs)
        raise _Broken(f"{self.relation.of} is the same for any {names}, so that its staying so shows nothing")

    def hold(self, actual: Array, wanted: Array, terms: Array, words: str, *, each: bool = False) -> int:
        """Element by element; `terms` is the size of what was summed for each, of which a few roundings are allowed
        (of the largest, or of each its own). Raises _Broken with the first that is too far off."""
        of = self.relation.of
        if actual.shape != wanted.shape:
            raise _Broken(f"{of} {words} of shape {actual.shape}, not {wanted.shape}")
        tolerance = self._case.tolerance
        rounding = FEW * np.finfo(np.float64).eps * (terms if each else np.max(terms, initial=0.0))
        off = ~(np.abs(actual - wanted) <= tolerance.atol + tolerance.rtol * terms + rounding)
        if off.any():
            flat = int(np.argmax(off))
            index = np.unravel_index(flat, actual.shape)
            place = f" at [{', '.join(map(str, index))}]" if index else ""
            raise _Broken(f"{of} {words} {actual.flat[flat]:.12g}{place}, not {wanted.flat[flat]:.12g}")
        return actual.size


def _resampled(x: Array, stream: np.random.RandomState) -> Array:
    return x.ravel()[stream.randint(x.size, size=x.shape)] if x.size else x


def _stretched(x: Array, stream: np.random.RandomState) -> Array:
    if x.dtype.kind != "f":
        return x + stream.randint(1, 3, size=x.shape)
    return np.asarray(x * (1 + stream.rand(*x.shape)))


def _drawn(x: Array, stream: np.random.RandomState) -> Array:
    return np.asarray(_size(x) * stream.standard_normal(x.shape))


def _size(x: Array) -> float:
    """A power of two near the largest element."""
    largest = float(np.max(np.abs(np.asarray(x, dtype=np.float64)), initial=0.0))
    return 2.0 ** round(math.log2(largest)) if 0 < largest < math.inf else 1.0


def _check_axis(array: Array, axis: int, name: str) -> None:
    if axis >= array.ndim:
        raise _Broken(f"{name} has {array.ndim} axes, and no axis {axis}")


def _sums(question: _Question, value: Array) -> int:
    relation = question.relation
    if relation.axis is not None:
        _check_axis(value, relation.axis, relation.of)
    sums, terms = (np.asarray(np.sum(one, axis=relation.axis)) for one in (value, np.abs(value)))
    return question.hold(sums, np.full(sums.shape, relation.number), terms, "sums to", each=True)


def _bounds(question: _Question, value: Array) -> int:
    low, high = question.relation.bounds
    outside = value[~((value >= low) & (value <= high))]
    if outside.size:
        raise _Broken(f"{question.relation.of} has {outside.flat[0]:.17g}, not within {low:g} and {high:g}")
    return value.size


def _shift(question: _Question, value: Array) -> int:
    inputs = question.inputs()
    # All by the same; three quarters of a power of two add up with little rounding.
    by = 0.75 * max(map(_size, inputs.values()))
    if any(x.dtype.kind != "f" for x in inputs.values()):
        by = float(math.ceil(by))
    other = question.at({name: x + x.dtype.type(by) for name, x in inputs.items()})
    names = " and ".join(inputs)
    count = question.hold(other, value, np.abs(value), f"changes with {names} + {by:g}: is")
    question.looked_at(inputs, value)
    return count


def _permute(question: _Question, value: Array) -> int:
    relation, inputs = question.relation, question.inputs()
    axis = relation.axis or 0
    for name, x in inputs.items():
        _check_axis(x, axis, name)
    lengths = {x.shape[axis] for x in inputs.values()}
    names = " and ".join(inputs)
    if len(lengths) > 1:
        raise _Broken(f"{names} are not of one length along axis {axis}")
    if relation.permutes is not None:
        _check_axis(value, relation.permutes, relation.of)
        if value.shape[relation.permutes] != min(lengths):
            raise _Broken(f"axis {relation.permutes} of {relation.of} is not as long as axis {axis} of {names}")
    orders = list(_orders(min(lengths), lambda order: any(_moves(x, order, axis) for x in inputs.values())))
    if not orders:
        raise _Broken(f"{names} has no other order along axis {axis}")
    count = 0
    for order in orders:
        other = question.at({name: np.take(x, order, axis) for name, x in inputs.items()})
        wanted = value if relation.permutes is None else np.take(value, order, relation.permutes)
        count += question.hold(other, wanted, np.abs(wanted), f"changes with the order of {names}: is")
    if relation.permutes is None:
        question.looked_at(inputs, value)
    elif not any(_moves(value, order, relation.permutes) for order in orders):
        raise _Broken(f"{relation.of} is the same all along axis {relation.permutes}, so that its order shows nothing")
    return count


def _moves(x: Array, order: Array, axis: int) -> bool:
    return not np.array_equal(np.take(x, order, axis), x, equal_nan=x.dtype.kind == "f")


def _orders(length: int, moves: Callable[[Array], bool]) -> Iterator[Array]:
    """Two orders that change something, where there are; of four and more no rotation, which a convolution around the
    border keeps."""
    stream = np.random.RandomState(2)
    seen: set[bytes] = set()
    for _ in range(200):
        order = stream.permutation(length)
        steps = set(np.diff(order, append=order[:1]) % length) if length else set()
        if (length < 4 or len(steps) > 1) and order.tobytes() not in seen and moves(order):
            seen.add(order.tobytes())
            yield order
        if len(seen) == 2:
            return


def _linear(question: _Question, value: Array) -> int:
    ((name, x),) = question.inputs().items()
    x = x.astype(np.float64)
    y = _drawn(x, np.random.RandomState(3))
    base, at_y, both = (question.at({name: one}) for one in (np.zeros_like(x), y, np.asarray(A * x + B * y)))
    if not base.shape == at_y.shape == both.shape == value.shape:
        raise _Broken(f"{question.relation.of} has other extents for another {name}")
    parts = (A * (value - base), B * (at_y - base))
    terms = np.abs(parts[0]) + np.abs(parts[1]) + np.abs(base)
    words = f"is not linear in {name}: f({A:g} {name} {B:+g} y) - f(0) is"
    count = question.hold(both - base, parts[0] + parts[1], terms, words)
    if not parts[0].any() and not parts[1].any():
        raise _Broken(f"{question.relation.of} is the same for any {name}, so that it shows nothing")
    return count


_KINDS: Mapping[str, Callable[[_Question, Array], int]] = {
    "sums_to": _sums,
    "bounds": _bounds,
    "shift": _shift,
    "permute": _permute,
    "linear_in": _linear,
}
