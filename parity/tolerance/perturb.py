"""A case whose inputs are a unit in the last place off.

Every float is moved by one ulp, up or down in magnitude. What is kept is what rounding would keep: zeros (0 is exact in
either language, and often a mask, padding or the rest of a one-hot row), signs, NaN and infinities, integers, truth
values, labels, texts, and the columns that rows are known by. The direction depends on the draw and on the number
itself, so that equal numbers move alike wherever they stand: ties stay ties, a symmetric matrix stays symmetric, both
languages get the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from parity.fixture.model import Call, Case, Frame, Named, Value

Floats = np.ndarray[Any, np.dtype[np.float64]]
Move = Callable[[Floats], Floats]

ULP = 2.0**-52
WIDE = 2.0**-40
"""A share that is above rounding and below curvature: how far it moves an output is a condition number."""

FAR = 2.0**-24
"""What is smooth, or noisy, goes many times further with this share than with an ulp; what jumps does not."""

_SIGN = np.uint64(1 << 63)
_LARGEST = np.array(np.finfo(np.float64).max).view(np.uint64)


def one_ulp(draw: int) -> Move:
    """Every number to its next one, in the directions of this draw."""

    def move(x: Floats) -> Floats:
        x = np.ascontiguousarray(x, dtype=np.float64)
        bits = x.view(np.uint64)
        size = bits & ~_SIGN
        step = np.where(_up(size, draw), np.uint64(1), ~np.uint64(0))  # ~0 is -1
        # Nothing becomes 0, or infinite.
        away = np.clip(size + step, np.uint64(1), _LARGEST) | (bits & _SIGN)
        return np.where(_is_movable(x), away, bits).view(np.float64)

    return move


def by_share(share: float, draw: int) -> Move:
    """Every number by this share of itself, in the directions of `one_ulp(draw)`."""

    def move(x: Floats) -> Floats:
        x = np.ascontiguousarray(x, dtype=np.float64)
        factor = np.where(_up(x.view(np.uint64) & ~_SIGN, draw), 1 + share, 1 - share)
        with np.errstate(over="ignore", invalid="ignore"):
            away = x * factor
        return np.where(_is_movable(x) & np.isfinite(away), away, x)

    return move


def _is_movable(x: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(np.isfinite(x) & (x != 0))


def _up(size: np.ndarray[Any, np.dtype[np.uint64]], draw: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether numbers of these bits go up: one bit of SplitMix64's output function (Steele, Lea, Flood 2014)."""
    with np.errstate(over="ignore", invalid="ignore"):
        z = size + np.uint64((draw + 1) * 0x9E3779B97F4A7C15 % 2**64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray((z >> np.uint64(63)) != 0)


def perturbed(case: Case, move: Move, *, only: str | None = None, left: frozenset[str] = frozenset()) -> Case:
    """The case with every float moved, of `make`, the calls and the attributes, in either language.

    `only` moves one input and `left` leaves some alone; an input is an argument's name, wherever it is given.
    """
    keys = frozenset(key for join in case.join.values() for key in join.key)

    def of(arguments: Mapping[str, Value]) -> dict[str, Value]:
        chosen = {name for name in arguments if name not in left and only in (None, name)}
        return {name: _moved(value, move, keys) if name in chosen else value for name, value in arguments.items()}

    def by_language(arguments: Mapping[str, Mapping[str, Value]]) -> dict[str, Mapping[str, Value]]:
        return {language: of(own) for language, own in arguments.items()}

    def in_call(call: Call) -> Call:
        return dataclasses.replace(call, arguments=of(call.arguments), only=by_language(call.only))

    return dataclasses.replace(
        case,
        make=of(case.make),
        only=by_language(case.only),
        attributes=by_language(case.attributes),
        calls=tuple(map(in_call, case.calls)),
    )


def _moved(value: Any, move: Move, keys: frozenset[str]) -> Any:
    if isinstance(value, float):
        return float(move(np.array([value]))[0])
    if isinstance(value, np.ndarray):
        return move(value).reshape(value.shape) if value.dtype == np.float64 else value
    if isinstance(value, Named):
        return dataclasses.replace(value, values=_moved(value.values, move, keys))
    if isinstance(value, Frame):
        fixed = {*keys, *value.key}
        columns = {
            name: column if name in fixed or not isinstance(column, np.ndarray) else _moved(column, move, keys)
            for name, column in value.columns.items()
        }
        return dataclasses.replace(value, columns=columns)
    if isinstance(value, Mapping):
        return {key: _moved(member, move, keys) for key, member in value.items()}
    if isinstance(value, list):
        return [_moved(member, move, keys) for member in value]
    return value


@dataclasses.dataclass(frozen=True)
class Input:
    """The floats of one input. `whole`: all are whole numbers, as labels, sizes and powers are. `shapes`: of its
    arrays. `largest`: its largest magnitude."""

    name: str
    whole: bool
    shapes: tuple[tuple[int, ...], ...]
    largest: float


def float_inputs(case: Case) -> tuple[Input, ...]:
    """The inputs that hold a float which can be moved."""
    places = [case.make, *case.only.values(), *case.attributes.values()]
    for call in case.calls:
        places += [call.arguments, *call.only.values()]
    arrays: dict[str, list[Floats]] = {}
    for place in places:
        for name, value in place.items():
            arrays.setdefault(name, []).extend(_floats(value))
    inputs = []
    for name, parts in arrays.items():
        movable = [part[_is_movable(part)] for part in parts]
        if any(part.size for part in movable):
            whole = all(bool(np.all(part == np.floor(part))) for part in movable)
            largest = max(float(np.abs(part).max()) for part in movable if part.size)
            inputs.append(Input(name, whole, tuple(dict.fromkeys(part.shape for part in parts)), largest))
    return tuple(inputs)


def _floats(value: Value) -> Iterator[Floats]:
    if isinstance(value, float):
        yield np.array(value)
    elif isinstance(value, np.ndarray):
        if value.dtype == np.float64:
            yield value
    elif isinstance(value, Named):
        yield from _floats(value.values)
    elif isinstance(value, Frame):
        for name, column in value.columns.items():
            if name not in value.key and isinstance(column, np.ndarray):
                yield from _floats(column)
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _floats(member)
    elif isinstance(value, list):
        for member in value:
            yield from _floats(member)
