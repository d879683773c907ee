"""One protocol for whatever carries out a case: Python, R, either in a process of its own, a recording.

A subject is asked to observe a case; it makes what the case makes, then its calls, and yields what it saw.
No code outside this room asks which language a subject speaks: a subject has a name.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from parity.fixture.model import Case, Trajectory, Value
from parity.subjects.observation import Observation
from parity.subjects.per_case import once_per_case

Pointer = tuple[str | int, ...]
NAME = {"python": "Python", "r": "R"}


class MisfitError(Exception):
    """The fixture asks for something that the code under test does not have.

    `pointer` is the JSON path from the fixture's root. `whole`: no case of the fixture fits.
    """

    def __init__(self, pointer: Pointer, problem: str, expected: str, *, whole: bool = False) -> None:
        super().__init__(pointer, problem, expected, whole)
        self.pointer = pointer
        self.problem = problem
        self.expected = expected
        self.whole = whole

    def __str__(self) -> str:
        return f"{self.problem}; expected {self.expected}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _misfit, (self.pointer, self.problem, self.expected, self.whole)


def _misfit(pointer: Pointer, problem: str, expected: str, whole: bool) -> MisfitError:
    return MisfitError(pointer, problem, expected, whole=whole)


class Subject(Protocol):
    """`name` is the side that findings speak of: "python", "r"."""

    name: str

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        """Make what the case makes, then its calls (the first `calls` of them), each as a lazily made observation.

        A trajectory gives one observation per piece. It ends after the first failing call that was not to raise.
        Whatever the code did to its process is undone when the iterator ends or is closed. Raises MisfitError where
        the fixture asks for what the subject does not have.
        """

    def close(self) -> None:
        """Leave the process as it was found; the subject is not used any more."""


def in_pieces(
    trajectory: Trajectory, arguments: Mapping[str, Value], make: Callable[[Mapping[str, Value]], Observation]
) -> Iterator[Observation]:
    """The observations of a call that is a trajectory: one per piece, whose length is the argument `steps`."""
    step = 0
    for piece in trajectory.pieces():
        step += piece
        yield dataclasses.replace(make({**arguments, "steps": piece}), step=step, piece=piece)


class Interrupts:
    """Tells the user's Ctrl-C from a KeyboardInterrupt that the code under test raises by itself."""

    pressed = False


@contextlib.contextmanager
def listening() -> Iterator[Interrupts]:
    """While this is entered, a SIGINT that Python would turn into KeyboardInterrupt is also written down."""
    if threading.current_thread() is not threading.main_thread():
        yield _interrupts
        return
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:
        yield _interrupts
        return

    def write_down(number: int, frame: Any) -> None:
        _interrupts.pressed = True
        signal.default_int_handler(number, frame)

    _interrupts.pressed = False
    signal.signal(signal.SIGINT, write_down)
    try:
        yield _interrupts
    finally:
        signal.signal(signal.SIGINT, before)
        _interrupts.pressed = False


_interrupts = Interrupts()


def ours(error: BaseException) -> bool:
    """Whether an exception that came out of the code under test is the user's, not the code's."""
    return isinstance(error, KeyboardInterrupt) and _interrupts.pressed


def leave_if_forked(process: int) -> None:
    """A copy of this process that the code under test made by fork() must not go on verifying."""
    if os.getpid() != process:
        os._exit(0)


def go_back(directory: str) -> None:
    """To the working directory that the code under test has left, or removed."""
    try:
        if os.getcwd() != directory:
            os.chdir(directory)
    except OSError:
        pass


@once_per_case
def roots(case: Case, index: int) -> tuple[str, ...]:
    """The names of the values that hold what call number `index` is compared by."""
    return tuple(dict.fromkeys(name.split(".")[0] for name in case.compared(index)))


def one_of(names: object) -> str:
    """Names for a sentence that says what was expected."""
    texts = [str(name) for name in names]  # type: ignore[attr-defined]
    return f"one of {', '.join(texts)}" if texts else "none"
