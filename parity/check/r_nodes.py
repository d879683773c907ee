"""Values as an R session writes them: read as what a case gives to Python, and as what the bridge would have brought.

A node is {"list": [...]}, {"dict": [[name, node], ...]}, {"python": "module:name"}, or a leaf as recordings have it
(`subjects.recording`), of which the shape [] is a scalar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from parity.columns import Instants, Nullable, Spans
from parity.fixture.arrays import frozen
from parity.fixture.model import Column, Factor, Frame, FunctionReference, Named, Value
from parity.subjects.observation import Null, Table, has_names
from parity.subjects.recording import decode

Node = Mapping[str, Any]
Array = np.ndarray[Any, Any]


class NodeError(Exception):
    """A value that has no place where it stands. The message says what was expected."""


def result_value(node: Node) -> Any:
    """A node as the bridge gives what R returned, with its labels."""
    if "list" in node:
        return [result_value(element) for element in node["list"]]
    if "dict" in node:
        return {key: result_value(element) for key, element in node["dict"]}
    return decode(node)


def argument_value(node: Node, name: str) -> Value:
    """A node as an argument of Python's function. Raises NodeError."""
    if "list" in node:
        return [argument_value(element, name) for element in node["list"]]
    if "dict" in node:
        return {key: argument_value(element, name) for key, element in node["dict"]}
    if "python" in node:
        return FunctionReference(node["python"], "")
    leaf = decode(node)
    if isinstance(leaf, Null):
        return None
    if isinstance(leaf, Table):
        columns = {key: _column(column, f"{name}${key}") for key, column in leaf.columns.items()}
        return Frame(columns, rows=leaf.rows)
    if hasattr(leaf, "codes"):
        return _factor(leaf, name)
    array = _array(leaf)
    if has_names(leaf) and leaf.names is not None and array.ndim == 1 and leaf.names[0] is not None:
        return Named(array, tuple("NA" if one is None else one for one in leaf.names[0]))
    if array.ndim == 0 and array.dtype.kind != "M":
        scalar: Value = array.item()
        return scalar
    return array


def _column(leaf: Any, name: str) -> Column:
    if isinstance(leaf, Nullable | Instants | Spans):
        return leaf
    return _factor(leaf, name) if hasattr(leaf, "codes") else _array(leaf)


def _array(leaf: Any) -> Array:
    array: Array = np.asarray(leaf.values) if has_names(leaf) else leaf
    # NumPy's own whole numbers do not overflow where R's give NA.
    return frozen(array.astype(np.int64) if array.dtype.kind == "i" else array)


def _factor(leaf: Any, name: str) -> Factor:
    if leaf.codes.ndim != 1:
        raise NodeError(f"the argument {name} is a factor with dimensions; expected one without")
    if None in leaf.levels:
        raise NodeError(f"the argument {name} has NA among its levels; expected levels that are texts")
    return Factor(frozen(leaf.codes), tuple(leaf.levels), leaf.ordered)
