"""Whether pages that were written would be written again just so: what they came of, as one digest.

The digest is of all files of the project, of this program, of everything that is installed for either language (and of
the folders of what is installed so that it can be edited), and of what was asked for. A page whose numbers come of
anything else (the clock, a network, files elsewhere) has to be asked for with `--fresh`.
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
from urllib.parse import urlsplit
from urllib.request import url2pathname

NAME = ".parity-made"
PROGRAM = Path(__file__).resolve().parents[2]
LARGE = 20_000_000
"""Bytes of a file whose size and time stand for what is in it."""
# What no page comes of: what tools leave behind, and what is no part of the project.
_NOT = {".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
_NOT |= {".hypothesis", ".tox", ".nox", ".ipynb_checkpoints", ".Rproj.user"}
# Settings of this process that say where something is looked for.
_SETTINGS = ("PYTHONPATH", "PYTHONHASHSEED", "R_LIBS", "R_LIBS_USER", "LC_ALL", "LANG", "TZ", "MNIST_DIR")


def digest(projects: Iterable[Path], asked: Mapping[str, object], *, without: Iterable[Path]) -> str:
    """What pages come of. `without` are folders in the projects that pages are written to, and assets of their own."""
    apart = {path.resolve() for path in without}
    made = hashlib.sha256()
    installed, editable = _python_packages()
    on_path = [Path(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    own = {place.resolve() for place in projects}
    for place in dict.fromkeys([*sorted(own), *(one.resolve() for one in (PROGRAM, *editable, *on_path))]):
        made.update(f"{place}\n".encode())
        # What was built out of somebody else's package is no source of it.
        built = set() if place in own else {place / "build", place / "dist"}
        for file in _files(place, apart | built):
            made.update(f"{file}\n".encode())
            made.update(_content(file))
    settings = {name: os.environ.get(name) for name in _SETTINGS}
    everything = [sys.version, *installed, *_r_packages()]
    made.update(json.dumps([asked, settings, everything], sort_keys=True, default=str).encode())
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
    """Through links too, each folder once."""
    seen: set[Path] = set()
    for folder, folders, names in os.walk(place.resolve(), followlinks=True):
        at = Path(folder)
        if at.resolve() in seen:
            folders[:] = []
            continue
        seen.add(at.resolve())
        folders[:] = sorted(one for one in folders if one not in _NOT and (at / one).resolve() not in apart)
        yield from (at / name for name in sorted(names) if (at / name).is_file())


def _python_packages() -> tuple[list[str], list[Path]]:
    """What is installed, with the sums of its files where they are listed, and the folders of what can be edited."""
    installed, editable = [], []
    for one in metadata.distributions():
        files = hashlib.sha256((one.read_text("RECORD") or "").encode()).hexdigest()
        installed.append(f"{one.name} {one.version} {files}")
        origin = json.loads(one.read_text("direct_url.json") or "{}")
        if origin.get("dir_info", {}).get("editable") and str(origin.get("url", "")).startswith("file:"):
            editable.append(Path(url2pathname(urlsplit(origin["url"]).path)))
    return sorted(installed), editable


def _r_packages() -> list[str]:
    """R's version, and its packages with when each was installed. Without R nothing is the same as before."""
    lines = (
        "p <- installed.packages()\n"
        "at <- file.mtime(file.path(p[, 'LibPath'], rownames(p), 'DESCRIPTION'))\n"
        "cat(R.version.string, paste(rownames(p), p[, 'Version'], p[, 'LibPath'], as.numeric(at)), sep = '\\n')"
    )
    try:
        done = subprocess.run(["Rscript", "--vanilla", "-e", lines], text=True, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return done.stdout.splitlines()


__all__ = ["digest", "forget", "is_unchanged", "remember"]
