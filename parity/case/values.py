"""JSON values to the values of a case: arrays, spelled-out numbers, named lists, draws, functions.

A number is float64 unless its name is listed in the fixture's "integers"; a rectangular nested list is an
array; an object is a named list. What cannot be understood is noted as a `Finding` and read as None.
"""

from __future__ import annotations

import math
import os
import re
import struct
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from parity.case.draw import KINDS, LARGEST_INTEGER, MOST_AXES, DrawError, Stream, kind_of
from parity.case.model import FunctionReference, Value
from parity.case.problems import Finding, JsonPath, shown

NAN_BITS = 0x7FF8000000000000
NA_BITS = 0x7FF00000000007A2  # R's NA_real_: a NaN whose low word is 1954

PYTHON_OBJECT = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
R_OBJECT = re.compile(r"([A-Za-z][A-Za-z0-9.]*::)?([^\W\d_]|\.(?!\d))[\w.]*")


def _double(bits: int) -> float:
    number: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return number


# "NA" is written as NA_BITS through an integer view where it stands in arrays, so that no move can quiet it.
SPELLED = {"NaN": _double(NAN_BITS), "NA": _double(NA_BITS), "Inf": math.inf, "-Inf": -math.inf}

_SPELLED_LIST = '"NaN", "NA", "Inf" or "-Inf"'
_MARKERS = ("list", "function", "file", *KINDS)


def last_name(path: str) -> str:
    """The last component of a dotted path that is a name: "grads.W1" gives "W1", "params.0" gives "params"."""
    parts = [part for part in path.split(".") if not part.isdigit()]
    return parts[-1] if parts else path


