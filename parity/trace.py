"""What happened when one subject ran one case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


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
    """The arrays of a nested value with their paths; what is no array (None, an object) yields nothing."""
    if type(value) is np.ndarray:
        if value.dtype.kind in "fiubU":
            yield path, value
    elif isinstance(value, Mapping):
        for key, element in value.items():
            yield from leaves(f"{path}.{key}", element)
    elif isinstance(value, list | tuple):
        for position, element in enumerate(value):
            yield from leaves(f"{path}.{position}", element)
    elif value is not None:
        array = np.asarray(value)
        if array.dtype.kind in "fiubU":
            yield path, array
