"""A third subject that judges the two: another function of either language, or a formula in many digits."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from parity.fixture.model import Case, Fixture, Referee
from parity.subjects import MisfitError, Subject
from parity.subjects.needs import NeedsError, remedy
from parity.subjects.observation import Observation
from parity.subjects.python import PythonSubject, resolve
from parity.subjects.r import RSubject

NAME = "referee"


class RefereeSubject:
    """Another subject under the name of the referee. It takes the arguments of the language that it is written in."""

    name = NAME

    def __init__(self, inner: Subject) -> None:
        self._inner = inner

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        return self._inner.observe(case, calls=calls)

    def close(self) -> None:
        self._inner.close()


def referee_of(fixture: Fixture, referee: Referee) -> RefereeSubject:
    """Raises MisfitError where there is no such function, NeedsError where a package is missing, and
    bridge.RUnavailable."""
    try:
        if referee.language == "r":
            return RefereeSubject(RSubject(dataclasses.replace(fixture, r=referee.code)))
        named = dataclasses.replace(fixture, python=referee.code, target=None)
        if referee.language == "mpmath":
            function = resolve(referee.code, fixture.path.parent.resolve())
            named = dataclasses.replace(named, target=_in_digits(function, referee.digits, fixture.path))
        return RefereeSubject(PythonSubject(named))
    except MisfitError as error:
        raise MisfitError(("referee", referee.language), error.problem, error.expected, whole=True) from error


def _in_digits(function: Callable[..., Any], digits: int, path: Path) -> Callable[..., Any]:
    """The function on mpmath's numbers of so many digits; what it gives is rounded to doubles once, at the end."""
    try:
        import mpmath
    except ImportError:
        raise NeedsError(
            f"{path}: Python has no module mpmath, which the referee needs; {remedy('python', ['mpmath'])}"
        ) from None

    def exactly(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
            return np.vectorize(mpmath.mpf, otypes=[object])(value) if value.size else value.astype(object)
        return mpmath.mpf(value) if isinstance(value, float) else value

    def rounded(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype == object:
            return value.astype(np.float64)
        if isinstance(value, mpmath.mpf):
            return float(value)
        if isinstance(value, mpmath.matrix):
            return np.array(value.tolist(), dtype=np.float64)
        if isinstance(value, list | tuple):
            parts = [rounded(part) for part in value]
            return np.array(parts) if all(isinstance(part, float) for part in parts) else type(value)(parts)
        return {key: rounded(part) for key, part in value.items()} if isinstance(value, dict) else value

    @functools.wraps(function)
    def judged(*arguments: Any, **named: Any) -> Any:
        with mpmath.workdps(digits):
            result = function(*map(exactly, arguments), **{name: exactly(value) for name, value in named.items()})
            return rounded(result)

    return judged
