"""Python or R, behind one protocol: a subject begins a case and then makes its calls one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from parity.fixture.model import Call, Case
from parity.subjects.observation import CallTrace

Pointer = tuple[str | int, ...]
NAME = {"python": "Python", "r": "R"}


class MisfitError(Exception):
    """The fixture asks for something that the code under test does not have.

    `pointer` is the JSON path below the place that was being carried out (the case, or one call of it); an
    `absolute` pointer starts at the fixture.
    """

    def __init__(self, pointer: Pointer, problem: str, expected: str, *, absolute: bool = False) -> None:
        super().__init__(f"{problem}; expected {expected}")
        self.pointer = pointer
        self.problem = problem
        self.expected = expected
        self.absolute = absolute

    def below(self, *prefix: str | int) -> MisfitError:
        if self.absolute:
            return self
        return MisfitError((*prefix, *self.pointer), self.problem, self.expected)


class Run(Protocol):
    """One case under way."""

    def call(self, call: Call, names: tuple[str, ...]) -> CallTrace:
        """Make the call and trace the values named (with everything below them)."""


class Subject(Protocol):
    language: str

    def begin(self, case: Case) -> Run:
        """Make what the case makes. Raises `MisfitError`, or whatever the constructor raises as `BeginError`."""

    def close(self) -> None:
        """Leave the process as it was found; the subject is not used any more."""


class BeginError(Exception):
    """The constructor itself failed; carries the failure as a result."""

    def __init__(self, trace: CallTrace) -> None:
        super().__init__(trace.error.message if trace.error else "")
        self.trace = trace


def refuse_if_all_fail(traced: Mapping[str, CallTrace]) -> None:
    """A call that every language refuses is the fixture's fault. Raises MisfitError at the call itself."""
    errors = {language: trace.error for language, trace in traced.items() if trace.error}
    if len(errors) == len(traced) > 1:
        said = "; ".join(f"{NAME[language]}: {error.message}" for language, error in errors.items())
        raise MisfitError((), f"every language refuses this call ({said})", "arguments that fit")


def one_of(names: object) -> str:
    """Names for a sentence that says what was expected."""
    listed = [str(name) for name in names]  # type: ignore[attr-defined]
    return f"one of {', '.join(listed)}" if listed else "none"
