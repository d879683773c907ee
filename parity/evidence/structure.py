"""Two sides' values laid over each other: which leaf is held against which.

A list of single numbers is a vector to the other language, a dict of them a vector with names; `None` meets NULL, an
empty list an empty vector. Whatever one side alone has stays, and is compared with nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parity.columns import Instants, Nullable, Spans, Sparse, Texts
from parity.subjects.observation import (
    Empty,
    Leaf,
    Null,
    Table,
    Uncomparable,
    WithNames,
    has_names,
    length_of,
    named,
)


def below(name: str, values: Mapping[str, Leaf]) -> dict[str, Leaf]:
    """The leaves at the path `name` and under it."""
    if name in values:
        return {name: values[name]}
    start = f"{name}."
    members = {path: leaf for path, leaf in values.items() if path.startswith(start)}
    return members or _column(name, values)


def _column(name: str, values: Mapping[str, Leaf]) -> dict[str, Leaf]:
    """The column of a data frame that the path names."""
    for path, leaf in values.items():
        if isinstance(leaf, Table) and name.startswith(f"{path}."):
            column = leaf.columns.get(named(name[len(path) + 1 :]))
            if column is not None:
                return {name: column.array() if isinstance(column, Texts | Nullable) else column}
    return {}


def laid_over(name: str, sides: Sequence[Mapping[str, Leaf]]) -> list[tuple[str, tuple[Leaf | None, ...]]]:
    """Every leaf below `name`, with what each side has there; a name found on no side stays, with None throughout."""
    if all(name in side for side in sides):
        return [(name, tuple([side[name] for side in sides]))]
    parts = [below(name, side) for side in sides]
    whole = [part for part in parts if part]
    if not whole:
        return [(name, (None,) * len(sides))]
    if all(part.keys() == whole[0].keys() for part in parts):
        return [(path, tuple(part[path] for part in parts)) for path in parts[0]]
    paths: dict[str, None] = {}
    for part in parts:
        paths.update(dict.fromkeys(part))
    # The shortest first: where one side has a leaf and another has members below it, the leaf's path is the place.
    for path in sorted(paths, key=len):
        if path in paths and any(other.startswith(f"{path}.") for other in paths):
            framed = any(isinstance(part.get(path), Table) for part in parts)
            flattened = [(_as_table if framed else _as_one)(path, part) for part in parts]
            if all(leaf is not None for leaf, part in zip(flattened, parts, strict=True) if below(path, part)):
                for part, leaf in zip(parts, flattened, strict=True):
                    for inner in list(below(path, part)):
                        del part[inner]
                    if leaf is not None:
                        part[path] = leaf
                paths = {p: None for p in paths if not p.startswith(f"{path}.")}
    return [(path, tuple(part.get(path) for part in parts)) for path in paths]


def _as_one(path: str, part: Mapping[str, Leaf]) -> Leaf | None:
    """What a side has at the path, as one leaf: single members below it are the elements of a vector."""
    if path in part:
        return part[path]
    members = {inner[len(path) + 1 :]: leaf for inner, leaf in part.items() if inner.startswith(f"{path}.")}
    if not members or not all(isinstance(leaf, np.ndarray) and leaf.size == 1 for leaf in members.values()):
        return None
    kinds = {leaf.dtype.kind for leaf in members.values()}
    if len(kinds) > 1 and not kinds <= set("fiu"):
        return None
    vector = np.array([leaf.ravel()[0] for leaf in members.values()])
    if list(members) == [str(place) for place in range(len(members))]:
        return vector
    names = tuple(map(named, members))
    if any("." in member and member == name for member, name in zip(members, names, strict=True)):
        return None  # deeper than one level
    return Keyed(vector, (names,))


def _as_table(path: str, part: Mapping[str, Leaf]) -> Leaf | None:
    """What a side has at the path, where another has a data frame: vectors of one length below it are its columns."""
    if path in part:
        return part[path]
    columns: dict[str, Any] = {}
    for inner, leaf in part.items():
        if inner.startswith(f"{path}."):
            values = leaf if hasattr(leaf, "codes") or isinstance(leaf, Instants | Spans) else plain(leaf)
            if isinstance(values, np.ndarray) and values.ndim == 0:
                values = values.reshape(1)
            columns[named(inner[len(path) + 1 :])] = values
    one_axis = all(np.ndim(getattr(c, "codes", getattr(c, "values", c))) == 1 for c in columns.values())
    alike = one_axis and len({length_of(column) for column in columns.values()}) == 1
    return Table(columns) if alike else None


class Keyed(WithNames):
    """A vector with names, as a dict of single numbers is to the other language."""


def plain(leaf: Leaf) -> Any:
    """What there is to compare in a leaf, apart from its names."""
    if type(leaf) is np.ndarray:  # as nearly every leaf is
        return leaf
    return leaf.values if has_names(leaf) else leaf


def is_factor(leaf: Leaf) -> bool:
    return not isinstance(leaf, np.ndarray) and hasattr(leaf, "codes") and hasattr(leaf, "levels")


def is_nothing(leaf: Leaf) -> bool:
    """None, NULL, or a list without members: there, and without an element."""
    return isinstance(leaf, Null | Empty)


def kind_of(leaf: Leaf) -> str:
    if isinstance(leaf, Null):
        return "NULL"
    if isinstance(leaf, Empty):
        return "an empty list"
    if isinstance(leaf, Uncomparable):
        return leaf.kind
    if isinstance(leaf, Table):
        return "a data frame"
    if isinstance(leaf, Sparse):
        return "a sparse matrix"
    return "values"
