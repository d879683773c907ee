"""What one stage gave, as what the next one takes: of its own side, or of the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from parity.columns import Instants, Nullable, Spans, Texts
from parity.evidence.structure import below
from parity.fixture.model import Factor, Frame, Named, Value
from parity.subjects.observation import Empty, Leaf, Null, Table, Uncomparable, has_names, named


class HandoverError(Exception):
    """What a stage gave has no form in which another function could take it."""


def value_of(values: Mapping[str, Leaf], name: str) -> Value:
    """The value called `name` out of leaves by path. Raises HandoverError, also where there is none."""
    parts = below(name, values)
    if not parts:
        raise HandoverError(f"there is no {name}")
    if set(parts) == {name}:
        return _value(parts[name], name)
    root: dict[tuple[str, bool], Any] = {}
    for path, leaf in parts.items():
        *branches, last = _keys(path[len(name) + 1 :])
        place: Any = root
        for key in branches:
            place = place.setdefault(key, {})
        place[last] = _value(leaf, path)
    nested: Value = _nested(root)
    return nested


def _keys(path: str) -> list[tuple[str, bool]]:
    """The parts of a path, each with whether it is a position; a quoted part may have dots in it."""
    keys, part, quoted = [], "", False
    for letter in path:
        if letter == "." and not quoted:
            keys.append(part)
            part = ""
            continue
        quoted ^= letter == '"'
        part += letter
    return [(named(key), key.isdigit()) for key in [*keys, part]]


def _nested(tree: Any) -> Any:
    if not isinstance(tree, dict) or not tree or not all(isinstance(key, tuple) for key in tree):
        return tree
    if all(position for _, position in tree):
        return [_nested(tree[key]) for key in sorted(tree, key=lambda key: int(key[0]))]
    return {key: _nested(entry) for (key, _), entry in tree.items()}


def _value(leaf: Leaf, path: str) -> Value:
    if isinstance(leaf, np.ndarray):
        if leaf.ndim == 0 and leaf.dtype.kind in "fiubU":
            return leaf.item()  # type: ignore[no-any-return]
        return leaf
    if isinstance(leaf, Null):
        return None
    if isinstance(leaf, Empty):
        return {}
    if isinstance(leaf, Texts | Nullable | Instants | Spans | Factor):
        return leaf
    if isinstance(leaf, Table):
        columns = {name: _value(column, f"{path}.{name}") for name, column in leaf.columns.items()}
        return Frame(columns=columns, key=leaf.key, rows=leaf.rows)  # type: ignore[arg-type]
    if hasattr(leaf, "codes"):
        return Factor(np.asarray(leaf.codes, dtype=np.int32), tuple(map(str, leaf.levels)), bool(leaf.ordered))
    if has_names(leaf):
        array, names = leaf.values, leaf.names
        whole = names is not None and len(names) == 1 and names[0] is not None and None not in names[0]
        return Named(array, tuple(names[0])) if whole and array.ndim == 1 else np.asarray(array)
    kind = leaf.kind if isinstance(leaf, Uncomparable) else type(leaf).__name__
    raise HandoverError(f"{path} is {kind}, which cannot be handed over")


def dressed(value: Value, like: Value) -> Value:
    """The value of one side in the form that the other has its own in: an array of one number where R has no scalars,
    whole numbers where R has doubles."""
    if isinstance(value, Mapping) and isinstance(like, Mapping):
        return {name: dressed(element, like[name]) if name in like else element for name, element in value.items()}
    if isinstance(value, list) and isinstance(like, list) and len(value) == len(like):
        return [dressed(one, other) for one, other in zip(value, like, strict=True)]
    if isinstance(value, Named) and isinstance(like, np.ndarray):
        value = value.values
    if not _is_plain(value) or not _is_plain(like):
        return value
    array, own = np.asarray(value), np.asarray(like)
    if array.size == own.size == 1:
        array = array.reshape(own.shape)
    if array.dtype != own.dtype and {array.dtype.kind, own.dtype.kind} <= set("iuf"):
        with np.errstate(invalid="ignore"):
            other = array.astype(own.dtype)
        if own.dtype.itemsize >= 8 and np.array_equal(other, array):
            array = other
    if array.dtype == np.float32:
        array = array.astype(np.float64)
    return array.item() if isinstance(like, float | int | bool | str) and array.ndim == 0 else array


def _is_plain(value: Value) -> bool:
    return isinstance(value, np.ndarray | float | int | bool)


def alike(one: Value, other: Value) -> bool:
    """Whether two values are the same to the bit, of one shape; that one is a scalar and the other R's vector of one
    is no difference."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(alike(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if _is_plain(one) and _is_plain(other):
        a, b = np.asarray(one), np.asarray(dressed(other, one))
        if a.dtype != b.dtype or a.shape != b.shape:
            return False
        return a.tobytes() == b.tobytes() if a.dtype.kind in "fiubc" else bool(np.array_equal(a, b))
    if isinstance(one, str | None) or isinstance(other, str | None):
        return type(one) is type(other) and one == other
    return False  # it costs two more runs to take for different what may be the same
