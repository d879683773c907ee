"""A caller's objects as the values of a case: what Python gets, and what R gets for it.

Python gets the object as the caller has it, a fresh copy for each call. R gets

    ==========================================  ==============================================================
    float, int, bool, str, None, NumPy scalars  a vector of length one, NULL
    array                                       a vector or array with the same indices
    list or tuple of numbers, texts or truth    a vector; nested as a rectangle, an array
    values of one kind
    any other list or tuple; dict               a list; a list with names
    date, datetime, Timestamp without a zone    Date, POSIXct in UTC
    Series; one with an index of its own        a vector; a vector with names
    Categorical, or a Series of them            a factor
    DataFrame (pandas, polars, Arrow)           a data.frame
    ==========================================  ==============================================================
    Whatever else has no counterpart in R; `only={"python": ...}` hands it to Python alone.
"""

from __future__ import annotations

import copy
import datetime
import decimal
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from parity.check.errors import CheckError
from parity.columns import Instants, Nullable, Spans, Texts
from parity.fixture.model import Expression, Factor, Named, Own, Value
from parity.subjects.frames import as_leaf, frame_of
from parity.subjects.observation import Table, Uncomparable, WithNames

LARGEST = 2**31 - 1
_LEFT_ALONE = (float, int, bool, str, type(None), Expression)


@dataclass(frozen=True)
class Values:
    """One argument as each language gets it; the same object where both get the same."""

    python: Value
    r: Value

    @property
    def is_common(self) -> bool:
        return self.python is self.r


def for_both(value: Any, name: str) -> Values:
    """Raises CheckError, naming the argument, for what has no counterpart in R."""
    r = _for_r(value, name)
    return Values(r if _same_for_both(value, r) else for_python(value, name), r)


def for_python(value: Any, name: str) -> Value:
    """A value for Python alone: anything that can be copied."""
    if type(value) in _LEFT_ALONE:
        return value  # type: ignore[no-any-return]
    if type(value) is np.ndarray and not value.dtype.hasobject:
        return _frozen(value)
    if isinstance(value, Iterator):
        raise CheckError(f"{name}: {_a(value)} gives its values once; expected a list or an array of them")
    try:
        return Own(copy.deepcopy(value))
    except Exception as error:
        raise CheckError(
            f"{name}: {_a(value)} cannot be copied ({type(error).__name__}: {error}); expected an object that can, "
            "for each call gets a copy of its own"
        ) from None


def _same_for_both(value: Any, r: Value) -> bool:
    """Whether what R gets is, in Python, just what the caller has."""
    if type(value) in _LEFT_ALONE:
        return True
    if type(value) is np.ndarray:
        return isinstance(r, np.ndarray) and not value.dtype.hasobject and r.dtype == value.dtype
    if type(value) is dict and isinstance(r, Mapping):
        return all(_same_for_both(element, r[name]) for name, element in value.items())
    if type(value) is list and isinstance(r, list):
        return all(map(_same_for_both, value, r))
    return False


def _for_r(value: Any, name: str) -> Value:
    if isinstance(value, Expression):
        return value
    if value is None or isinstance(value, bool | np.bool_):
        return None if value is None else bool(value)
    if isinstance(value, np.generic):
        return _scalar(value, name)
    if isinstance(value, int):
        return _whole(int(value), name)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return _text(str(value), name)
    if isinstance(value, np.ndarray):
        return _array(value, name)
    if isinstance(value, Mapping):
        return _named_list(value, name)
    if isinstance(value, list | tuple):
        return _sequence(value, name)
    module = type(value).__module__.partition(".")[0]
    if isinstance(value, datetime.date):  # as pandas' Timestamp is
        return _moment(value, name)
    if module in ("pandas", "polars", "pyarrow") or hasattr(value, "tocoo"):
        return _of_frames(value, name)
    if isinstance(value, Iterator):
        raise CheckError(f"{name}: {_a(value)} gives its values once; expected a list or an array of them")
    if isinstance(value, decimal.Decimal):
        raise CheckError(f"{name}: R has no decimal numbers; expected a float")
    expected = "an array, a number, a text, a list, a dict or a data frame"
    if callable(value):
        expected = 'a value; parity.Expression("mean", "mean") names a function for each language'
    raise CheckError(f"{name}: {_a(value)} has no counterpart in R; expected {expected}")


