"""Python modules that lie beside a fixture, and the state that code under test leaves in modules.

Two folders may both hold a `port.py`. Python keeps one module per name, so what was loaded from one folder is
put aside while another folder's fixture is at work, and an edited module is loaded again.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import math
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import numpy as np

SHARED = (np, np.linalg, np.random, math, builtins)
"""Modules that our own arithmetic shares with the code under test, which could patch them."""


@dataclass
class Folder:
    """The modules that were loaded from one folder, and when their files were written."""

    path: Path
    modules: dict[str, ModuleType] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)

    def own(self) -> dict[str, ModuleType]:
        """What `sys.modules` now holds of this folder."""
        return {name: module for name, module in list(sys.modules.items()) if self._holds(module)}

    def keep(self, modules: dict[str, ModuleType]) -> None:
        for name, module in modules.items():
            if self.modules.get(name) is not module:
                self.modules[name] = module
                self.written[name] = _written(module)

    def fresh(self) -> bool:
        return all(_written(module) == self.written[name] for name, module in self.modules.items())

    def _holds(self, module: ModuleType) -> bool:
        file = getattr(module, "__file__", None)
        return isinstance(file, str) and not file.startswith(sys.prefix) and self.path in Path(file).parents


_folders: dict[Path, Folder] = {}
_active: Folder | None = None
_first: list[str] = []
_last: list[str] = []
_seen: tuple[int, str] = (0, "")


def root_of(path: Path) -> Path:
    """The folder of the project that a fixture or its folder belongs to.

    The nearest folder upwards with a `.git`, `pyproject.toml` or DESCRIPTION; without one, the folder that holds
    the nearest folder called "fixtures"; else the folder itself. Nothing above it is looked into.
    """
    folder = path if path.is_dir() else path.parent
    upwards = (folder, *folder.parents)
    for one in upwards:
        if one.name == "fixtures":
            return one.parent
    for one in upwards:
        if any((one / mark).exists() for mark in (".git", "pyproject.toml", "DESCRIPTION")):
            return one
    return folder


def importable(path: Path) -> tuple[Path, ...]:
    """The folders that a fixture in the folder `path` may name modules of."""
    return tuple(dict.fromkeys((path, root_of(path))))


def activate(path: Path) -> None:
    """Make the folder's modules the ones that imports find. Cheap where they are already.

    The folder comes first, as with `python script.py`. The project's root and the working directory come last: what
    is installed, and the standard library, is not hidden by a file that happens to lie there.
    """
    global _active
    if _active is not None and _active.path == path and _first:
        return
    deactivate()
    if _active is None or _active.path != path:
        _put_aside()
        _active = _folders.setdefault(path, Folder(path))
        sys.modules.update(_active.modules)
    _first.append(str(path))
    _last.extend(dict.fromkeys([str(root_of(path)), str(Path.cwd())]))
    sys.path[:0] = _first
    sys.path.extend(_last)


def deactivate() -> None:
    """Take the folder off the path again; its modules stay until another folder's are needed."""
    remember()
    for entry in _first:
        with contextlib.suppress(ValueError):
            sys.path.remove(entry)
    for entry in _last:
        for place in reversed(range(len(sys.path))):
            if sys.path[place] == entry:
                del sys.path[place]
                break
    _first.clear()
    _last.clear()


def remember() -> None:
    """Take note of modules that were loaded from the folder since the last time."""
    global _seen
    # The number alone would not tell a folder's module from its namesake in another one.
    now = (len(sys.modules), next(reversed(sys.modules)))
    if _active is not None and now != _seen:
        _active.keep(_active.own())
        _seen = now


def reload_if_edited(path: Path) -> None:
    """Make the folder's modules ready, and forget them if the file of one was written since it was loaded."""
    activate(path)
    if _active is not None and not _active.fresh():
        _put_aside()
        _active.modules.clear()
        importlib.invalidate_caches()


class Globals:
    """What modules hold, as it was when this was made; what code assigns in them later can be undone.

    A list or dict that a module holds is not copied: what is written into it stays, and shows as a case that does not
    repeat.
    """

    def __init__(self, path: Path) -> None:
        folder = _folders.get(path)
        own = folder.modules.values() if folder is not None else ()
        self._shared = [(vars(module), dict(vars(module))) for module in SHARED]
        self._own = [(vars(module), dict(vars(module))) for module in own]

    def restore(self) -> None:
        """Undo it all, between two cases."""
        for now, then in (*self._shared, *self._own):
            if not _unchanged(now, then):
                _restore(now, then)

    def restore_shared(self) -> None:
        """Undo what was assigned in NumPy and the like, before we compute with it ourselves."""
        for now, then in self._shared:
            if not _unchanged(now, then):
                _restore(now, then)


def _unchanged(now: dict[str, object], then: dict[str, object]) -> bool:
    try:
        return now == then  # the same objects are not asked whether they are equal
    except Exception:  # another object is, and may answer with an array
        return False


def _restore(now: dict[str, object], then: dict[str, object]) -> None:
    for name in [name for name in now if name not in then]:
        if isinstance(now[name], ModuleType):  # imported meanwhile: a part of the package, not a patch
            then[name] = now[name]
        else:
            del now[name]
    now.update(then)


def _put_aside() -> None:
    global _seen
    for name in _active.modules if _active is not None else ():
        sys.modules.pop(name, None)
    _seen = (0, "")


def _written(module: ModuleType) -> int:
    with contextlib.suppress(OSError, TypeError):
        return Path(str(module.__file__)).stat().st_mtime_ns
    return 0
