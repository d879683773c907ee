"""What kind of value something is, and what its elements are, so that like is compared with like.

numeric     floats and integers of any width
logical     booleans; NA is None among them
character   text; NA is None among it, or the missing value that a StringDType names
date, time  datetime64 in days or coarser, and finer than days; NA is NaT
duration    timedelta64, where NA is NaT; or `Spans`, which are seconds in doubles here
complex     complex numbers
bytes       byte strings
factor      whatever has `codes` (zero-based, -1 for NA), `levels` and `ordered`, as the bridge's Factor; a level
            may be NA, which is another thing than an element without a level, and is counted as NA all the same

Whatever has `values` and `names`, as the bridge's Labelled and Moment, is its values, and the names of each axis with
them. The time zone of a Moment is not compared: the same instant has many.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from parity.columns import Nullable, Spans, Texts

Array = np.ndarray[Any, Any]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
AxisNames = tuple[tuple[str | None, ...] | None, ...]

KINDS = {
    "f": "numeric", "i": "numeric", "u": "numeric", "b": "logical", "U": "character", "T": "character", "S": "bytes",
    "m": "duration", "c": "complex",
}  # fmt: skip

_WHOLE_DAYS = {"Y", "M", "W", "D"}
_ATTOSECONDS = {
    "W": 7 * 86400 * 10**18, "D": 86400 * 10**18, "h": 3600 * 10**18, "m": 60 * 10**18, "s": 10**18, "ms": 10**15,
    "us": 10**12, "ns": 10**9, "ps": 10**6, "fs": 10**3, "as": 1,
}  # fmt: skip
_YEARS = 10**12
"""Beyond this many years or months the days since 1970 do not fit 64 bits with certainty."""


_NO_NAMES = object()


@dataclass(frozen=True)
class Value:
    """An array and what it is. For a factor the array holds the labels, None for NA."""

    kind: str
    array: Array
    levels: tuple[str | None, ...] = ()
    ordered: bool = False
    names: AxisNames = ()

    @property
    def type(self) -> str:
        """The kind in words; of what has no kind, NumPy's name of its type."""
        return str(self.array.dtype) if self.kind == "other" else self.kind


def as_value(value: object) -> Value:
    if not isinstance(value, np.ndarray | np.generic):
        if all(hasattr(value, name) for name in ("codes", "levels", "ordered")):
            return _factor(value)
        if isinstance(value, Texts | Nullable):
            return as_value(value.array())
        if isinstance(value, Spans):
            return Value("duration", value.seconds(), names=value.names or ())
        names = getattr(value, "names", _NO_NAMES)
        if hasattr(value, "values") and isinstance(names, tuple | None) and not hasattr(value, "units"):
            return replace(as_value(value.values), names=names or ())
    array = _as_array(value)
    kind = KINDS.get(array.dtype.kind, "other")
    if array.dtype.kind == "M":
        kind = "date" if np.datetime_data(array.dtype)[0] in _WHOLE_DAYS else "time"
    elif array.dtype.kind == "T":
        array = _texts(array)
    elif array.dtype.kind == "O":
        kind, array = _of_objects(array)
    return Value(kind, array)


def _as_array(value: object) -> Array:
    try:
        return np.asarray(value)
    except ValueError:  # ragged lists have no shape: a value that cannot be compared, not a crash
        whole = np.empty((), dtype=object)
        whole[()] = value
        return whole


def _of_objects(array: Array) -> tuple[str, Array]:
    """Objects of one type are what that type is, with None for NA; None alone is taken for text, as R's bridge does."""
    kinds = {type(element) for element in array.flat} - {type(None)}
    if not array.size or not kinds <= {str, np.str_, bool, np.bool_, datetime.date, datetime.datetime}:
        return "other", array
    if kinds <= {str, np.str_}:
        return "character", array
    if kinds <= {bool, np.bool_}:
        return "logical", array
    if kinds == {datetime.date}:
        return "date", array.astype("datetime64[D]")
    if kinds == {datetime.datetime} and all(v is None or v.tzinfo is None for v in array.flat):
        return "time", array.astype("datetime64[us]")
    return "other", array


def _texts(array: Array) -> Array:
    """A StringDType's text as objects, its missing value as None."""
    objects = array.astype(object)
    if getattr(array.dtype, "na_object", None) is not None:
        missing = array.dtype.na_object
        for place in np.ndindex(objects.shape):
            if objects[place] is missing:
                objects[place] = None
    return objects


