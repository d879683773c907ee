"""What the code under test was called with last, so that a process that dies can still be asked.

A subject tells before each call; nobody listens, except in a worker, which writes it where its parent can read it.
"""

from __future__ import annotations

from collections.abc import Callable


def _nowhere(_what: str) -> None:
    return


_listener: Callable[[str], None] = _nowhere


def tell(what: str) -> None:
    """The call that is about to be made, as a reader would name it: "Affine.backward"."""
    _listener(what)


def listen(listener: Callable[[str], None]) -> None:
    """From now on, `listener` is told; there is one in a process."""
    global _listener
    _listener = listener
