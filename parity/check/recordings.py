"""Where the checks of a test find, or leave, what R gave: `__parity__/test_file/test_name.json` beside the test's file.

The plugin says which test is under way and whether its checks are replayed or recorded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from parity.subjects.recorded import Recorded, beside_test

Mode = Literal["replay", "record"]


@dataclass
class Test:
    """A test under way; `node` is what pytest calls it within its file. Its checks are numbered as they come."""

    file: Path
    node: str
    mode: Mode
    checks: int = 0

    def next(self) -> Recorded:
        self.checks += 1
        return beside_test(self.file, self.node, self.checks - 1)


_under_way: list[Test] = []


@contextlib.contextmanager
def under_way(file: Path, node: str, mode: Mode) -> Iterator[None]:
    """Meanwhile every check is one of this test."""
    _under_way.append(Test(file, node, mode))
    try:
        yield
    finally:
        _under_way.pop()


def next_check() -> tuple[Mode, Recorded] | None:
    """Whether the check that now begins is replayed or recorded, and where; None where it is neither."""
    return (_under_way[-1].mode, _under_way[-1].next()) if _under_way else None
