"""A case's output as a function of one of its inputs, as a subject computes it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from parity.fixture.model import Case, Frame, Value
from parity.subjects import Subject
from parity.subjects.observation import MAKE, Failure, Leaf, Observation


def last_of(case: Case, subject: Subject, *, until: int) -> Observation:
    """What call number `until` gave, with the calls before it; the failing observation where one of them failed."""
    last = Observation(MAKE, "make", error=Failure(("nothing",), "no call was made"))
    stream = subject.observe(case, calls=until + 1)
    with contextlib.closing(stream):  # type: ignore[type-var]
        for observation in stream:
            last = observation
    if last.error is None and last.call != until:
        return dataclasses.replace(last, error=Failure(("nothing",), "the call was not reached"))
    return last


class EvaluationError(Exception):
    """The forward pass failed at a nearby input."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.kind}: {failure.message}")


def input_at(case: Case, path: str, *, until: int, side: str) -> Value:
    """The value that the input `path` has in the calls up to number `until`; None where there is no such input."""
    place = _place(case, path, until, side)
    return None if place is None else _get(place[1], path)


def replaced(case: Case, path: str, value: Value, *, until: int, side: str) -> Case:
    """The same case with another value for the input `path`, for this side."""
    place = _place(case, path, until, side)
    if place is None:
        raise KeyError(path)
    index, arguments = place
    replacement = _put(arguments, path, value)
    if index is None:
        return case.with_made(side, replacement)
    calls = list(case.calls)
    calls[index] = calls[index].with_given(side, replacement)
    return dataclasses.replace(case, calls=tuple(calls))


def as_function(case: Case, subject: Subject, path: str, *, until: int, of: str) -> Callable[[np.ndarray], Leaf]:
    """`of`, as returned by call number `until`, as a function of the input `path`."""

    def function(x: np.ndarray) -> Leaf:
        value = float(x) if x.ndim == 0 else x
        last = last_of(replaced(case, path, value, until=until, side=subject.name), subject, until=until)
        if last.error:
            raise EvaluationError(last.error)
        if of not in last.values:
            raise EvaluationError(Failure(("missing",), f"{last.do} gave no {of}"))
        return last.values[of]

    return function


def _place(case: Case, path: str, until: int, side: str) -> tuple[int | None, Mapping[str, Any]] | None:
    for index in range(until, -1, -1):
        values = case.calls[index].given(side)
        if _get(values, path) is not None:
            return index, values
    values = case.made_with(side)
    return (None, values) if _get(values, path) is not None else None


def _get(value: Any, path: str) -> Any:
    """What lies at the path; of a data frame the rest of it is a column's name, which may have dots."""
    if isinstance(value, Frame):
        return value.columns.get(path)
    key, _, rest = path.partition(".")
    if isinstance(value, Mapping) and path in value:
        return value[path]
    if isinstance(value, Mapping) and key in value:
        value = value[key]
    elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
        value = value[int(key)]
    else:
        return None
    return _get(value, rest) if rest else value


def _put(value: Any, path: str, leaf: Value) -> Any:
    if isinstance(value, Frame):
        columns: dict[str, Any] = {**value.columns, path: leaf}
        # Rows that were taken out leave nothing to say which names the others had.
        rows = value.rows if value.rows is not None and len(columns[path]) == len(value.rows) else None
        return dataclasses.replace(value, columns=columns, rows=rows)
    if isinstance(value, Mapping) and path in value:
        return {**value, path: leaf}
    key, _, rest = path.partition(".")
    if isinstance(value, list):
        elements = list(value)
        elements[int(key)] = _put(elements[int(key)], rest, leaf) if rest else leaf
        return elements
    return {**value, key: _put(value[key], rest, leaf) if rest else leaf}
