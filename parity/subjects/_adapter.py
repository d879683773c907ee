"""Throw-away: the protocol of subjects that the worker is built against, over today's begin and call.

`Adapted` gives a subject of today the protocol to come (`observe`); `Stepwise` is the way back, so that today's
driver can be run on workers. Both go when subjects observe by themselves; then `Observation` and `Failure` come from
`parity.subjects.observation`.
"""

# mypy: ignore-errors
from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from parity.fixture.model import Call, Case, Fixture
from parity.subjects import BeginError, MisfitError
from parity.subjects import observation as today
from parity.subjects.breadcrumb import tell


@dataclass(frozen=True)
class Failure:
    classes: tuple[str, ...]
    message: str
    where: str = ""
    call: str = ""


@dataclass(frozen=True)
class Condition:
    classes: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Observation:
    call: int
    do: str
    step: int = 0
    values: Mapping[str, np.ndarray] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    warnings: tuple[Condition, ...] = ()
    output: str = ""
    error: Failure | None = None


class Subject(Protocol):
    name: str

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Adapting:
    """Makes an adapted subject; a value that can be pickled."""

    make: Callable[[Fixture], Any]

    def __call__(self, fixture: Fixture) -> Subject:
        return Adapted(self.make(fixture), fixture)


class Adapted:
    def __init__(self, subject: Any, fixture: Fixture) -> None:
        self.name: str = subject.language
        self._subject = subject
        reference = fixture.python if self.name == "python" else fixture.r
        self._title = reference.rpartition(":")[2]

    def close(self) -> None:
        self._subject.close()

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        tell(self._title)
        try:
            run = self._subject.begin(case)
        except BeginError as error:
            yield _observed(-1, 0, error.trace)
            return
        for index, call in enumerate(case.calls[:calls]):
            step = 0
            tell(self._title if call.do == "call" else f"{self._title}.{call.do}")
            for piece in _pieces(call):
                try:
                    trace = run.call(piece, case.names(index))
                except MisfitError as error:
                    place = error.pointer[0] if error.pointer else ""
                    raise error.below() if place == "make" else error.below("calls", index) from error
                step += piece.arguments["steps"] if call.trajectory else 0  # type: ignore[operator]
                yield _observed(index, step, trace)
                if trace.error and not call.raises:
                    return


def _pieces(call: Call) -> Iterator[Call]:
    if call.trajectory is None:
        yield call
        return
    for steps in call.trajectory.pieces():
        yield dataclasses.replace(call, arguments={**call.arguments, "steps": steps}, expect={})


def _observed(index: int, step: int, trace: today.CallTrace) -> Observation:
    error = trace.error and Failure((trace.error.kind,), trace.error.message, trace.error.where)
    warnings = tuple(Condition(("warning",), text) for text in trace.warnings)
    return Observation(index, trace.do, step, trace.values, trace.mutated, warnings, trace.output, error)


class Stepwise:
    """begin and call, over a subject that observes."""

    def __init__(self, subject: Subject) -> None:
        self.language = subject.name
        self._subject = subject

    def close(self) -> None:
        self._subject.close()

    def begin(self, case: Case) -> Any:
        stream = self._subject.observe(case)
        first = next(stream, None)
        if first is not None and first.call < 0:
            raise BeginError(_traced(first))
        return _Step(stream, first)


class _Step:
    def __init__(self, stream: Iterator[Observation], first: Observation | None) -> None:
        self._stream = stream
        self._first = first

    def call(self, call: Call, names: tuple[str, ...]) -> today.CallTrace:  # noqa: ARG002
        first, self._first = self._first, None
        observation = first or next(self._stream)
        return _traced(observation)


def _traced(observation: Observation) -> today.CallTrace:
    error = observation.error
    return today.CallTrace(
        observation.do,
        observation.values,
        observation.changed,
        tuple(warning.message for warning in observation.warnings),
        observation.output,
        error and today.Failure(error.classes[0], error.message, error.where),
    )