def _factor(value: Any) -> Value:
    codes = np.asarray(value.codes)
    levels = tuple(None if level is None else str(level) for level in value.levels)
    whole = codes.dtype.kind in "iu"
    if not whole or (codes.size and (int(codes.min()) < -1 or int(codes.max()) >= len(levels))):
        return Value("other", _as_array([None]))
    labels = np.array([*levels, None], dtype=object)[codes]
    return Value(
        "factor", np.asarray(labels, dtype=object), levels, bool(value.ordered), getattr(value, "names", None) or ()
    )


# ---------------------------------------------------------------------------------------------- exact elements


def missing(value: Value) -> Mask | None:
    """Where the elements are NA; None where none can be."""
    array = value.array
    if array.dtype.kind in "mM":
        nat: Mask = np.isnat(array)
        return nat
    if array.dtype.kind == "O":
        none = [element is None for element in array.flat]
        mask: Mask = np.array(none, dtype=bool).reshape(array.shape)
        return mask
    return None


def unequal(a: Value, b: Value) -> Mask:
    """Where two arrays of one kind, of as many elements, differ; an NA equals an NA."""
    x, y = a.array.ravel(), b.array.ravel()
    if x.dtype.kind in "mM":
        if np.datetime_data(x.dtype) == np.datetime_data(y.dtype):
            x, y = x.view(np.int64), y.view(np.int64)
        else:  # the finer type may not hold what the coarser one does: NumPy would wrap around
            x, y = _moments(x), _moments(y)
    return np.asarray(x != y, dtype=bool).reshape(x.shape)


def _moments(array: Array) -> Array:
    """Times as whole attoseconds since 1970, of any size; calendar units that are too large stay their own."""
    unit, step = np.datetime_data(array.dtype)
    kind = array.dtype.kind
    if unit in ("Y", "M") and kind == "M" and (np.abs(array.view(np.int64)[~np.isnat(array)] * step) < _YEARS).all():
        array, unit, step = array.astype("datetime64[D]"), "D", 1
    scale: object = _ATTOSECONDS.get(unit)
    moments = [
        None if nat else number * step * scale if isinstance(scale, int) else (unit, number * step)
        for number, nat in zip(array.view(np.int64).tolist(), np.isnat(array).tolist(), strict=True)
    ]
    objects = np.empty(len(moments), dtype=object)
    objects[:] = moments
    return objects


def plain(value: Value, flat: int) -> bool | float | int | str:
    """One element as Python has it; a date as text, NA as "NA"."""
    element = value.array.reshape(-1)[flat]
    if element is None or (value.array.dtype.kind in "mM" and np.isnat(element)):
        return "NA"
    if value.array.dtype.kind in "mMS":
        return element.decode("latin-1") if isinstance(element, bytes) else str(element)
    if isinstance(element, np.floating):
        return float(element)
    if isinstance(element, np.complexfloating):
        return complex_text(element)
    item = element.item() if isinstance(element, np.generic) else element
    return item if isinstance(item, bool | int | float | str) else repr(item)


def complex_text(value: Any) -> str:
    """A complex number as a text: "1.5-2.0i"."""
    real, imaginary = float(value.real), float(value.imag)
    sign = "-" if np.signbit(imaginary) else "+"
    return f"{real!r}{sign}{abs(imaginary)!r}i"


def shown(value: Value, flat: int) -> str:
    """One element as a message shows it: text in quotes, so that 'NA' is no NA."""
    element = plain(value, flat)
    mask = missing(value)
    if (mask is not None and mask.ravel()[flat]) or value.array.dtype.kind in "mM":
        return str(element)
    return repr(element)


# --------------------------------------------------------------------------------------- one kind for another


def relation(a: Value, b: Value) -> str:
    """What a value of one kind has to do with one of another kind, where the elements show it; else ""."""
    if a.array.size != b.array.size or not a.array.size:
        return ""
    for one, other in ((a, b), (b, a)):
        x, y = one.array.ravel(), other.array.ravel()
        if one.kind == "factor" and other.kind == "character" and not np.any(np.asarray(x != y, dtype=bool)):
            return "the texts are the factor's labels"
        if one.kind == "factor" and other.kind == "numeric":
            codes = np.array([-1 if label is None else one.levels.index(label) for label in x.tolist()])
            for base, word in ((0, "zero"), (1, "one")):
                if np.array_equal(codes + base, y):
                    return f"the numbers are the factor's codes, counted from {word}"
        if one.kind in ("date", "time") and other.kind == "numeric":
            unit, word = ("D", "days") if one.kind == "date" else ("s", "seconds")
            if np.array_equal(x.astype(f"datetime64[{unit}]").astype(np.int64), y):
                return f"the numbers are its {word} since 1970-01-01"
        if one.kind == "date" and other.kind == "time" and not unequal(one, other).any():
            return "every time is the midnight of its date"
    return ""
