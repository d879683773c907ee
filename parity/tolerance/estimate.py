"""How far the outputs of a case move on each side when its inputs move by an ulp."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from parity.evidence import raises
from parity.evidence.structure import laid_over, plain
from parity.fixture.model import Case
from parity.subjects import NAME, Subject
from parity.subjects.observation import Leaf, same_elements
from parity.tolerance.perturb import FAR, ULP, WIDE, Floats, Input, Move, by_share, float_inputs, one_ulp, perturbed

DRAWS = 20
WIDE_DRAWS = 4
FAR_DRAWS = 2

Place = tuple[int, str]
"""The number of a call, and the path of a value in what it gave."""

_LARGE = 2.0**12
"""Moves beyond so many ulp of a value's largest number, and of the inputs, are asked whether they are jumps."""

_GROWTH = 64
"""What goes less than so many times as far with FAR as with an ulp jumps. (A step of a relative size below 1e-9 is
taken for noise, such as differences that are divided by something small have.)"""


@dataclass(frozen=True, eq=False)
class Response:
    """One value on one side: what it is, how far it moves at most over the draws, and where it jumps.

    `wide` is the largest move when the inputs move by the share WIDE. Where the value is NaN or infinite, `value` and
    moves are 0 and `finite` is false.
    """

    value: Floats
    moved: Floats
    wide: Floats
    jumps: np.ndarray[Any, np.dtype[np.bool_]]
    finite: np.ndarray[Any, np.dtype[np.bool_]]

    @property
    def condition(self) -> Floats:
        """|relative change of the output| / |relative change of the inputs|; 0 where the output is 0."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            share = self.wide / np.abs(self.value) / WIDE
        return np.where((self.value != 0) & self.finite, share, 0.0)


@dataclass(frozen=True, eq=False)
class ValueEstimate:
    """One value of one call. `sides` has those that gave floats there; `step` is the first checkpoint of a trajectory.

    `summed` are the lengths of the sums that its shape tells of: extents of the inputs that it has no more.
    `discrete` values are no floats and have no tolerance; `jumps` counts the elements that an ulp makes another, by
    more than rounding can, and `largest_jump` is the largest of them. `scale_of_inputs` is a magnitude of theirs.
    """

    index: int
    call: str
    path: str
    sides: Mapping[str, Response]
    scale_of_inputs: float = 0.0
    summed: tuple[int, ...] = ()
    products: bool = False
    step: int = 0
    discrete: bool = False
    jumps: int = 0
    largest_jump: float = 0.0
    differs: bool = False


@dataclass(frozen=True, eq=False)
class CaseEstimate:
    """`left` has the inputs that were left alone, and why; `jumping` those whose ulp makes something jump.

    `evaluations` counts how often each side carried out the case. `because` says why nothing was estimated.
    """

    case: Case
    values: tuple[ValueEstimate, ...] = ()
    inputs: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)
    jumping: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    evaluations: int = 0
    because: str = ""


@dataclass(frozen=True)
class _Answer:
    values: Mapping[Place, Leaf]
    steps: Mapping[int, int] = field(default_factory=dict)
    error: str = ""


class _Side:
    """A subject, and how often it has been asked."""

    def __init__(self, subject: Subject) -> None:
        self.name = subject.name
        self.evaluations = 0
        self._subject = subject

    def answer(self, case: Case) -> _Answer:
        """The values of every call; of a trajectory, at its first checkpoint, after which nothing more is made."""
        self.evaluations += 1
        values: dict[Place, Leaf] = {}
        steps: dict[int, int] = {}
        stream = self._subject.observe(case)
        with contextlib.closing(stream):  # type: ignore[type-var]
            for observation in stream:
                if raises.unasked(case, self.name, observation):
                    error = observation.error
                    return _Answer(values, steps, error.message if error else "no error")
                if observation.error is not None:
                    continue
                values |= {(observation.call, path): leaf for path, leaf in observation.values.items()}
                if observation.piece:
                    steps[observation.call] = observation.step
                    break
        return _Answer(values, steps)


def answer_of(case: Case, subject: Subject) -> Mapping[Place, Leaf]:
    """The values of every call; of a trajectory, those at its first checkpoint."""
    return _Side(subject).answer(case).values


def estimate(case: Case, subjects: Sequence[Subject], *, draws: int = DRAWS) -> CaseEstimate:
    """Each side carries out the case twice as it is, `draws` times with its inputs an ulp off, and four times with them
    WIDE off; where something may jump, twice with them FAR off; where it does, or fails, once with each input alone,
    and, if one of them is then left alone, all draws once more.
    """
    sides = [_Side(subject) for subject in subjects]
    base = {side.name: side.answer(case) for side in sides}

    def asked() -> int:
        return max(side.evaluations for side in sides)

    for side in sides:
        if base[side.name].error:
            why = f"{NAME.get(side.name, side.name)} fails: {base[side.name].error}"
            return CaseEstimate(case, evaluations=asked(), because=why)
        if not _same(base[side.name], side.answer(case)):
            why = f"{NAME.get(side.name, side.name)} gives other numbers when it is asked again"
            return CaseEstimate(case, evaluations=asked(), because=why)
    inputs = float_inputs(case)
    scale = _scale(inputs)
    left: dict[str, str] = {}
    jumping: tuple[str, ...] = ()
    for _ in range(2):
        moving = tuple(each.name for each in inputs if each.name not in left)
        trials = {
            side.name: _tried(case, side, base[side.name], draws, frozenset(left), moving, scale) for side in sides
        }
        if left or not moving or all(trial.odd is None for trial in trials.values()):
            break
        suspects, jumping = _screened(case, sides, trials, inputs)
        if not suspects:
            break
        left = suspects
    jumping = tuple(name for name in jumping if name not in left)
    values = tuple(_values(case, base, trials, inputs, scale)) if moving else ()
    failed = {side: trial.failed for side, trial in trials.items() if trial.failed}
    because = ""
    if not moving:
        because = "no input is a float that could be moved"
        if left:
            because = "; ".join(f"{name} was left alone: {why}" for name, why in left.items())
    elif any(trial.draws == 0 for trial in trials.values()):
        because = "; ".join(f"{NAME.get(side, side)}: {text}" for side, text in failed.items())
        values = ()
    return CaseEstimate(case, values, moving, left, jumping, failed, asked(), because)


def _same(one: _Answer, other: _Answer) -> bool:
    if other.error or one.values.keys() != other.values.keys():
        return False
    return all(_unchanged(leaf, other.values[place]) for place, leaf in one.values.items())


def _unchanged(one: Leaf, other: Leaf) -> bool:
    first, second = plain(one), plain(other)
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return same_elements(first, second)
    codes = getattr(one, "codes", None)
    return codes is None or same_elements(np.asarray(codes), np.asarray(getattr(other, "codes", ())))


class _Moves:
    """The moves of one value, added up draw by draw."""

    def __init__(self, leaf: Leaf, scale: float) -> None:
        self.leaf = leaf
        self.scale = scale
        value = plain(leaf)
        self.is_floats = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        self.array = np.asarray(value, dtype=np.float64) if self.is_floats else np.zeros(())
        self.finite = np.isfinite(self.array)
        self.moved = np.zeros(self.array.shape)
        self.wide = np.zeros(self.array.shape)
        self.far = np.zeros(self.array.shape)
        self.unlike = np.zeros(self.array.shape, dtype=bool)
        self.changes = 0
        self.changed_in: int | None = None

    def add(self, other: Leaf | None, draw: int, by: float = ULP) -> None:
        """What the value is in a draw that moves the inputs by an ulp, or by the share `by`."""
        if not self.is_floats:
            if by == ULP and not _unchanged(self.leaf, other):
                self._changed(draw)
                self.changes = max(self.changes, _changes(plain(self.leaf), plain(other)))
            return
        now = plain(other)
        if not (isinstance(now, np.ndarray) and now.dtype.kind in "fiu" and now.shape == self.array.shape):
            if by == ULP:
                self.unlike[...] = True
                self._changed(draw)
            return
        finite = np.isfinite(now)
        with np.errstate(invalid="ignore", over="ignore"):
            away = np.where(finite & self.finite, np.abs(now - self.array), 0.0)
        if by != ULP:
            furthest = self.wide if by == WIDE else self.far
            np.maximum(furthest, away, out=furthest)
            return
        unlike = (finite != self.finite) | np.isinf(away)
        if unlike.any():
            self.unlike |= unlike
            self._changed(draw)
        far = away > self.large
        if far.any():
            self._changed(draw)
        np.maximum(self.moved, away, out=self.moved)

    def _changed(self, draw: int) -> None:
        if self.changed_in is None:
            self.changed_in = draw

    @property
    def large(self) -> float:
        return _LARGE * ULP * max(self.scale, float(np.abs(self.array[self.finite]).max(initial=0.0)))

    @property
    def jumps(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        steep = (self.moved > self.large) & (np.maximum(self.wide, self.far) < _GROWTH * self.moved)
        return np.asarray(self.unlike | steep)

    @property
    def is_odd(self) -> bool:
        return self.changed_in is not None and (not self.is_floats or bool(self.jumps.any()))

    def response(self) -> Response:
        value = np.where(self.finite, self.array, 0.0)
        return Response(value, self.moved, self.wide, self.jumps, self.finite)


def _changes(one: Any, other: Any) -> int:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray) and one.shape == other.shape:
        return max(1, int(np.count_nonzero(one != other)))
    return 1


@dataclass(frozen=True, eq=False)
class _Trial:
    """What one side's draws showed: `odd` is a draw in which something jumped or failed."""

    moves: Mapping[Place, _Moves]
    draws: int
    odd: int | None
    failed: str


