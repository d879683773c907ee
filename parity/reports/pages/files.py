"""Many files, each replaced whole or not at all; whatever else is in the folder stays."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path


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
        if not os.access(beside, os.W_OK | os.X_OK):
            beside = out.resolve()
        folder = Path(tempfile.mkdtemp(prefix=f".{out.resolve().name}-", dir=beside))
    except OSError as error:
        raise PagesError(f"{out} cannot be written: {error.strerror}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put(files: Mapping[str, str], folder: Path, out: Path) -> tuple[Path, ...]:
    """Write everything into `folder` first, then move each file to its place below `out` in one step."""
    written: list[Path] = []
    target = out
    try:
        for name in files:
            target = out / name
            if target.is_dir():
                raise PagesError(f"{target} is a folder; a page is to be written there")
            for parent in target.relative_to(out).parents:
                if (out / parent).exists() and not (out / parent).is_dir():
                    raise PagesError(f"{out / parent} is a file; the pages need a folder there")
        for name, content in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8", newline="\n")
        for name in files:
            target = out / name
            target.parent.mkdir(parents=True, exist_ok=True)
            _move(folder / name, target)
            written.append(target)
    except OSError as error:
        raise PagesError(f"{target} cannot be written: {error.strerror}") from error
    return tuple(written)


def _move(source: Path, target: Path) -> None:
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # The folder is on another disk (a mounted wiki): a hidden neighbour first, then the one step.
        neighbour = target.with_name(f".{target.name}.new")
        shutil.copyfile(source, neighbour)
        os.replace(neighbour, target)
