"""A case, executed by a subject: what it traced, and its output as a function of one input."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from parity.fixture.model import Case, Value
from parity.subjects import BeginError, MisfitError, Subject
from parity.subjects.observation import Failure, Trace


def run(case: Case, subject: Subject, *, calls: int | None = None) -> Trace:
    """Make the case's calls (the first `calls` of them) and trace them; stop after the first that fails.

    Raises MisfitError, its pointer below the case, where the fixture asks for what the subject does not have.
    """
    made = []
    try:
        under_way = subject.begin(case)
    except BeginError as error:
        return Trace(subject.language, (error.trace,))
    for index, call in enumerate(case.calls[:calls]):
        try:
            made.append(under_way.call(call, case.compared(index)))
        except MisfitError as error:
            place = error.pointer[0] if error.pointer else ""
            raise error.below() if place == "make" else error.below("calls", index) from error
        if made[-1].error and not call.raises:
            break
    return Trace(subject.language, tuple(made))


class EvaluationError(Exception):
    """The forward pass failed at a nearby input."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.kind}: {failure.message}")


def position(case: Case, do: str) -> int | None:
    """The first call of that name."""
    return next((index for index, call in enumerate(case.calls) if call.do == do), None)


def input_at(case: Case, path: str, *, until: int, language: str) -> Value:
    """The value that the input `path` has in the calls up to number `until`; None where there is no such input."""
    place = _place(case, path, until, language)
    return None if place is None else _get(place[1], path)


def replaced(case: Case, path: str, value: Value, *, until: int, language: str) -> Case:
    """The same case with another value for the input `path`."""
    place = _place(case, path, until, language)
    if place is None:
        raise KeyError(path)
    index, arguments = place
    changed = _put(arguments, path, value)
    if index is None:
        return case.with_made(language, changed)
    calls = list(case.calls)
    calls[index] = calls[index].with_given(language, changed)
    return dataclasses.replace(case, calls=tuple(calls))


def as_function(case: Case, subject: Subject, path: str, *, until: int, of: str) -> Callable[[np.ndarray], np.ndarray]:
    """`of`, as returned by call number `until`, as a function of the input `path`."""

    def function(x: np.ndarray) -> np.ndarray:
        value = float(x) if x.ndim == 0 else x
        trace = run(replaced(case, path, value, until=until, language=subject.language), subject, calls=until + 1)
        last = trace.calls[-1]
        if last.error:
            raise EvaluationError(last.error)
        if of not in last.values:
            raise EvaluationError(Failure("missing", f"{last.do} gave no {of}"))
        return last.values[of]

    return function


def _place(case: Case, path: str, until: int, language: str) -> tuple[int | None, Mapping[str, Any]] | None:
    for index in range(until, -1, -1):
        given = case.calls[index].given(language)
        if _get(given, path) is not None:
            return index, given
    made = case.made_with(language)
    return (None, made) if _get(made, path) is not None else None


def _get(value: Any, path: str) -> Any:
    for key in path.split("."):
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _put(value: Any, path: str, leaf: Value) -> Any:
    key, _, rest = path.partition(".")
    if isinstance(value, list):
        changed = list(value)
        changed[int(key)] = _put(changed[int(key)], rest, leaf) if rest else leaf
        return changed
    return {**value, key: _put(value[key], rest, leaf) if rest else leaf}
