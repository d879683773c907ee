"""A report as JSON, for programs."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import re
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parity.verify.results import Report


def as_json(report: Report) -> str:
    """The whole report. NaN, Inf and -Inf are written as strings, as in fixtures."""
    return _written({"ok": report.ok, "seconds": report.seconds, "elements": report.count, **_plain(report)})


def as_text(document: object) -> str:
    """Any other results as JSON, by the same rules."""
    return _written(_plain(document))


def _written(document: object) -> str:
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False, default=str)
    # A series of ten thousand numbers is one line, not ten thousand. Text holds no line ends in JSON, so none is met.
    compact = _NUMBERS.sub(lambda match: re.sub(r"\s+", " ", match[0]).replace("[ ", "[").replace(" ]", "]"), text)
    # No encoding has half of a surrogate pair; JSON can name one.
    return _SURROGATES.sub(lambda match: f"\\u{ord(match[0]):04x}", compact) + "\n"


_NUMBERS = re.compile(r"\[\n\s*-?[\d.]+(?:e[-+]?\d+)?(?:,\n\s*-?[\d.]+(?:e[-+]?\d+)?)*\n\s*\]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")
_LINKS = 40  # as many as the system follows


class Destination:
    """Where a report is written. Only a regular file is replaced; into anything else (a device, a pipe) it is written,
    and what is open already (`-`, /dev/stdout, /dev/fd/3) gets it where it stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = 1 if str(path) == "-" else _descriptor(path)

    @property
    def is_stdout(self) -> bool:
        return self.descriptor == 1

    @property
    def replaces(self) -> bool:
        """Whether a file with the report takes the place of what is there: of a regular file, or of nothing."""
        if self.descriptor is not None:
            return False
        try:
            return stat.S_ISREG(os.stat(self.path).st_mode)
        except FileNotFoundError:
            return True

    def problem(self) -> str:
        """Why nothing can be written there, "" where nothing is known against it. Nothing is changed."""
        try:
            if self.descriptor is not None:
                os.fstat(self.descriptor)
                return ""
            if self.path.is_dir():
                return "is a folder; expected a file"
            if self.replaces:
                folder = self.path.resolve().parent
                if not folder.is_dir():
                    return f"there is no folder {self.path.parent}; expected a file in an existing folder"
                if not os.access(folder, os.W_OK):
                    return f"the folder {self.path.parent} cannot be written to"
            elif not os.access(self.path, os.W_OK):
                return "cannot be written to"
        except OSError as error:
            return f"cannot be written: {error.strerror}"
        except RuntimeError as error:  # a link that leads to itself, before Python 3.13
            return f"cannot be written: {error}"
        return ""

    def write(self, report: Report) -> None:
        """An interrupted write leaves the earlier file whole. Raises OSError."""
        self.write_text(as_json(report))

    def write_text(self, text: str) -> None:
        if self.is_stdout:
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode())
            sys.stdout.flush()
        elif self.descriptor is not None:
            with os.fdopen(os.dup(self.descriptor), "w", encoding="utf-8") as file:
                file.write(text)
        elif self.replaces:
            _replace(self.path.resolve(), text)
        else:
            with open(self.path, "w", encoding="utf-8") as file:
                file.write(text)


def _descriptor(path: Path) -> int | None:
    """The open file that `path` leads to by links, as /dev/stdout does."""
    name = os.path.abspath(path)
    for _ in range(_LINKS):
        number = _DESCRIPTOR.fullmatch(name)
        if number:
            return int(number[1])
        try:
            name = os.path.join(os.path.dirname(name), os.readlink(name))
        except OSError:  # no link
            return None
    return None


def _replace(path: Path, text: str) -> None:
    """A link stays one, for `path` is what it leads to; the file keeps its permissions."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"ok": value.ok, **plain} if hasattr(value, "ok") else plain
    if isinstance(value, Mapping):
        return {str(key): _plain(element) for key, element in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(element) for element in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Inf" if value > 0 else "-Inf"
    if isinstance(value, Path):
        return str(value)
    return value.item() if hasattr(value, "item") else value
