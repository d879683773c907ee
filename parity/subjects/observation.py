"""What one subject did in one call: values by path, conditions, changed arguments, an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from parity.columns import SECONDS, Instants, Nullable, Spans, Sparse, Texts
from parity.fixture.model import Named

COMPARABLE = "fiubcUTMm"
"""NumPy's kinds of arrays that can be compared: numbers, truth values, texts, dates, spans of time."""

MAKE = -1
"""The place of the constructor among the calls."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(text: object) -> str:
    """A text of the code under test as it may be printed: control characters and lone surrogates are spelled out."""
    try:
        words = str(text)
    except BaseException as error:  # an exception's own __str__ may raise anything
        words = f"<a message that cannot be written: {type(error).__name__}>"
    return _CONTROL.sub(lambda one: one[0].encode("unicode_escape").decode("ascii"), words)


@dataclass(frozen=True)
class Condition:
    """A warning of the code under test; `classes` from the most specific on."""

    classes: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Failure:
    """An error raised by the code under test: a result of the case, not a crash of the run.

    `classes` are those of the exception or R condition, the most specific first; `where` is file and line.
    """

    classes: tuple[str, ...]
    message: str
    where: str = ""

    @property
    def kind(self) -> str:
        return self.classes[0] if self.classes else "error"


@dataclass(frozen=True)
class Null:
    """None, or R's NULL: there, and nothing."""


@dataclass(frozen=True)
class Empty:
    """A list or dict without members."""


@dataclass(frozen=True)
class Uncomparable:
    """A value that no comparison passes. It is not dropped, which two sides might do in the same way."""

    kind: str


@dataclass(frozen=True, eq=False)
class WithNames:
    """An array, and the names along each axis (None for an axis without)."""

    values: np.ndarray
    names: tuple[tuple[str | None, ...] | None, ...]


@dataclass(frozen=True, eq=False)
class Table:
    """A data frame as a side gave it: its columns in order, each a leaf of one axis, and what its rows are called.

    A column is an array, `Texts`, `Nullable`, `Instants` or `Spans` of `parity.columns`, what has `codes` and `levels`,
    or Uncomparable. `rows` is None where rows have no names of their own (an index of numbers, R's automatic row
    names). `key` are the columns that tell rows apart, where a fixture says so of what it expects.
    """

    columns: Mapping[str, Any]
    rows: tuple[str, ...] | None = None
    key: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many rows."""
        for column in self.columns.values():
            if not isinstance(column, Uncomparable):
                return length_of(column)
        return len(self.rows or ())


Leaf = Any
"""An array (numbers, truth values, texts, dates), a value with labels or levels, a Table, a Sparse matrix, Null, Empty
or Uncomparable."""


def length_of(column: Any) -> int:
    """How many elements a column of a table has."""
    return len(column.codes) if hasattr(column, "codes") else len(getattr(column, "values", column))


class Generators(NamedTuple):
    """Generators of random numbers after a call: where they stand, and whether the case has moved them.

    A case that draws from a seed of its own leaves them alike each time. `begun` counts those that it began without.
    """

    mark: str = ""
    moved: bool = False
    begun: int = 0


UNTOUCHED = Generators()


@dataclass(frozen=True, init=False)
class Observation:
    """One call's values by path ("out", "grads.W1"); scalars are 0-d.

    `call` is the number of the call in its case, MAKE for the constructor. A trajectory gives one observation per
    piece: `piece` steps, of which the last is number `step`. `changed` names arguments whose bytes the call changed
    without saying so in `updates`.
    """

    call: int
    do: str
    values: Mapping[str, Leaf] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    warnings: tuple[Condition, ...] = ()
    output: str = ""
    error: Failure | None = None
    step: int = 0
    piece: int = 0
    generators: Generators = UNTOUCHED

    def __init__(
        self,
        call: int,
        do: str,
        values: Mapping[str, Leaf] | None = None,
        changed: tuple[str, ...] = (),
        warnings: tuple[Condition, ...] = (),
        output: str = "",
        error: Failure | None = None,
        step: int = 0,
        piece: int = 0,
        generators: Generators = UNTOUCHED,
    ) -> None:
        # At once: a frozen dataclass sets field after field by object.__setattr__.
        self.__dict__.update({
            "call": call, "do": do, "values": {} if values is None else values, "changed": changed,
            "warnings": warnings, "output": output, "error": error, "step": step, "piece": piece,
            "generators": generators,
        })  # fmt: skip


def same_elements(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays of one shape and type hold the same, bit for bit.

    The bytes of a StringDType array say of a long text only where it lies, which may be the same for another text.
    """
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.kind == "T":
        return bool(one.tolist() == other.tolist())
    return one.tobytes() == other.tobytes()


