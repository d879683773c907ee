"""Values as an R session writes them: read as what a case gives to Python, and as what R itself would have given.

A node is {"null": true}, {"list": [...]}, {"dict": [[name, node], ...]}, {"table": ...}, {"python": "module:name"},
{"uncomparable": "kind"}, or a leaf: elements in C order under the name of their type, with their "shape" and, where
there are some, the "names" along each axis. A shape [] is a scalar. The numbers that JSON lacks are texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from parity.arrays import NA_BITS
from parity.bridge import Factor as LabelledFactor
from parity.fixture.arrays import SPELLED, frozen
from parity.fixture.model import Factor, Frame, FunctionReference, Named, Value
from parity.subjects.observation import Uncomparable, WithNames

Node = Mapping[str, Any]
Array = np.ndarray[Any, Any]


class NodeError(Exception):
    """A value that has no place where it stands. The message says what was expected."""


def given(node: Node, name: str) -> Value:
    """A node as an argument of Python's function. Raises NodeError."""
    if "null" in node:
        return None
    if "python" in node:
        return FunctionReference(node["python"], "")
    if "list" in node:
        return [given(element, name) for element in node["list"]]
    if "dict" in node:
        return {key: given(element, name) for key, element in node["dict"]}
    if "table" in node:
        return Frame({key: _column(column, name, key) for key, column in node["table"]["columns"]})
    if "factor" in node:
        return _factor_given(node, name)
    array, names = _array(node), node.get("names")
    if array.dtype.kind == "i":
        array = frozen(array.astype(np.int64))  # NumPy's own whole numbers, which do not overflow where R's give NA
    if names is not None and array.ndim == 1 and names[0] is not None:
        return Named(array, tuple("NA" if one is None else one for one in names[0]))
    if array.ndim == 0 and array.dtype.kind != "M":
        scalar: Value = array.item()
        return scalar
    return array


def _column(node: Node, name: str, key: str) -> Array | Factor:
    if "factor" in node:
        return _factor_given(node, f"{name}${key}")
    array = _array(node)
    return array.astype(np.int64) if array.dtype.kind == "i" else array


def _factor_given(node: Node, name: str) -> Factor:
    if len(node["shape"]) != 1:
        raise NodeError(f"the argument {name} is a factor with dimensions; expected one without")
    if None in node["levels"]:
        raise NodeError(f"the argument {name} has NA among its levels; expected levels that are texts")
    return Factor(frozen(np.array(node["factor"], dtype=np.int32)), tuple(node["levels"]), bool(node["ordered"]))


def seen(node: Node) -> Any:
    """A node as the bridge gives what R returned, with its labels."""
    if "null" in node:
        return None
    if "uncomparable" in node:
        return Uncomparable(node["uncomparable"])
    if "list" in node:
        return [seen(element) for element in node["list"]]
    if "dict" in node:
        return {key: seen(element) for key, element in node["dict"]}
    if "table" in node:
        return {key: seen(column) for key, column in node["table"]["columns"]}
    names = tuple(None if axis is None else tuple(axis) for axis in node["names"]) if "names" in node else None
    if "factor" in node:
        codes = frozen(np.array(node["factor"], dtype=np.int32).reshape(node["shape"]))
        return LabelledFactor(codes, tuple(node["levels"]), bool(node["ordered"]), names)
    array = _array(node)
    return array if names is None else WithNames(array, names)


def _array(node: Node) -> Array:
    for kind, read in _READ.items():
        if kind in node:
            return frozen(read(node[kind]).reshape(node["shape"]))
    raise NodeError(f"a value of an unknown form: {', '.join(node)}")


def _float64(elements: list[Any]) -> Array:
    numbers: Array = np.array([0.0 if isinstance(one, str) else one for one in elements], dtype=np.float64)
    bits = numbers.view(np.uint64)
    for place, one in enumerate(elements):
        if one == "NA":
            bits[place] = NA_BITS
        elif isinstance(one, str):
            numbers[place] = SPELLED[one]
    return numbers


def _or_float(dtype: type) -> Callable[[list[Any]], Array]:
    """Whole numbers and truth values with an NA are doubles, as the bridge has them: no int32 or bool is NA."""
    return lambda elements: _float64(elements) if "NA" in elements else np.array(elements, dtype=dtype)


def _complex128(elements: list[Any]) -> Array:
    parts = _float64([part for pair in elements for part in pair])
    return parts.view(np.complex128)


def _text(elements: list[Any]) -> Array:
    dtype: Any = np.dtypes.StringDType(na_object=None) if None in elements else np.str_
    return np.array(elements, dtype=dtype)


def _date(elements: list[Any]) -> Array:
    return np.array(["NaT" if one is None else one for one in elements], dtype="datetime64[D]")


_UNITS = {0: "s", 3: "ms", 6: "us", 9: "ns"}


def _instant(elements: list[Any]) -> Array:
    digits = max((len(one.partition(".")[2]) for one in elements if one is not None), default=0)
    return np.array(["NaT" if one is None else one for one in elements], dtype=f"datetime64[{_UNITS[digits]}]")


_READ: Mapping[str, Callable[[list[Any]], Array]] = {
    "float64": _float64,
    "int32": _or_float(np.int32),
    "bool": _or_float(np.bool_),
    "uint8": lambda elements: np.array(elements, dtype=np.uint8),
    "complex128": _complex128,
    "text": _text,
    "date": _date,
    "instant": _instant,
}