def _tried(
    case: Case,
    side: _Side,
    base: _Answer,
    draws: int,
    left: frozenset[str],
    moving: tuple[str, ...],
    scale: float,
) -> _Trial:
    moves = {place: _Moves(leaf, scale) for place, leaf in base.values.items()}
    failures: list[tuple[int, str]] = []
    if not moving:
        return _Trial(moves, draws, None, "")

    def carry_out(draw: int, by: float) -> None:
        move: Move = one_ulp(draw) if by == ULP else by_share(by, draw)
        answer = side.answer(perturbed(case, move, left=left))
        if answer.error:
            if by == ULP:
                failures.append((draw, answer.error))
            return
        for place, each in moves.items():
            each.add(answer.values.get(place), draw, by)

    for draw in range(draws):
        carry_out(draw, ULP)
    for draw in range(WIDE_DRAWS):
        carry_out(draw, WIDE)
    for draw in range(FAR_DRAWS if any(each.is_odd for each in moves.values()) else 0):
        carry_out(draw, FAR)
    odd = failures[0][0] if failures else None
    if odd is None:
        odd = next((each.changed_in for each in moves.values() if each.is_odd), None)
    failed = f"{len(failures)} of {draws} draws fail: {failures[0][1]}" if failures else ""
    return _Trial(moves, draws - len(failures), odd, failed)


