"""Many files, written together or not at all; whatever else is in the folder stays.

A manifest in the folder names what was written there, so that the next time what is no page any more can go: a file
that parity wrote and nobody has changed since.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

MANIFEST = ".parity-pages.json"


class PagesError(Exception):
    """The pages cannot be written where they were asked for, or a page's own text is wrong."""


@contextlib.contextmanager
def staging(out: Path) -> Iterator[Path]:
    """An empty folder beside `out`, on the same disk, gone at the end. Raises PagesError if there can be none."""
    for part in (out, *out.absolute().parents):
        if part.exists() and not part.is_dir():
            raise PagesError(f"{part} is a file; the pages need a folder there")
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not os.access(out, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        beside = out.resolve().parent
        # Where `out` is a disk of its own, a rename from beside it would be a copy that can stop half way.
        if not os.access(beside, os.W_OK | os.X_OK) or beside.stat().st_dev != out.stat().st_dev:
            beside = out.resolve()
        folder = Path(tempfile.mkdtemp(prefix=f".{out.resolve().name}-", dir=beside))
    except OSError as error:
        raise PagesError(f"{out} cannot be written: {error.strerror}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put(files: Mapping[str, str], folder: Path, out: Path) -> tuple[Path, ...]:
    """Write everything into `folder` first, then move each file to its place below `out`, and what is stale away.

    If one of the steps fails, the ones before are undone. Raises PagesError.
    """
    for name in (*files, MANIFEST):
        _check(out, out / name)
    target = folder
    try:
        stale = _stale(out, files)
        digests = {}
        for name, content in files.items():
            target = out / name
            digests[name] = _write(folder / "new" / name, content)
        target = out / MANIFEST
        _write(folder / "new" / MANIFEST, json.dumps({"files": digests}, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise PagesError(f"{target} cannot be written: {error.strerror}") from error
    moves = _Moves(folder / "old", out)
    try:
        for name in (*files, MANIFEST):
            target = out / name
            moves.replace(folder / "new" / name, name)
        for name in stale:
            target = out / name
            moves.remove(name)
    except OSError as error:
        moves.undo()
        raise PagesError(f"{target} cannot be written: {error.strerror}") from error
    return tuple(out / name for name in files)


def _check(out: Path, target: Path) -> None:
    """Raises PagesError where something is in the way that is not ours to replace."""
    for parent in target.relative_to(out).parents:
        if (out / parent).exists() and not (out / parent).is_dir():
            raise PagesError(f"{out / parent} is a file; the pages need a folder there")
    if target.is_dir():
        raise PagesError(f"{target} is a folder; a page is to be written there")
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISREG(target.lstat().st_mode):
            raise PagesError(f"{target} is no regular file; only those are replaced")


def _write(path: Path, content: str) -> str:
    """Write the file, down to the disk, and return its digest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8")
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _stale(out: Path, files: Mapping[str, str]) -> list[str]:
    """What the manifest of an earlier time names, is no page any more, and lies there as it was written."""
    try:
        digests = json.loads((out / MANIFEST).read_text("utf-8"))["files"]
        entries = [(str(name), str(digest)) for name, digest in digests.items()]
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return []
    stale = []
    for name, digest in entries:
        inside = PurePosixPath(name)
        if name in files or inside.is_absolute() or ".." in inside.parts:
            continue
        path = out / name
        inside_out = path.parent.resolve().is_relative_to(out.resolve()) and path.is_file() and not path.is_symlink()
        if inside_out and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            stale.append(name)
    return stale


class _Moves:
    """Moves that can be undone: what was in a file's place is kept in the folder `kept`."""

    def __init__(self, backup: Path, out: Path) -> None:
        self._backup, self._out = backup, out
        self._steps: list[tuple[str, bool]] = []
        self._folders: list[Path] = []

    def replace(self, source: Path, name: str) -> None:
        target = self._out / name
        for parent in reversed(target.relative_to(self._out).parents):
            if not (self._out / parent).exists():
                (self._out / parent).mkdir()
                self._folders.append(self._out / parent)
        was_there = self._keep(name)
        self._steps.append((name, was_there))
        os.replace(source, target)

    def remove(self, name: str) -> None:
        self._steps.append((name, self._keep(name)))
        (self._out / name).unlink()

    def undo(self) -> None:
        for name, was_there in reversed(self._steps):
            with contextlib.suppress(OSError):
                if was_there:
                    os.replace(self._backup / name, self._out / name)
                else:
                    (self._out / name).unlink(missing_ok=True)
        for folder in reversed(self._folders):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _keep(self, name: str) -> bool:
        """A second name for the file as it is now, which takes no room on the disk; a copy where there can be none."""
        target, copy = self._out / name, self._backup / name
        if not target.exists():
            return False
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(target, copy)
        except OSError:
            shutil.copy2(target, copy)
        return True
