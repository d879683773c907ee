"""What happened when one subject ran one case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

COMPARABLE = "fiubUT"
"""NumPy's kinds of arrays that can be compared: numbers, truth values, texts."""


@dataclass(frozen=True)
class Failure:
    """An error raised by the code under test: a result of the case, not a crash of the run."""

    kind: str
    message: str
    where: str = ""


@dataclass(frozen=True)
class CallTrace:
    """One call's values by path ("out", "grads.W1"): numeric, logical or character arrays; scalars are 0-d.

    `mutated` names arguments whose bytes the call changed without saying so in `updates`.
    """

    do: str
    values: Mapping[str, np.ndarray] = field(default_factory=dict)
    mutated: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    output: str = ""
    error: Failure | None = None


@dataclass(frozen=True)
class Trace:
    """The calls that were made, in order; after a failed call none is made."""

    language: str
    calls: tuple[CallTrace, ...]


def leaves(path: str, value: Any) -> Iterator[tuple[str, np.ndarray]]:
    """The arrays of a nested value with their paths.

    None yields nothing. What else cannot be compared (complex numbers, a masked array, any object) yields an array of
    its type's name that no comparison passes: it is not dropped, which two sides might do in the same way.
    """
    if type(value) is np.ndarray:
        yield path, value if value.dtype.kind in COMPARABLE else _uncomparable(str(value.dtype))
    elif isinstance(value, Mapping):
        for key, element in value.items():
            yield from leaves(f"{path}.{key}", element)
    elif isinstance(value, list | tuple):
        for position, element in enumerate(value):
            yield from leaves(f"{path}.{position}", element)
    elif value is not None:
        array = np.asarray(value)
        plain = array.dtype.kind in COMPARABLE and not isinstance(value, np.ma.MaskedArray)
        yield path, array if plain else _uncomparable(type(value).__name__)


def _uncomparable(kind: str) -> np.ndarray:
    array = np.empty((), dtype=object)
    array[()] = kind
    return array
