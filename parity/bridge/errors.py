"""What the bridge raises, and what R signals."""

from __future__ import annotations

from dataclasses import dataclass

REMEDY = (
    "Install R (Debian and Ubuntu: apt install r-base-core r-base-dev; macOS: brew install r; conda: r-base) and "
    "`pip install rpy2-rinterface` with R on the PATH. "
    "R before 4.5 needs rpy2-rinterface 3.6.5 or older; 3.6.6 and newer need R 4.5 or newer."
)


class RUnavailable(Exception):
    """rpy2 or R can't be loaded. The message says why and what to install."""


class RThreadError(RuntimeError):
    """R was called from another thread than the one that started it. R was not touched."""


class ConversionError(TypeError):
    """A value that has no faithful counterpart in the other language."""


class RError(RuntimeError):
    """An error raised by R code.

    message: R's `conditionMessage`. call: the failing call on one line, "" if R knows none.
    traceback: the calls that led there, outermost first, one line each.
    classes: R's `class` of the condition, most specific first; () where R said why only on its console.
    where: "file.R:12", the innermost call in code that was read with its source kept (`evaluate_file`), else "".
    """

    def __init__(
        self,
        message: str,
        call: str = "",
        traceback: tuple[str, ...] = (),
        classes: tuple[str, ...] = (),
        where: str = "",
    ) -> None:
        super().__init__(message, call, traceback, classes, where)  # all five, so that it survives pickling
        self.message = message
        self.call = call
        self.traceback = traceback
        self.classes = classes
        self.where = where

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.call, self.where) if part)
        return f"{self.message} (in {place})" if place else self.message


@dataclass(frozen=True)
class Condition:
    """A warning that R gave: its classes, most specific first, and its message."""

    classes: tuple[str, ...]
    message: str