def _a(value: object) -> str:
    kind = type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


# -- numbers and arrays ------------------------------------------------------------------------------------------------


def _whole(value: int, name: str) -> int:
    if not -LARGEST <= value <= LARGEST:
        raise CheckError(f"{name}: {value} is beyond R's integers; expected at most {LARGEST}, or a float")
    return value


def _text(value: str, name: str) -> str:
    if "\0" in value:
        raise CheckError(f"{name}: R's texts hold no NUL character; expected a text without one")
    return value


def _scalar(value: np.generic, name: str) -> Value:
    if value.dtype.kind in "iu":
        return _whole(int(value), name)
    if value.dtype.kind == "f" and value.dtype.itemsize <= 8:
        return float(value)
    if value.dtype.kind == "U":
        return _text(str(value), name)
    return _array(np.asarray(value), name)


_NO_COUNTERPART = {
    "m": "time spans, datetimes or numbers",
    "V": "an array without fields",
    "S": "an array of str",
}


def _array(value: np.ndarray, name: str) -> np.ndarray:
    if isinstance(value, np.ma.MaskedArray):
        raise CheckError(f"{name}: a masked array has no counterpart in R; expected an array that is filled")
    array = np.asarray(value)
    kind = array.dtype.kind
    if kind == "O":
        return _of_objects(array, name)
    if kind in _NO_COUNTERPART:
        raise CheckError(f"{name}: an array of {array.dtype} has no counterpart in R; expected {_NO_COUNTERPART[kind]}")
    if kind in "fc" and array.dtype.itemsize > (8 if kind == "f" else 16):
        raise CheckError(f"{name}: R has no {array.dtype}; expected float64")
    if kind in "iu" and array.size and not (int(array.min()) >= -LARGEST and int(array.max()) <= LARGEST):
        raise CheckError(f"{name}: holds whole numbers beyond R's integers; expected at most {LARGEST}, or floats")
    if kind == "u" and array.dtype.itemsize == 8:
        raise CheckError(f"{name}: R has no unsigned 64-bit integers; expected int64 or float64")
    if kind == "M" and np.datetime_data(array.dtype)[0] == "generic":
        raise CheckError(f"{name}: datetime64 without a unit; expected days, seconds or another unit")
    return _frozen(array)


def _of_objects(array: np.ndarray, name: str) -> np.ndarray:
    """Texts, of which some may be missing."""
    elements = array.ravel().tolist()
    if not elements or not all(isinstance(one, str) or _is_missing(one) for one in elements):
        odd = next((one for one in elements if not isinstance(one, str) and not _is_missing(one)), None)
        raise CheckError(f"{name}: an array of objects ({_a(odd)}); expected numbers, truth values, texts or dates")
    if all(map(_is_missing, elements)):
        raise CheckError(f"{name}: nothing but missing values, of no kind; expected an array with a dtype")
    return _texts([None if _is_missing(one) else _text(one, name) for one in elements]).reshape(array.shape)


def _texts(elements: Sequence[str | None]) -> np.ndarray:
    kind = np.dtypes.StringDType(na_object=None) if None in elements else np.str_
    return _frozen(np.array(elements, dtype=kind))


def _is_missing(value: object) -> bool:
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def _frozen(array: np.ndarray) -> np.ndarray:
    """A copy of its own: the caller may write into the array later."""
    mine = np.array(array, order="K", subok=False)
    mine.flags.writeable = False
    return mine


# -- lists -------------------------------------------------------------------------------------------------------------