def _screened(
    case: Case, sides: Sequence[_Side], trials: Mapping[str, _Trial], inputs: Sequence[Input]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Which inputs make a side fail or jump by themselves: those to be left alone, with the reason, and the others.

    Whole numbers that make something jump are taken for labels, sizes or powers, which nobody rounds.
    """
    left: dict[str, str] = {}
    jumping: dict[str, None] = {}
    for side in sides:
        trial = trials[side.name]
        draw = trial.odd
        if draw is None:
            continue
        for each in inputs:
            answer = side.answer(perturbed(case, one_ulp(draw), only=each.name))
            if answer.error:
                left[each.name] = f"an ulp of it makes {NAME.get(side.name, side.name)} fail: {answer.error}"
                continue
            name = _jumps(trial.moves, answer)
            if name is not None and each.whole:
                left.setdefault(each.name, f"whole numbers, an ulp of which makes {name} jump")
            elif name is not None:
                jumping[each.name] = None
    return left, tuple(jumping)


def _jumps(moves: Mapping[Place, _Moves], answer: _Answer) -> str | None:
    """The first value of which an element that jumps has jumped here, too."""
    for place, each in moves.items():
        if each.is_odd:
            alone = _Moves(each.leaf, each.scale)
            alone.add(answer.values.get(place), 0)
            if alone.changed_in is not None and (
                not each.is_floats or bool((each.jumps & (alone.unlike | (alone.moved > alone.large))).any())
            ):
                return place[1]
    return None


def _values(
    case: Case, base: Mapping[str, _Answer], trials: Mapping[str, _Trial], inputs: Sequence[Input], scale: float
) -> Iterator[ValueEstimate]:
    names = list(base)
    for index, call in enumerate(case.calls):
        if call.raises:
            continue
        leaves = [
            {path: leaf for (number, path), leaf in base[side].values.items() if number == index} for side in names
        ]
        if not any(leaves):
            continue
        step = max(answer.steps.get(index, 0) for answer in base.values())
        for name in case.compared(index):
            for path, laid in laid_over(name, leaves):
                pieces = {side: _below(trials[side].moves, index, path) for side in names}
                if not all(pieces.values()):
                    continue  # the run says on which side it is missing
                one = ValueEstimate(index, call.do, path, {}, scale, step=step)
                if not all(each.is_floats for moves in pieces.values() for each in moves):
                    jumps = max(sum(each.changes for each in moves) for moves in pieces.values())
                    differs = len(laid) == 2 and not _alike(*(plain(leaf) for leaf in laid))
                    yield dataclasses.replace(one, discrete=True, jumps=jumps, differs=differs)
                    continue
                sides = {side: _joined([each.response() for each in moves]) for side, moves in pieces.items()}
                if len({each.value.size for each in sides.values()}) > 1:
                    continue  # the run says that the shapes differ
                lengths, products = _summed(inputs, next(iter(sides.values())).value.shape)
                yield dataclasses.replace(
                    one,
                    sides=sides,
                    jumps=max(int(np.count_nonzero(each.jumps)) for each in sides.values()),
                    largest_jump=max(float(each.moved[each.jumps].max(initial=0.0)) for each in sides.values()),
                    summed=lengths,
                    products=products,
                )


def _scale(inputs: Sequence[Input]) -> float:
    """The magnitude of the inputs: of the smallest array, or of the smallest number where there are only those.

    What is a huge number among them would make everything else look like noise.
    """
    arrays = [each.largest for each in inputs if any(np.prod(shape) > 1 for shape in each.shapes)]
    return min(arrays or [each.largest for each in inputs], default=0.0)


def _below(moves: Mapping[Place, _Moves], index: int, path: str) -> list[_Moves]:
    """The value at the path, or the members below it, which the other side has as one vector."""
    if (index, path) in moves:
        return [moves[index, path]]
    return [each for (number, name), each in moves.items() if number == index and name.startswith(f"{path}.")]


def _joined(parts: Sequence[Response]) -> Response:
    if len(parts) == 1:
        return parts[0]
    fields = [field.name for field in dataclasses.fields(Response)]
    return Response(**{name: np.concatenate([getattr(part, name).ravel() for part in parts]) for name in fields})


def _alike(one: Any, other: Any) -> bool:
    if not (isinstance(one, np.ndarray) and isinstance(other, np.ndarray)):
        return True
    return one.size == other.size and bool(np.array_equal(one.ravel(), other.ravel()))


def _summed(inputs: Sequence[Input], shape: tuple[int, ...]) -> tuple[tuple[int, ...], bool]:
    """The longest extent of an input that the value has no more, and whether two inputs have it, as in a product."""
    extents: dict[int, set[str]] = {}
    for each in inputs:
        for own in each.shapes:
            for extent in own:
                if extent > 1 and extent not in shape:
                    extents.setdefault(extent, set()).add(each.name)
    if not extents:
        return (), False
    longest = max(extents)
    return (longest,), len(extents[longest]) > 1
