"""What runs in a process of `WorkerProcess`: nothing here is imported by its parent but the names of functions."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from parity.subjects import MisfitError
from parity.subjects.observation import Failure, Observation, printable
from parity.subjects.worker.channel import Channel, ChannelClosedError, Page
from parity.subjects.worker.process import LOST
from parity.subjects.worker.wire import pack

_AWAY = 200
"""Our descriptors lie from this number on, where a loop over "all" descriptors of a script seldom gets."""

AHEAD = 8
AHEAD_BYTES = 64 * 1024 * 1024
"""How many observations, and bytes of them, may be on their way and not yet read."""


def main() -> None:
    end, page, parent = map(int, sys.argv[1:4])
    _die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # R sets a handler of its own while it sleeps or waits; a blocked signal does not reach that either.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    away = fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _AWAY)
    os.close(end)
    channel = Channel(socket.socket(fileno=away))
    last_call = Page(page)
    os.close(page)
    threading.Thread(target=_end_with, args=(away,), daemon=True, name="parity-watch").start()
    try:
        serve: Callable[[Channel, Page], None] = channel.receive()
        serve(channel, last_call)
    except ChannelClosedError:
        if not _hung_up(away, 0):
            os._exit(LOST)
    # Threads of the code under test would keep the interpreter from ending.
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    os._exit(0)


def _die_with(parent: int) -> None:
    """Have the kernel kill us when our parent ends in whatever way, where there is a kernel that does."""
    if sys.platform == "linux":
        import ctypes

        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _hung_up(descriptor: int, milliseconds: int | None) -> bool:
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(milliseconds))


def _end_with(descriptor: int) -> None:
    """End, with all that was started here, when the other side is gone; an idle process does so by itself."""
    if _hung_up(descriptor, None):
        time.sleep(2)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
    os._exit(LOST)


# -- a subject --------------------------------------------------------------------------------------------------------


def serve_subject(channel: Channel, page: Page) -> None:
    """Load, observe, close, as asked, until the channel is closed."""
    subject: Any = None
    fixture: Any = None
    threads = threading.active_count()
    while True:
        message = channel.receive()
        if message[0] == "observe":
            _, number, case, calls = message
            if isinstance(case, int):
                case = fixture.cases[case]
            if subject is not None:
                _observe(channel, page, subject, case, number, calls)
            else:  # it did not load, which was said; what was asked meanwhile has no answer
                channel.send(("end", number))
        elif message[0] == "load":
            _, make, fixture, folder, path, memory = message
            page.write("loading")
            subject, answer = _load(make, fixture, folder, path, memory, page)
            threads = threading.active_count()
            channel.send(answer)
        elif message[0] == "close":
            closed = subject is not None and _closed(subject)
            subject = fixture = None
            clean = closed and threading.active_count() <= threads and not _has_children()
            channel.send(("closed", clean))


def _load(
    make: Any, fixture: Any, folder: str, path: list[str], memory: int | None, page: Page
) -> tuple[Any, tuple[Any, ...]]:
    try:
        os.chdir(folder)
        sys.path[:] = path
        _limit(memory)
        return make(fixture, tell=page.write), ("loaded",)
    except BaseException as error:
        return None, _told(error)


def _limit(memory: int | None) -> None:
    if memory is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _observe(channel: Channel, page: Page, subject: Any, case: Any, number: int, calls: int | None) -> None:
    """Hand the observations on as they are made, a bounded number ahead of their reader."""
    on_their_way: list[int] = []
    last: Observation | None = None
    page.write("")
    stream: Iterator[Observation] | None = None
    try:
        stream = iter(subject.observe(case, calls=calls))
        following = next(stream, None)
        while following is not None:
            last, following = following, None
            final = _is_final(case, last, calls)
            if final:  # nothing is called any more: the end travels with the last observation
                following = next(stream, None)
            ends = final and following is None
            on_their_way.append(channel.send(("observation", number, pack(last), ends)))
            if ends:
                return
            if not _may_go_on(channel, on_their_way, number):
                break
            if not final:
                following = next(stream, None)
    except ChannelClosedError:
        raise
    except MisfitError as error:
        channel.send((*_told(error), number))
        return
    except BaseException as error:
        if isinstance(error, Exception):  # the code under test raises inside the subject, which makes it a failure
            channel.send((*_told(error), number))
            return
        index = 0 if last is None else min(last.call + 1, len(case.calls) - 1)
        kinds = tuple(kind.__name__ for kind in type(error).__mro__ if kind is not object)
        failure = Failure(kinds, printable(error))
        dying = Observation(index, case.calls[index].do, error=failure)
        channel.send(("observation", number, pack(dying), False))
    finally:
        if stream is not None and hasattr(stream, "close"):
            with contextlib.suppress(BaseException):
                stream.close()
    channel.send(("end", number))


def _is_final(case: Any, observation: Observation, calls: int | None) -> bool:
    """Whether no call of the case follows this observation."""
    last = len(case.calls[:calls]) - 1
    if observation.call != last:
        return False
    trajectory = case.calls[last].trajectory
    return trajectory is None or observation.step >= trajectory.steps


def _may_go_on(channel: Channel, on_their_way: list[int], number: int) -> bool:
    """Wait while too much is on its way; False when the reader wants no more."""
    while True:
        message = channel.take()
        if message is None:
            if len(on_their_way) < AHEAD and sum(on_their_way) < AHEAD_BYTES:
                return True
            message = channel.receive()
        if message[0] == "stop" and message[1] == number:
            return False
        if message[0] == "read" and message[1] == number:
            del on_their_way[: message[2]]


def _closed(subject: Any) -> bool:
    try:
        subject.close()
    except BaseException:
        return False
    return True


def _told(error: BaseException) -> tuple[Any, ...]:
    """An exception as a message: what its class needs to be made again is not always what it holds."""
    if isinstance(error, MisfitError):
        return "misfit", error
    from parity.bridge import RUnavailable

    if isinstance(error, RUnavailable):
        return "unavailable", str(error)
    place = ""
    if error.__traceback__ is not None:
        import traceback

        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f" ({os.path.basename(last.filename)}:{last.lineno})"
    return "error", f"{type(error).__name__}: {printable(error)}{place}"


def _has_children() -> bool:
    """Whether something that was started here still runs. A copy that a fork made ends by itself, in a moment."""
    end = time.monotonic() + 0.5
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                if time.monotonic() > end:
                    return True
                time.sleep(0.005)
        except ChildProcessError:
            return False
