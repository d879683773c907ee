"""Python modules that lie beside a fixture: each folder has its own, and an edited one is loaded again.

Two folders may both hold a `port.py`. Python keeps one module per name, so what was loaded from one folder is
put aside while another folder's fixture is at work.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType


@dataclass
class Folder:
    """The modules that were loaded from one folder, and when their files were written."""

    path: Path
    modules: dict[str, ModuleType] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)

    def own(self) -> dict[str, ModuleType]:
        """What `sys.modules` now holds of this folder."""
        return {name: module for name, module in list(sys.modules.items()) if self._holds(module)}

    def keep(self, found: dict[str, ModuleType]) -> None:
        for name, module in found.items():
            if self.modules.get(name) is not module:
                self.modules[name] = module
                self.written[name] = _written(module)

    def fresh(self) -> bool:
        return all(_written(module) == self.written[name] for name, module in self.modules.items())

    def _holds(self, module: ModuleType) -> bool:
        file = getattr(module, "__file__", None)
        return file is not None and not file.startswith(sys.prefix) and self.path in Path(file).parents


_folders: dict[Path, Folder] = {}
_active: Folder | None = None
_on_path: list[str] = []
_seen = 0


def importable(path: Path) -> tuple[Path, ...]:
    """The folders that a fixture in the folder `path` names modules of: its own, and the one that holds `fixtures/`."""
    holders = (folder.parent for folder in (path, *path.parents) if folder.name == "fixtures")
    return (path, *itertools.islice(holders, 1))


def activate(path: Path) -> None:
    """Make the folder's modules the ones that imports find: it, the folder that holds `fixtures/`, and the working
    directory can be imported from, as with `python -m`. Cheap where they are already."""
    global _active
    if _active is not None and _active.path == path and _on_path:
        return
    rest()
    if _active is None or _active.path != path:
        _put_aside()
        _active = _folders.setdefault(path, Folder(path))
        sys.modules.update(_active.modules)
    _on_path.extend(map(str, (*importable(path), Path.cwd())))
    sys.path[:0] = _on_path


def rest() -> None:
    """Take the folder off the path again; its modules stay until another folder's are needed."""
    remember()
    for entry in _on_path:
        with contextlib.suppress(ValueError):
            sys.path.remove(entry)
    _on_path.clear()


def remember() -> None:
    """Take note of modules that were loaded from the folder since the last time."""
    global _seen
    if _active is not None and len(sys.modules) != _seen:
        _active.keep(_active.own())
        _seen = len(sys.modules)


def reload_if_edited(path: Path) -> None:
    """Make the folder's modules ready, and forget them if the file of one was written since it was loaded."""
    activate(path)
    if _active is not None and not _active.fresh():
        _put_aside()
        _active.modules.clear()
        importlib.invalidate_caches()


def _put_aside() -> None:
    for name in _active.modules if _active is not None else ():
        sys.modules.pop(name, None)


def _written(module: ModuleType) -> int:
    with contextlib.suppress(OSError, TypeError):
        return Path(str(module.__file__)).stat().st_mtime_ns
    return 0
