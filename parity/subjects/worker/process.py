"""A Python process of ours: started without the user's `__main__` and without the working directory on its path,
spoken to over a private channel, and gone when we are.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from parity.subjects.worker.channel import Channel, ChannelClosedError, Page

LOST = 97
"""Exit status of a worker whose channel is gone though its parent is not."""

# `sys` is built in: nothing is looked up on a path before the path is ours. `python -m` would look the module up, and
# before Python 3.11 (which knows -P) in the working directory first: a stranger's `types.py` there would run.
_BOOT = "import sys; sys.path[:] = sys.argv[4:]; from parity.subjects.worker.child import main; main()"
_ROOT = str(Path(__file__).resolve().parents[3])


class DiedError(Exception):
    """The process is no more. The message says how it ended."""


def module_path() -> list[str]:
    """Where we find modules, without the working directory, unless somebody chose it."""
    chosen = {_ROOT, *os.environ.get("PYTHONPATH", "").split(os.pathsep)} - {""}
    here = {"", str(Path.cwd())} - chosen
    path = [entry for entry in sys.path if entry not in here]
    return path if _ROOT in path else [*path, _ROOT]


class WorkerProcess:
    """`serve` is a function of a module, handed the channel and the page in the new process.

    `quiet` processes have nowhere to print to; the others print where this one does.
    """

    def __init__(self, serve: Any, *, environment: Mapping[str, str] | None = None, quiet: bool = True) -> None:
        ours, theirs = socket.socketpair()
        self._page, page = Page.new()
        # Its own folder for temporary files: R removes its own when it ends, but not when it is killed.
        self._folder = tempfile.mkdtemp(dir=_folder())
        try:
            variables = {**(os.environ if environment is None else environment), "TMPDIR": self._folder}
            flags: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
            safe = ["-P"] if sys.version_info >= (3, 11) and "-P" not in flags else []
            numbers = map(str, (theirs.fileno(), page, os.getpid()))
            output = subprocess.DEVNULL if quiet else None
            self._popen = _started(
                [sys.executable, *flags, *safe, "-c", _BOOT, *numbers, *module_path()],
                pass_fds=(theirs.fileno(), page),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=variables,
                start_new_session=True,  # no Ctrl-C reaches it, and it can be killed with all that it starts
            )
        except BaseException:
            ours.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        finally:
            theirs.close()
            os.close(page)
        self.pid = self._popen.pid
        self.channel = Channel(ours)
        self._poll = select.poll()
        self._poll.register(ours, select.POLLIN)
        self._exited = _descriptor_of(self.pid)
        if self._exited is not None:
            self._poll.register(self._exited, select.POLLIN)
        self._ended: str | None = None
        self._lock = threading.Lock()
        self._speaking = threading.Lock()
        _alive.add(self)
        self.send(serve)

    @property
    def last_call(self) -> str:
        return self._page.read()

    def send(self, value: object) -> int:
        """What cannot be sent because the process is gone is said by the next `receive`."""
        with self._speaking, contextlib.suppress(ChannelClosedError):
            return self.channel.send(value)
        return 0

    def receive(self, timeout: float | None = None) -> Any:
        """Raises DiedError; TimeoutError when nothing comes in so many seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        gone = self._ended is not None
        while True:
            try:
                value = self.channel.take()
            except ChannelClosedError:
                raise DiedError(self.end(patience=2.0, otherwise=_how(LOST))) from None
            if value is not None:
                return value
            if gone:  # its last words have been read
                raise DiedError(self.end())
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError
            # Without a descriptor for the process we look again from time to time: what it forked may hold its end.
            tick = None if self._exited is not None else 0.05
            wait = min((w for w in (left, tick) if w is not None), default=None)
            ready = self._poll.poll(None if wait is None else wait * 1000)
            if self._exited is None:
                gone = not _runs(self._popen)
            else:
                gone = any(number == self._exited for number, _ in ready)

    def end(self, *, patience: float = 0.0, otherwise: str = "the process was killed") -> str:
        """Close the channel, which ends a process that is idle; kill it, with all it started, if it does not end within
        `patience` seconds. Says how it ended: `otherwise` if we killed it."""
        with self._lock:
            if self._ended is None:
                self.channel.close()
                if not _ends(self._popen, patience):
                    self._ended = otherwise
                _kill_group(self.pid)  # before it is reaped: its number is its group's, and nobody else's, until then
                status = self._popen.wait()
                self._ended = self._ended or _how(status)
                if self._exited is not None:
                    os.close(self._exited)
                shutil.rmtree(self._folder, ignore_errors=True)
                _alive.discard(self)
            return self._ended


def _ends(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the process ends within so many seconds; it is not reaped, where that can be helped."""
    end = time.monotonic() + seconds
    wait = 0.0005
    while _runs(process):
        if time.monotonic() >= end:
            return False
        time.sleep(wait)
        wait = min(2 * wait, 0.02)
    return True


def _runs(process: subprocess.Popen[bytes]) -> bool:
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return process.poll() is None
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:  # somebody else has waited for it
        return False


def _descriptor_of(pid: int) -> int | None:
    """What can be polled for the end of a process, where the system has such a thing and allows it."""
    try:
        return os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    except OSError:
        return None


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _how(status: int) -> str:
    if status == LOST:
        return "the process lost its channel: the code under test closed descriptors that were not its own"
    if status >= 0:
        return f"the process ended itself with exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"the process died with {name}"


# -- all of them ------------------------------------------------------------------------------------------------------

_alive: weakref.WeakSet[WorkerProcess] = weakref.WeakSet()
_starter: tuple[int, ThreadPoolExecutor] | None = None


def _started(command: list[str], **rest: Any) -> subprocess.Popen[bytes]:
    """Started from a thread that lives as long as we do: Linux kills a child that asked for it when the thread that
    started it ends, not when the process does."""
    global _starter
    if _starter is None or _starter[0] != os.getpid():
        _starter = os.getpid(), ThreadPoolExecutor(1, "parity-starter")
    return _starter[1].submit(lambda: subprocess.Popen[bytes](command, **rest)).result()


_temporary: tuple[int, str, int] | None = None


def _folder() -> str:
    """Where the folders of this process's workers lie. It is locked while we live, so that the next one who comes this
    way knows which of them belong to nobody any more: a process that is killed cannot clean up."""
    global _temporary
    if _temporary is None or _temporary[0] != os.getpid():
        for left in Path(tempfile.gettempdir()).glob("parity-*/lock"):
            with contextlib.suppress(OSError), left.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left.parent, ignore_errors=True)
        folder = tempfile.mkdtemp(prefix="parity-")
        lock = os.open(f"{folder}/new", os.O_CREAT | os.O_WRONLY, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.rename(f"{folder}/new", f"{folder}/lock")
        _temporary = os.getpid(), folder, lock
    return _temporary[1]


@atexit.register
def _end_all() -> None:
    for process in list(_alive):
        if process.channel._owner == os.getpid():
            process.channel.close()
    for process in list(_alive):
        if process.channel._owner == os.getpid():
            process.end(patience=1.0)
    if _temporary is not None and _temporary[0] == os.getpid():
        shutil.rmtree(_temporary[1], ignore_errors=True)
