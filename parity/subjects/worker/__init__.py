"""Any subject in a process of its own, behind the protocol of subjects.

    subject = WorkerSubject("r", RSubject, fixture, WorkerOptions(timeout=10))
    for observation in subject.observe(case): ...

The process is started again when it dies. The case that was under way then ends in an observation that says how it died
and in which call; every other case is whole. `observe` sends its request at once and returns, so that two subjects
work at the same time: ask both, then read.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity.bridge import RUnavailable
from parity.fixture.model import Case, Fixture
from parity.subjects import MisfitError, Subject
from parity.subjects.observation import MAKE, Failure, Observation
from parity.subjects.worker.child import AHEAD, AHEAD_BYTES, serve_subject
from parity.subjects.worker.process import DiedError, WorkerProcess, module_path
from parity.subjects.worker.wire import unpack

__all__ = ["WorkerError", "WorkerOptions", "WorkerSubject"]

START = 60.0
"""Seconds within which a process has loaded a fixture, R's start included, beside those that the code itself may take.

Where the code is still running after those, it is told with its line; only what cannot be told so is waited for longer.
"""


class WorkerError(Exception):
    """The subject itself, not the code under test, failed in its process."""


@dataclass(frozen=True)
class WorkerOptions:
    """`timeout` is in seconds and for one case, `memory` in bytes of address space for the process."""

    timeout: float | None = None
    memory: int | None = None


class WorkerSubject:
    """`make(fixture, tell=...)` is called in the process; both must be picklable. It tells of each call before it is
    made, which is how the last one is known when the process dies."""

    def __init__(
        self,
        name: str,
        make: Callable[..., Subject],
        fixture: Fixture,
        options: WorkerOptions = WorkerOptions(),
    ) -> None:
        self.name = name
        self._make = make
        self._fixture = fixture
        self._options = options
        self._numbers = {id(case): number for number, case in enumerate(fixture.cases)}
        self._asked = 0
        self._open: _Stream | None = None
        self._process: WorkerProcess | None = None
        self._loaded = False
        self._start()

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        """Asks at once. Until its stream is read to the end or closed, no other case can be asked for: it is closed."""
        if self._open is not None:
            self._open.abandon()
        if self._process is None:
            self._start()
        assert self._process is not None
        self._asked += 1
        number = self._numbers.get(id(case))
        self._process.send(("observe", self._asked, case if number is None else number, calls))
        self._open = _Stream(self, case, self._asked)
        return self._open

    def close(self) -> None:
        """Leave the process for the next subject of that name, or end it where it is busy or not as it was."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._open is None and self._loaded:
            process.send(("close",))
            try:
                if process.receive(5.0) == ("closed", True):
                    _idle.put(self._key, process)
                    return
            except (DiedError, TimeoutError):
                pass
        process.end()

    @property
    def _key(self) -> tuple[object, ...]:
        return self.name, self._options.memory, os.getpid()

    def _start(self) -> None:
        self._process = _idle.take(self._key) or WorkerProcess(serve_subject)
        self._loaded = False
        load = ("load", self._make, self._fixture, str(Path.cwd()), module_path(), self._options.memory)
        self._process.send(load)

    # What follows is for the stream.

    def _receive(self, timeout: float | None) -> Any:
        assert self._process is not None
        if not self._loaded:
            self._load()
        message = self._process.receive(timeout)
        if message[0] in ("misfit", "unavailable", "error"):
            self._raise(message)
        return message

    def _load(self) -> None:
        assert self._process is not None
        limit = None if self._options.timeout is None else START + self._options.timeout
        try:
            message = self._process.receive(limit)
        except DiedError as error:
            self._forget()
            raise self._unloadable(str(error)) from None
        except TimeoutError:
            self._forget()
            raise self._unloadable(f"it did not load within {limit:g} s") from None
        if message[0] != "loaded":
            self._forget()
            self._raise(message)
        self._loaded = True

    def _unloadable(self, how: str) -> MisfitError:
        return MisfitError((self.name,), f"{how} while it was loaded", "code that can be loaded", whole=True)

    def _raise(self, message: tuple[Any, ...]) -> None:
        if message[0] == "misfit":
            raise message[1]
        if message[0] == "unavailable":
            raise RUnavailable(message[1])
        raise WorkerError(message[1])

    def _forget(self) -> str:
        """End the process. Says in which call it was."""
        process, self._process = self._process, None
        if process is None:
            return ""
        last_call = process.last_call
        process.end()
        return last_call


