"""A limit of time for Python code in this process."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class TookTooLongError(BaseException):
    """No Exception, since the code may catch all of those."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """TookTooLongError is raised where the code is after so many seconds, if no one else uses the process's alarm."""
    free = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
        and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    )
    if not free:
        yield
        return

    def ring(_number: int, _frame: Any) -> None:
        raise TookTooLongError(f"it was still running after {seconds:g} s")

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