def _named_list(value: Mapping[Any, Any], name: str) -> Value:
    for key in value:
        if not isinstance(key, str) or not key:
            raise CheckError(f"{name}: {key!r} is the name of a member; expected texts that are not empty, as R needs")
    return {key: _for_r(element, f"{name}[{key!r}]") for key, element in value.items()}


def _sequence(value: Sequence[Any], name: str) -> Value:
    shape = _rectangle(value)
    if shape is not None:
        flat = list(_flat(value, len(shape)))
        if all(isinstance(one, bool | np.bool_) for one in flat):
            return _frozen(np.array(flat, dtype=np.bool_).reshape(shape))
        if all(isinstance(one, str) for one in flat):
            return _texts([_text(one, name) for one in flat]).reshape(shape)
        if all(isinstance(one, int | np.integer) and not isinstance(one, bool) for one in flat):
            return _frozen(np.array([_whole(int(one), name) for one in flat], dtype=np.int64).reshape(shape))
        if all(isinstance(one, float | int | np.floating | np.integer) and not isinstance(one, bool) for one in flat):
            return _frozen(np.array(flat, dtype=np.float64).reshape(shape))
        if all(isinstance(one, datetime.date) and not isinstance(one, datetime.datetime) for one in flat):
            return _frozen(np.array(flat, dtype="datetime64[D]").reshape(shape))
    return [_for_r(element, f"{name}[{index}]") for index, element in enumerate(value)]


def _rectangle(value: Any) -> tuple[int, ...] | None:
    """The shape of nested lists of single values; None where they are no rectangle, or hold something else."""
    if not isinstance(value, list | tuple):
        return () if isinstance(value, float | int | str | np.generic | datetime.date) else None
    shapes = {_rectangle(element) for element in value}
    if len(shapes) != 1:
        return None
    (inner,) = shapes
    return None if inner is None else (len(value), *inner)


def _flat(value: Any, depth: int) -> Iterator[Any]:
    return iter(value) if depth == 1 else itertools.chain.from_iterable(_flat(one, depth - 1) for one in value)


# -- time --------------------------------------------------------------------------------------------------------------


def _moment(value: datetime.date, name: str) -> np.ndarray:
    if not isinstance(value, datetime.datetime):
        return _frozen(np.array(value, dtype="datetime64[D]"))
    if value.tzinfo is not None:
        raise CheckError(f"{name}: a time in the zone {value.tzinfo}; expected one without a zone, which is UTC")
    return _frozen(_coarsest(np.array(value, dtype="datetime64[us]")))


def _coarsest(array: np.ndarray) -> np.ndarray:
    """In the coarsest of s, ms, us that loses nothing: R counts seconds in doubles."""
    for unit in ("s", "ms", "us"):
        coarse = array.astype(f"datetime64[{unit}]")
        if np.array_equal(coarse.astype(array.dtype), array, equal_nan=True):
            return coarse
    return array


# -- frames and columns ------------------------------------------------------------------------------------------------


def _of_frames(value: Any, name: str) -> Value:
    """A data frame of pandas, polars or Arrow, one of its columns, or a sparse matrix."""
    leaf = as_leaf(value)
    if isinstance(leaf, Table):
        try:
            return frame_of(value)
        except ValueError as error:
            raise CheckError(f"{name}: {error}; expected columns of numbers, texts, dates or categories") from None
    if isinstance(leaf, Uncomparable):
        raise CheckError(f"{name}: {leaf.kind} has no counterpart in R; expected numbers, texts, dates or categories")
    if isinstance(leaf, WithNames):
        return Named(leaf.values, tuple(map(str, leaf.names[0] or ())))
    if isinstance(leaf, np.ndarray):
        return _array(leaf, name)
    if isinstance(leaf, Factor | Texts | Nullable | Instants | Spans):
        return leaf
    raise CheckError(f"{name}: {_a(value)} has no counterpart in R; expected a data frame or one of its columns")
