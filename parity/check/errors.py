"""What `parity.check` and `parity.r` raise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parity.verify.results import Report


class CheckError(ValueError):
    """The check itself cannot be made as it was asked for: a sentence that names the argument and what was expected."""

    __module__ = "parity"


class Disagreement(AssertionError):
    """The two sides do not agree. `report` has everything that was seen; the message shows what failed, and where."""

    __module__ = "parity"

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report
