"""Random numbers of NumPy's legacy stream (`RandomState`), which R reproduces bit for bit.

    {"randn": [64, 3], "seed": 7, "scale": 0.1, "shift": 1}      shift + scale * N(0, 1)
    {"rand": [64, 3], "seed": 7}                                 uniform on [0, 1)
    {"randint": [64], "low": 0, "high": 10, "seed": 7}           whole numbers, low <= draw < high

A draw without a seed goes on where the draw before it stopped.
Source: numpy.random.RandomState, whose stream NumPy keeps frozen (NEP 19).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

KINDS = ("randn", "rand", "randint")
LARGEST_SEED = 2**32 - 1
MOST_NUMBERS = 100_000_000
MOST_AXES = 32
LARGEST_INTEGER = 2**31 - 1  # R's integers; -2**31 is its NA

_KEYS = {
    "randn": ("randn", "seed", "scale", "shift"),
    "rand": ("rand", "seed", "scale", "shift"),
    "randint": ("randint", "seed", "low", "high"),
}


class DrawError(Exception):
    """A draw that cannot be made; `key` is the key at fault (None: the draw as a whole)."""

    def __init__(self, key: str | None, problem: str, expected: str) -> None:
        super().__init__(problem)
        self.key = key
        self.problem = problem
        self.expected = expected


def kind_of(entry: Mapping[str, Any]) -> str | None:
    """Which kind of draw `entry` asks for; None when it is no draw."""
    for kind in KINDS:
        if kind in entry:
            return kind
    return None


class Stream:
    """The draws of one object (`make`, or one call's `with`), in the order of the file."""

    def __init__(self) -> None:
        self._state: np.random.RandomState | None = None

    def draw(self, entry: Mapping[str, Any], whole: bool) -> np.ndarray | float | int:
        """One draw: float64 (int64 when `whole`) of the shape asked for; a scalar for the shape [].

        Raises DrawError.
        """
        kind = kind_of(entry)
        if kind is None:
            raise DrawError(None, "no draw", "one of 'randn', 'rand', 'randint' with a shape")
        keys = _KEYS[kind]
        for key in entry:
            if key not in keys:
                raise DrawError(key, f"unknown key '{key}' in a {kind} draw", _one_of(keys))
        if whole and kind != "randint":
            raise DrawError(kind, f"{kind} draws for a name of 'integers'", "a randint draw")
        shape = _shape(kind, entry[kind])
        scale = _number(entry, "scale")
        shift = _number(entry, "shift")
        low = high = 0
        if kind == "randint":
            low = _whole(entry, "low", 0)
            if "high" not in entry:
                raise DrawError(None, "a randint draw without 'high'", "'high', which is itself never drawn")
            high = _whole(entry, "high", 0)
            if high <= low:
                raise DrawError("high", f"'high' is {high} and 'low' is {low}", "'high' above 'low'")
        state = self._seeded(entry)
        if kind == "randint":
            drawn = state.randint(low, high, size=shape, dtype=np.int64)
            numbers = np.asarray(drawn) if whole else np.asarray(drawn, dtype=np.float64)
        else:
            numbers = np.asarray(state.randn(*shape) if kind == "randn" else state.rand(*shape), dtype=np.float64)
            if scale is not None:
                numbers = numbers * scale
            if shift is not None:
                numbers = numbers + shift
        if not shape:
            return int(numbers) if whole else float(numbers)
        numbers.setflags(write=False)
        return numbers

    def _seeded(self, entry: Mapping[str, Any]) -> np.random.RandomState:
        if "seed" in entry:
            seed = entry["seed"]
            if not _is_whole(seed) or not 0 <= seed <= LARGEST_SEED:
                raise DrawError("seed", f"seed {seed!r}", f"a whole number from 0 to {LARGEST_SEED}")
            self._state = np.random.RandomState(int(seed))
        if self._state is None:
            raise DrawError(None, "a draw without 'seed' and no draw before it to go on from", "'seed'")
        return self._state


def _is_whole(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value // 1


def _shape(kind: str, extents: object) -> tuple[int, ...]:
    expected = "a list of extents such as [64, 3]"
    if not isinstance(extents, list):
        raise DrawError(kind, "a shape that is no list", expected)
    if not all(_is_whole(extent) and extent >= 0 for extent in extents):
        raise DrawError(kind, f"shape {extents!r}", expected)
    if len(extents) > MOST_AXES:
        raise DrawError(kind, f"a shape of {len(extents)} extents", f"at most {MOST_AXES}")
    shape = tuple(int(extent) for extent in extents)
    if math.prod(shape) > MOST_NUMBERS:
        raise DrawError(kind, f"a draw of {math.prod(shape)} numbers", f"at most {MOST_NUMBERS}")
    return shape


def _number(entry: Mapping[str, Any], key: str) -> float | None:
    if key not in entry:
        return None
    value = entry[key]
    try:
        number = math.nan if isinstance(value, bool) else float(value) if isinstance(value, (int, float)) else math.nan
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise DrawError(key, f"a '{key}' that is no finite number", "a number such as 0.1")
    return number


def _whole(entry: Mapping[str, Any], key: str, default: int) -> int:
    value = entry.get(key, default)
    if not _is_whole(value) or abs(value) > LARGEST_INTEGER:
        raise DrawError(key, f"'{key}' is {value!r}", "a whole number that fits R's integers")
    return int(value)


def _one_of(keys: tuple[str, ...]) -> str:
    return "one of " + ", ".join(f"'{key}'" for key in keys)