class _Stream(Iterator[Observation]):
    """The observations of one case, as they come. The parent acknowledges what it has read, which lets more come."""

    def __init__(self, subject: WorkerSubject, case: Case, number: int) -> None:
        self._subject = subject
        self._case = case
        self._number = number
        self._waited = 0.0
        self._read = 0
        self._read_bytes = 0
        self._next_call = self._step = 0
        self._step_of = MAKE
        self._done = False

    def __iter__(self) -> _Stream:
        return self

    def __next__(self) -> Observation:
        if self._done:
            raise StopIteration
        try:
            message = self._receive()
        except DiedError as error:
            return self._lost("died", str(error))
        except TimeoutError:
            assert self._subject._options.timeout is not None
            return self._lost("timeout", f"it did not finish within {self._subject._options.timeout:g} s")
        except BaseException:
            self._end()
            raise
        if message[0] == "end":
            self._end()
            raise StopIteration
        observation = unpack(message[2])
        call = self._case.calls[observation.call] if 0 <= observation.call < len(self._case.calls) else None
        self._next_call = observation.call + (call is None or call.trajectory is None)
        self._step, self._step_of = observation.step, observation.call
        if message[3]:
            self._end()
        else:
            self._acknowledge()
        return observation

    def close(self) -> None:
        """No more of it: the process is told, and is ready for another case when it has noticed."""
        if not self._done and self._subject._process is not None:
            self._subject._process.send(("stop", self._number))

    def abandon(self) -> None:
        """Close, and wait until the process is ready; one that goes on for more than a moment is ended instead."""
        self.close()
        end = time.monotonic() + 1.0
        try:
            while not self._done:
                message = self._subject._receive(max(0.0, end - time.monotonic()))
                if message[1] == self._number and (message[0] == "end" or message[3]):
                    break
        except (DiedError, TimeoutError, MisfitError, WorkerError, RUnavailable):
            self._subject._forget()
        self._end()

    def _receive(self) -> Any:
        timeout = self._subject._options.timeout
        if timeout is None:
            return self._subject._receive(None)
        if not self._subject._loaded:
            self._subject._load()
        # The time that this case was waited for, and not what the other side took meanwhile.
        start = time.monotonic()
        try:
            return self._subject._receive(max(0.0, timeout - self._waited))
        finally:
            self._waited += time.monotonic() - start

    def _acknowledge(self) -> None:
        process = self._subject._process
        assert process is not None
        self._read += 1
        self._read_bytes += process.channel.received
        if self._read >= AHEAD // 2 or self._read_bytes >= AHEAD_BYTES // 4:
            process.send(("read", self._number, self._read))
            self._read = self._read_bytes = 0

    def _lost(self, kind: str, how: str) -> Observation:
        last_call = self._subject._forget()
        self._end()
        message = f"{how}; the last call was {last_call}" if last_call else how
        index = min(self._next_call, len(self._case.calls) - 1)
        call = self._case.calls[index]
        step = piece = 0
        if call.trajectory is not None:
            step = self._step if self._step_of == index else 0
            piece = next((size for end, size in _ends(call.trajectory.pieces()) if end > step), 0)
        return Observation(index, call.do, error=Failure((kind,), message, last_call), step=step + piece, piece=piece)

    def _end(self) -> None:
        self._done = True
        if self._subject._open is self:
            self._subject._open = None


def _ends(pieces: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The last step of each piece, and its size."""
    end = 0
    for size in pieces:
        end += size
        yield end, size


class _Idle:
    """Processes that wait for the next subject: starting R takes longer than most fixtures."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: dict[tuple[object, ...], list[WorkerProcess]] = {}

    def take(self, key: tuple[object, ...]) -> WorkerProcess | None:
        with self._lock:
            waiting = self._processes.get(key)
            return waiting.pop() if waiting else None

    def put(self, key: tuple[object, ...], process: WorkerProcess) -> None:
        with self._lock:
            self._processes.setdefault(key, []).append(process)

    def end(self) -> None:
        with self._lock:
            processes = [process for waiting in self._processes.values() for process in waiting]
            self._processes.clear()
        for process in processes:
            process.end()


_idle = _Idle()
atexit.register(_idle.end)
