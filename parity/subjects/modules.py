"""Python modules that lie beside a fixture: each folder has its own, and an edited one is loaded again.

Two folders may both hold a `port.py`. Python keeps one module per name, so what was loaded from one folder is
put aside while another folder's fixture is at work.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
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


def activate(path: Path) -> None:
    """Make the folder's modules the ones that imports find. Cheap where they are already."""
    global _active
    if _active is not None and _active.path == path:
        return
    if _active is not None:
        _active.keep(_active.own())
        for name in _active.modules:
            sys.modules.pop(name, None)
    _active = _folders.setdefault(path, Folder(path))
    if not _active.fresh():
        _active.modules.clear()
    sys.modules.update(_active.modules)


def reload_if_edited(path: Path) -> None:
    """Forget the folder's modules if the file of one was written since it was loaded."""
    activate(path)
    assert _active is not None
    if not _active.fresh():
        for name in _active.modules:
            sys.modules.pop(name, None)
        _active.modules.clear()
        importlib.invalidate_caches()


@contextlib.contextmanager
def importable(path: Path) -> Iterator[None]:
    """The folder and the working directory can be imported from, as with `python -m`."""
    activate(path)
    added = [str(path), str(Path.cwd())]
    sys.path[:0] = added
    loaded = len(sys.modules)
    try:
        yield
    finally:
        if len(sys.modules) != loaded and _active is not None:
            _active.keep(_active.own())
        for entry in added:
            with contextlib.suppress(ValueError):
                sys.path.remove(entry)


def _written(module: ModuleType) -> int:
    with contextlib.suppress(OSError, TypeError):
        return Path(str(module.__file__)).stat().st_mtime_ns
    return 0
