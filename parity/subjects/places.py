"""Where in the code under test something happened, as it is told: a file and a line."""

from __future__ import annotations

import sys
import sysconfig
import traceback
from collections.abc import Iterable
from pathlib import Path

_OURS = Path(__file__).resolve().parents[1]
_LIBRARIES = tuple(
    Path(path) for name in ("stdlib", "platstdlib", "purelib", "platlib") if (path := sysconfig.get_paths().get(name))
)


def told(file: str, folder: Path) -> str:
    """A file as it is named: from the fixture's folder where it lies there, else by its own name."""
    path = Path(file)
    try:
        return path.resolve().relative_to(folder).as_posix()
    except (ValueError, OSError):
        return path.name


def place(error: BaseException, folder: Path) -> str:
    """The innermost line that is neither a library's nor ours, as "port.py:12 in forward"; "" where there is none."""
    if isinstance(error, SyntaxError) and error.filename and not _is_ours(error.filename):
        return f"{told(error.filename, folder)}:{error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame.filename)]
    own = _last(frame for frame in frames if not _is_library(frame.filename))
    frame = own or _last(frames)
    return "" if frame is None else f"{told(frame.filename, folder)}:{frame.lineno} in {frame.name}"


def _last(frames: Iterable[traceback.FrameSummary]) -> traceback.FrameSummary | None:
    last = None
    for last in frames:  # noqa: B007
        pass
    return last


def _is_ours(file: str) -> bool:
    return _OURS in Path(file).parents


def _is_library(file: str) -> bool:
    path = Path(file)
    if file.startswith("<") and not file.startswith("<set-up"):
        return file != "<fixture>"
    return any(folder in path.parents for folder in _LIBRARIES) or file.startswith(sys.prefix + "/lib")