def has_names(value: object) -> bool:
    """Whether a value carries names beside its elements."""
    return not isinstance(value, np.ndarray) and hasattr(value, "names") and hasattr(value, "values")


def reordered(value: Any, axes: tuple[int, ...]) -> Any:
    """A result whose axes are put in the order of the fixture; what has other axes than that is left to differ."""
    if has_names(value):
        names = value.names or (None,) * len(axes)
        if value.values.ndim != len(axes):
            return value
        return WithNames(value.values.transpose(axes), tuple(names[axis] for axis in axes))
    if isinstance(value, Mapping | Null | Empty | Uncomparable | Table | Sparse) or value is None:
        return value
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return value
    return array.transpose(axes) if array.ndim == len(axes) else value


def component(name: str) -> str:
    """A member's name as a part of a path: quoted where a dot or a number would make it another path."""
    return f'"{name}"' if "." in name or name.isdigit() or not name else name


def named(part: str) -> str:
    """The member's name that `component` made a part of a path from."""
    return part[1:-1] if len(part) > 1 and part[0] == part[-1] == '"' else part


def leaves(path: str, value: Any) -> Iterator[tuple[str, Leaf]]:
    """The leaves of a nested value with their paths; two members of one path make that path uncomparable."""
    if type(value) is np.ndarray:
        yield path, value if value.dtype.kind in COMPARABLE else Uncomparable(f"an array of {value.dtype}")
        return
    by_place: dict[str, Leaf] = {}
    for place, leaf in _leaves(path, value):
        by_place[place] = Uncomparable(f"two members called {place}") if place in by_place else leaf
    yield from by_place.items()


def as_table(frame: Any) -> Table:
    """The frame of a fixture, or of the bridge, as a leaf."""
    columns = {name: _column(column) for name, column in frame.columns.items()}
    lengths = {length_of(column) for column in columns.values() if not isinstance(column, Uncomparable)}
    if len(lengths) > 1:  # no data frame of either language can be so
        columns = {name: Uncomparable("a data frame with columns of several lengths") for name in columns}
    return Table(columns, frame.rows, getattr(frame, "key", ()))


def _column(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        if value.ndim != 1:
            return Uncomparable(f"a column of {value.ndim} axes")
        return value if value.dtype.kind in COMPARABLE else Uncomparable(f"a column of {value.dtype}")
    if isinstance(value, Uncomparable | Texts | Nullable | Instants) or hasattr(value, "codes"):
        return value
    if hasattr(value, "units"):
        return _span(value)
    if hasattr(value, "tz"):
        return Instants(value.values, value.tz)
    kind = "a list" if isinstance(value, list | Mapping) else type(value).__name__
    return Uncomparable(f"a column that is {kind}")


def _span(value: Any) -> Any:
    if value.units not in SECONDS:
        return Uncomparable(f"a time span in {value.units}")
    values = np.asarray(value.values)
    return Spans(values if values.dtype.kind == "f" else values.astype(np.float64), value.units, value.names)


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Leaf]]:
    if type(value) is np.ndarray:
        yield path, value if value.dtype.kind in COMPARABLE else Uncomparable(f"an array of {value.dtype}")
    elif value is None:
        yield path, Null()
    elif isinstance(value, Mapping):
        if not value:
            yield path, Empty()
        for key, element in value.items():
            yield from _leaves(f"{path}.{component(str(key))}", element)
    elif isinstance(value, list | tuple):
        if not value:
            yield path, Empty()
        for position, element in enumerate(value):
            yield from _leaves(f"{path}.{position}", element)
    elif isinstance(value, str) and "\0" in value:  # NumPy drops it at the end, and R's texts cannot hold it
        yield path, Uncomparable("a text with a NUL character")
    elif isinstance(value, Named):
        yield path, WithNames(value.values, (value.names,))
    elif isinstance(value, bytes | bytearray):
        yield path, np.frombuffer(value, dtype=np.uint8)
    elif isinstance(value, Uncomparable | Null | Empty | Table | Sparse | Texts | Nullable):
        yield path, value.array() if isinstance(value, Texts | Nullable) else value
    elif hasattr(value, "columns") and hasattr(value, "rows"):
        yield path, as_table(value)
    elif hasattr(value, "units"):
        yield path, _span(value)
    elif hasattr(value, "codes") or has_names(value):
        yield path, value
    else:
        array = np.asarray(value)
        plain = array.dtype.kind in COMPARABLE and not isinstance(value, np.ma.MaskedArray)
        yield path, array if plain else Uncomparable(f"a value of type {type(value).__name__}")
