"""Where a report is written, in whatever form."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
import tempfile
from pathlib import Path

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

    def write(self, text: str) -> None:
        """An interrupted write leaves the earlier file whole. Raises OSError."""
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