class ValueReader:
    """Reads the values of one fixture; `note` collects what is wrong."""

    def __init__(
        self,
        integers: frozenset[str],
        indices: frozenset[str],
        note: Callable[[Finding], None],
        folder: Path = Path(),
    ) -> None:
        self.integers = integers
        self.indices = indices
        self.note = note
        self.folder = folder  # that of the fixture, which files are named from

    def arguments(self, entry: dict[str, Any], at: JsonPath) -> dict[str, Value]:
        """The arguments of `make` or of a call's `with`. Draws form one stream, in the order of the file."""
        for name in entry:
            if not name.isidentifier():
                self.note(Finding((*at, name), f"'{name}' cannot be an argument's name", "a name", at_key=True))
        return self._members(entry, at, Stream())

    def expected(self, entry: dict[str, Any], at: JsonPath) -> dict[str, Value]:
        """The values of `expect` by dotted path. Draws and functions are no independent truth."""
        result: dict[str, Value] = {}
        for name, value in entry.items():
            here = (*at, name)
            if not all(name.split(".")):
                self.note(Finding(here, f"'{name}' is no path of names", 'a path such as "grads.W1"', at_key=True))
            if value is None:
                self.note(Finding(here, "null", "a value to compare with"))
            result[name] = self.value(value, last_name(name), here, None)
        return result

    def value(self, value: Any, name: str, at: JsonPath, stream: Stream | None) -> Value:
        """One value. `stream` is None where draws are not allowed."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float)):
            return self._number(value, name, at)
        if isinstance(value, str):
            if value in SPELLED:
                if name in self.integers:
                    self._not_whole(value, name, at)
                return SPELLED[value]
            return value
        if isinstance(value, list):
            return self._array(value, name, at)
        return self._object(value, name, at, stream)

    def _number(self, value: int | float, name: str, at: JsonPath) -> float | int | None:
        if name in self.integers:
            if value != value // 1 or abs(value) > LARGEST_INTEGER:
                self._not_whole(value, name, at)
                return None
            if value < 0 and name in self.indices:
                self._negative(value, at)
            return int(value)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isinf(number):
            self._too_large(at)
            return None
        return number

    def _not_whole(self, value: object, name: str, at: JsonPath) -> None:
        if isinstance(value, (int, float)) and value == value // 1:
            bound = f"a whole number from -{LARGEST_INTEGER} to {LARGEST_INTEGER}"
            self.note(Finding(at, f"{shown(value)} does not fit R's integers", bound))
        else:
            problem = f"{shown(value)} is no whole number, and '{name}' is listed in 'integers'"
            self.note(Finding(at, problem, "a whole number"))

    def _negative(self, value: object, at: JsonPath) -> None:
        self.note(Finding(at, f"{shown(value)} is out of range", "a position counted from 0"))

    def _too_large(self, at: JsonPath) -> None:
        self.note(Finding(at, "a number too large for a double", 'a smaller number, or "Inf"'))

    # -- arrays ------------------------------------------------------------------------------------------------

    def _array(self, rows: list[Any], name: str, at: JsonPath) -> np.ndarray | None:
        whole = name in self.integers
        shape = [len(rows)]
        leaves = rows
        while leaves and isinstance(leaves[0], list):
            lengths = []
            for leaf in leaves:
                if not isinstance(leaf, list):
                    self.note(Finding(at, f"{shown(leaf)} among lists", "a rectangular array"))
                    return None
                lengths.append(len(leaf))
            if len(set(lengths)) > 1:
                self.note(Finding(at, _ragged(leaves, lengths), "a rectangular array"))
                return None
            shape.append(lengths[0])
            leaves = list(chain.from_iterable(leaves))
        if len(shape) > MOST_AXES:
            self.note(Finding(at, f"an array of {len(shape)} axes", f"at most {MOST_AXES}"))
            return None

        kinds = set(map(type, leaves))
        if list in kinds:
            self.note(Finding(at, f"{shown(leaves[0])} among lists", "a rectangular array"))
            return None
        words = {leaf for leaf in leaves if isinstance(leaf, str)} if str in kinds else set()
        if kinds <= {int, float, str} and words <= SPELLED.keys():
            return self._numbers(leaves, shape, name, whole, at, bool(words))
        if kinds == {bool}:
            return _frozen(np.array(leaves, dtype=np.bool_).reshape(shape))
        if kinds == {str} and not words & SPELLED.keys():
            return _frozen(np.array(leaves, dtype=np.str_).reshape(shape))
        self._mixed(leaves, shape, at)
        return None

    def _numbers(
        self, leaves: list[Any], shape: list[int], name: str, whole: bool, at: JsonPath, spelled: bool
    ) -> np.ndarray | None:
        if whole:
            for index, leaf in enumerate(leaves):
                if isinstance(leaf, str) or leaf != leaf // 1 or abs(leaf) > LARGEST_INTEGER:
                    self._not_whole(leaf, name, (*at, *_unravel(index, shape)))
                    return None
                if leaf < 0 and name in self.indices:
                    self._negative(leaf, (*at, *_unravel(index, shape)))
            return _frozen(np.array([int(leaf) for leaf in leaves], dtype=np.int64).reshape(shape))
        try:
            plain = [0.0 if isinstance(leaf, str) else leaf for leaf in leaves] if spelled else leaves
            numbers = np.array(plain, dtype=np.float64)
            finite = bool(np.isfinite(numbers).all())
        except OverflowError:
            finite = False
        if not finite:
            for index, leaf in enumerate(leaves):
                if not isinstance(leaf, str) and _overflows(leaf):
                    self._too_large((*at, *_unravel(index, shape)))
            return None
        if spelled:
            bits = numbers.view(np.uint64)
            for index, leaf in enumerate(leaves):
                if leaf == "NA":
                    bits[index] = NA_BITS
                elif isinstance(leaf, str):
                    numbers[index] = SPELLED[leaf]
        return _frozen(numbers.reshape(shape))

    def _mixed(self, leaves: list[Any], shape: list[int], at: JsonPath) -> None:
        """Say which entry is unlike the first; null and objects are wrong wherever they stand."""
        first = _kind(leaves[0])
        for index, leaf in enumerate(leaves):
            here = (*at, *_unravel(index, shape))
            kind = _kind(leaf)
            if leaf is None:
                self.note(Finding(here, "null in an array", '"NA" or "NaN"'))
                return
            if isinstance(leaf, dict):
                self.note(Finding(here, "an object in an array", '{"list": […]} for a list of unlike values'))
                return
            if kind != first:
                problem = f"{shown(leaf)}, {_A[kind]}, among {_MANY[first]}"
                expected = f"{_MANY[first]} only"
                if {kind, first} == {"number", "string"}:
                    expected += f" ({_SPELLED_LIST} are numbers)"
                self.note(Finding(here, problem, expected))
                return

    # -- objects -----------------------------------------------------------------------------------------------

    def _object(self, entry: dict[str, Any], name: str, at: JsonPath, stream: Stream | None) -> Value:
        marker = next((key for key in _MARKERS if key in entry), None)
        if marker is None:
            return self._members(entry, at, stream)
        if marker in ("list", "function", "file"):
            for key in entry:
                if key != marker:
                    self.note(Finding((*at, key), f"'{key}' beside '{marker}'", f"'{marker}' alone", at_key=True))
        if marker == "list":
            items = entry["list"]
            if not isinstance(items, list):
                self.note(Finding((*at, "list"), f"{shown(items)} is no list", "a list of values"))
                return None
            return [self.value(item, name, (*at, "list", index), stream) for index, item in enumerate(items)]
        if stream is None:
            what = {"function": "a function", "file": "a file"}.get(marker, "a draw")
            self.note(Finding(at, f"{what} in 'expect'", "values from outside the code under test"))
            return None
        if marker == "file":
            return self._file(entry["file"], (*at, "file"))
        if marker == "function":
            return self._function(entry["function"], (*at, "function"))
        return self._draw(entry, name, at, stream)

    def _members(self, entry: dict[str, Any], at: JsonPath, stream: Stream | None) -> dict[str, Value]:
        result: dict[str, Value] = {}
        for name, value in entry.items():
            here = (*at, name)
            if name != "random":
                if not name:
                    self.note(Finding(here, "an empty name", "a name", at_key=True))
                result[name] = self.value(value, name, here, stream)
                continue
            if stream is None:
                self.note(Finding(here, "a draw in 'expect'", "values from outside the code under test", at_key=True))
                continue
            if not isinstance(value, dict):
                self.note(Finding(here, f"{shown(value)} is no object", 'draws by name: {"x": {"randn": …}}'))
                continue
            for drawn, draw in value.items():
                if drawn in entry:
                    problem = f"'{drawn}' is both drawn and given"
                    self.note(Finding((*here, drawn), problem, "it once", at_key=True))
                if not isinstance(draw, dict):
                    expected = '{"randn": [64, 3], "seed": 7} or another draw'
                    self.note(Finding((*here, drawn), f"{shown(draw)} is no draw", expected))
                    continue
                result[drawn] = self._draw(draw, drawn, (*here, drawn), stream)
        return result

    def _draw(self, entry: dict[str, Any], name: str, at: JsonPath, stream: Stream) -> Value:
        kinds = [kind for kind in KINDS if kind in entry]
        if len(kinds) > 1:
            self.note(Finding(at, f"both '{kinds[0]}' and '{kinds[1]}'", "one kind of draw"))
            return None
        try:
            if kind_of(entry) is None:
                first = next(iter(entry), None)
                what = f"unknown kind of draw '{first}'" if first is not None else "an empty draw"
                raise DrawError(first, what, "'randn', 'rand' or 'randint'")
            return stream.draw(entry, name in self.integers)
        except DrawError as error:
            here = at if error.key is None else (*at, error.key)
            at_key = error.problem.startswith("unknown")
            self.note(Finding(here, error.problem, error.expected, at_key=at_key))
            return None

    def _file(self, entry: Any, at: JsonPath) -> str | None:
        """The absolute path of a file or folder that lies beside the fixture: the same text for both languages."""
        if not isinstance(entry, str) or not entry:
            self.note(Finding(at, f"{shown(entry)} names no file", "a path relative to the fixture"))
            return None
        path = os.path.normpath(os.path.join(os.path.abspath(self.folder), entry))
        if not os.path.exists(path):
            self.note(Finding(at, f"no file {path}", "a file or folder, relative to the fixture"))
            return None
        return path

    def _function(self, entry: Any, at: JsonPath) -> FunctionReference | None:
        if not isinstance(entry, dict) or set(entry) != {"python", "r"}:
            expected = '{"python": "module:name", "r": "package::name"}'
            self.note(Finding(at, f"{shown(entry)} names no function in both languages", expected))
            return None
        good = True
        for key, pattern, form in (("python", PYTHON_OBJECT, "module:name"), ("r", R_OBJECT, "package::name")):
            if not isinstance(entry[key], str) or not pattern.fullmatch(entry[key]):
                self.note(Finding((*at, key), f"{shown(entry[key])} names no function", f"the form '{form}'"))
                good = False
        return FunctionReference(entry["python"], entry["r"]) if good else None


_A = {"number": "a number", "string": "a string", "boolean": "a boolean", "null": "null", "object": "an object"}
_MANY = {"number": "numbers", "string": "strings", "boolean": "booleans", "null": "nulls", "object": "objects"}


def _kind(leaf: Any) -> str:
    if leaf is None:
        return "null"
    if isinstance(leaf, bool):
        return "boolean"
    if isinstance(leaf, (int, float)) or (isinstance(leaf, str) and leaf in SPELLED):
        return "number"
    return "string" if isinstance(leaf, str) else "object"


def _ragged(leaves: list[list[Any]], lengths: list[int]) -> str:
    """The first length, and the first other one: "rows of 3 and 2 numbers"."""
    first = lengths[0]
    other = next(length for length in lengths if length != first)
    entries = [entry for leaf in leaves for entry in leaf[:1]]
    kinds = {"list" if isinstance(entry, list) else _kind(entry) for entry in entries}
    what = {frozenset({"number"}): "numbers", frozenset({"list"}): "lists"}.get(frozenset(kinds), "entries")
    return f"rows of {first} and {other} {what}"


def _unravel(index: int, shape: list[int]) -> tuple[int, ...]:
    steps: list[int] = []
    for extent in reversed(shape):
        index, step = divmod(index, extent)
        steps.append(step)
    return tuple(reversed(steps))


def _overflows(leaf: int | float) -> bool:
    try:
        return math.isinf(float(leaf))
    except OverflowError:
        return True


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
