"""Whether pages that were written would be written again just so: what they came of, as one digest.

The digest is of all files of the project, of this program, of the versions of everything that is installed for either
language, and of what was asked for. A page whose numbers come of anything else (the clock, a network, files elsewhere)
has to be asked for with `--fresh`.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

NAME = ".parity-made"
PROGRAM = Path(__file__).resolve().parents[2]
LARGE = 20_000_000
"""Bytes of a file whose size and time stand for what is in it."""
# What no page comes of: what tools leave behind, and what is no part of the project.
_NOT = {".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
# Settings of this process that say where something is looked for.
_SETTINGS = ("PYTHONPATH", "PYTHONHASHSEED", "R_LIBS", "R_LIBS_USER", "LC_ALL", "LANG", "TZ", "MNIST_DIR")


def digest(projects: Iterable[Path], asked: Mapping[str, object], *, without: Iterable[Path]) -> str:
    """What pages come of. `without` are folders in the projects that pages are written to, and assets of their own."""
    apart = {path.resolve() for path in without}
    made = hashlib.sha256()
    places = dict.fromkeys([*(path.resolve() for path in projects), PROGRAM])
    for place in places:
        made.update(f"{place}\n".encode())
        for file in _files(place, apart):
            made.update(f"{file}\n".encode())
            made.update(_content(file))
    settings = {name: os.environ.get(name) for name in _SETTINGS}
    installed = [sys.version, *sorted(f"{one.name} {one.version}" for one in metadata.distributions()), *_r_packages()]
    made.update(json.dumps([asked, settings, installed], sort_keys=True, default=str).encode())
    return made.hexdigest()


def _content(file: Path) -> bytes:
    about = file.stat()
    if about.st_size > LARGE:
        return f"{about.st_size} {about.st_mtime_ns}".encode()
    return hashlib.sha256(file.read_bytes()).digest()


def is_unchanged(out: Path, key: str) -> bool:
    """Whether `out` has pages of that digest, and every file of them as it was written."""
    try:
        kept = json.loads((out / NAME).read_text("utf-8"))
        return bool(kept["key"] == key and kept["files"] == _written(out))
    except (OSError, ValueError, TypeError, KeyError):
        return False


def remember(out: Path, key: str) -> None:
    (out / NAME).write_text(json.dumps({"key": key, "files": _written(out)}) + "\n", "utf-8")


def forget(out: Path) -> None:
    (out / NAME).unlink(missing_ok=True)


def _written(out: Path) -> dict[str, list[int]]:
    """Size and time of every file: enough to notice one that somebody changed or took away."""
    found = {}
    for file in _files(out, set()):
        if file.name != NAME:
            about = file.stat()
            found[file.relative_to(out.resolve()).as_posix()] = [about.st_size, about.st_mtime_ns]
    return found


def _files(place: Path, apart: set[Path]) -> Iterator[Path]:
    for folder, folders, names in os.walk(place.resolve()):
        at = Path(folder)
        folders[:] = sorted(one for one in folders if one not in _NOT and at / one not in apart)
        yield from (at / name for name in sorted(names) if (at / name).is_file())


def _r_packages() -> list[str]:
    """R's version and those of its packages. Without R there is nothing to be the same as before."""
    lines = (
        "p <- installed.packages()\n"
        "cat(R.version.string, paste(rownames(p), p[, 'Version'], p[, 'LibPath']), sep = '\\n')"
    )
    try:
        done = subprocess.run(["Rscript", "--vanilla", "-e", lines], text=True, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return done.stdout.splitlines()


__all__ = ["digest", "forget", "is_unchanged", "remember"]
