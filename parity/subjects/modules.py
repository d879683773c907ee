"""Python modules that lie beside a fixture, and the state that code under test leaves in modules.

Two folders may both hold a `port.py`. Python keeps one module per name, so what was loaded from one folder is
put aside while another folder's fixture is at work, and an edited module is loaded again. The same holds for what
fixtures load from the root of their project, which all folders of the project share.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import math
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

SHARED = (np, np.linalg, np.random, math, builtins)
"""Modules that our own arithmetic shares with the code under test, which could patch them."""


@dataclass
class Folder:
    """The modules that were loaded from one folder, and when their files were written.

    These are only what came while its fixtures were at work: what was there `before` is another's (a test that imports
    the same package, the session of a user), and so is, in a project's `root`, parity where it runs from its checkout.
    """

    path: Path
    root: bool = False
    before: frozenset[str] = frozenset()
    modules: dict[str, ModuleType] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)

    def own(self) -> dict[str, ModuleType]:
        """What `sys.modules` now holds of this folder."""
        return {name: module for name, module in list(sys.modules.items()) if self._holds(name, module)}

    def keep(self, modules: dict[str, ModuleType]) -> None:
        for name, module in modules.items():
            if self.modules.get(name) is not module:
                self.modules[name] = module
                self.written[name] = _written(module)

    def fresh(self) -> bool:
        return all(_written(module) == self.written[name] for name, module in self.modules.items())

    def put_aside(self) -> None:
        for name, module in self.modules.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]

    def _holds(self, name: str, module: ModuleType) -> bool:
        if name in self.before or (self.root and name.partition(".")[0] in _NOT_TESTED):
            return False
        file = getattr(module, "__file__", None)
        return isinstance(file, str) and not file.startswith(sys.prefix) and self.path in Path(file).parents


SESSION = Path()
"""Stands for the folder of code that a caller has at hand: its modules are the session's, and stay where they are."""

_NOT_TESTED = frozenset({"parity", "conftest", "__main__", "__mp_main__"})
_INSTALLED = tuple({sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)})
_displaced: dict[str, ModuleType] = {}
"""The session's modules of which the active folder has namesakes."""
_folders: dict[Path, Folder] = {}
_roots: dict[Path, Folder] = {}
_active: Folder | None = None
_root: Folder | None = None
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
    global _active, _root
    if path is SESSION:
        deactivate()
        return
    if _active is not None and _first and (_active.path is path or _active.path == path):
        return
    deactivate()
    if _active is None or _active.path != path:
        _put_aside()
        _active = _folders.setdefault(path, Folder(path))
    root = root_of(path)
    if _root is None or _root.path != root:
        if _root is not None:
            _root.put_aside()
        _root = _roots.setdefault(root, Folder(root, root=True))
        sys.modules.update(_root.modules)
    _root.before = frozenset(sys.modules) - _root.modules.keys()
    _displace(_active)
    _first.append(str(path))
    _last.extend(dict.fromkeys([str(root), str(Path.cwd())]))
    sys.path[:0] = _first
    sys.path.extend(_last)


def deactivate() -> None:
    """Take the folder off the path again; its modules stay until another folder's are needed."""
    remember()
    if _displaced:
        for name in list(sys.modules):
            if name.partition(".")[0] in _displaced:
                del sys.modules[name]
        sys.modules.update(_displaced)
        _displaced.clear()
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


def _displace(folder: Folder) -> None:
    """Set aside what the session has imported under a name that a file of the folder has: from elsewhere, it would be
    taken for that file; from there, it may be older than the file. What is installed is hidden by no file."""
    for name in [name for name in _names_in(folder.path) if name in sys.modules and name not in _NOT_TESTED]:
        file = getattr(sys.modules[name], "__file__", None)
        if sys.modules[name] is folder.modules.get(name) or not isinstance(file, str) or file.startswith(_INSTALLED):
            continue
        for one in [one for one in sys.modules if one.partition(".")[0] == name]:
            _displaced[one] = sys.modules.pop(one)
    for one, module in folder.modules.items():
        sys.modules.setdefault(one, module)
    folder.before = frozenset(sys.modules) - folder.modules.keys()


def _names_in(path: Path) -> Iterator[str]:
    """The modules and packages of a folder."""
    with contextlib.suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.name[:-3]
            elif entry.name in sys.modules and os.path.isfile(os.path.join(entry.path, "__init__.py")):
                yield entry.name


def remember() -> None:
    """Take note of modules that were loaded from the folder since the last time."""
    global _seen
    # The number alone would not tell a folder's module from its namesake in another one.
    now = (len(sys.modules), next(reversed(sys.modules)))
    if _active is not None and _first and now != _seen:
        _active.keep(_active.own())
        if _root is not None and _first:
            _root.keep({name: module for name, module in _root.own().items() if name not in _active.modules})
        _seen = now


def reload_if_edited(path: Path) -> None:
    """Make the folder's modules ready, and forget them if the file of one was written since it was loaded."""
    activate(path)
    if path is SESSION or _active is None or _root is None or (_active.fresh() and _root.fresh()):
        return
    _put_aside()
    _root.put_aside()
    # What another folder of the project has loaded may hold on to the edited module.
    for folder in [_root, *(one for one in _folders.values() if _root.path in (one.path, *one.path.parents))]:
        folder.modules.clear()
    importlib.invalidate_caches()


class Globals:
    """What modules hold, as it was when this was made; what code assigns in them later can be undone.

    What lists, dicts, sets and arrays of the code under test hold is brought back too, also those of its classes, and
    so are the variables of the process and NumPy's handling of floating-point errors. Deeper inside it stays, and shows
    at best as a case that does not repeat.
    """

    def __init__(self, path: Path) -> None:
        folder, root = _folders.get(path), _roots.get(root_of(path))
        self.modules = own = [module for one in (folder, root) if one is not None for module in one.modules.values()]
        self._shared = [(vars(module), dict(vars(module))) for module in SHARED]
        self._shared_values = [list(then.values()) for _, then in self._shared]
        self._own = [(vars(module), dict(vars(module))) for module in own]
        self._holders: list[tuple[Any, dict[str, object]]] = []
        self._contents: list[tuple[Any, Any]] = []
        for module in own:
            self._keep(module.__name__, vars(module))
        self._variables = dict(os.environ)
        self._errors = np.geterr()

    def _keep(self, module: str, values: Mapping[str, object]) -> None:
        for name, value in list(values.items()):
            if name.startswith("__") or value is sys.modules:
                continue
            if type(value) in (list, dict, set) or isinstance(value, np.ndarray):
                self._contents.append((value, value.copy()))  # type: ignore[attr-defined]
            elif isinstance(value, type | FunctionType) and value.__module__ == module:
                if any(value is holder for holder, _ in self._holders):
                    continue
                self._holders.append((value, dict(vars(value))))
                if isinstance(value, type):
                    self._keep(module, vars(value))

    def restore(self) -> None:
        """Undo it all, between two cases."""
        for now, then in (*self._shared, *self._own):
            if not _unchanged(now, then):
                _restore(now, then)
        for holder, attributes in self._holders:
            _restore_attributes(holder, attributes)
        for content, kept_content in self._contents:
            _restore_content(content, kept_content)
        if dict(os.environ) != self._variables:
            for name in os.environ.keys() - self._variables.keys():
                del os.environ[name]
            os.environ.update(self._variables)
        np.seterr(**self._errors)

    def restore_shared(self) -> None:
        """Undo what was assigned in NumPy and the like, before we compute with it ourselves."""
        for (now, then), values in zip(self._shared, self._shared_values, strict=True):
            # In their order, which takes a third of looking up each name, and for every case a thousand are looked at.
            try:
                unchanged = list(now.values()) == values
            except Exception:
                unchanged = False
            if not unchanged:
                _restore(now, then)
                values[:] = now.values()


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


def _restore_attributes(holder: Any, then: dict[str, object]) -> None:
    now = vars(holder)
    for name in [name for name in now if name not in then]:
        with contextlib.suppress(AttributeError, TypeError):
            delattr(holder, name)
    for name, value in then.items():
        if name not in now or now[name] is not value:
            with contextlib.suppress(AttributeError, TypeError):
                setattr(holder, name, value)


def _restore_content(content: Any, then: Any) -> None:
    if isinstance(content, np.ndarray):
        if content.shape == then.shape and content.flags.writeable:
            content[...] = then
    elif isinstance(content, dict):
        if len(content) != len(then) or any(name not in content or content[name] is not then[name] for name in then):
            content.clear()
            content.update(then)
    elif isinstance(content, list):
        if len(content) != len(then) or any(ours is not theirs for ours, theirs in zip(content, then, strict=True)):
            content[:] = then
    elif content != then:
        content.clear()
        content.update(then)


def _put_aside() -> None:
    global _seen
    if _active is not None:
        _active.put_aside()
    _seen = (0, "")


def _written(module: ModuleType) -> int:
    with contextlib.suppress(OSError, TypeError):
        return Path(str(module.__file__)).stat().st_mtime_ns
    return 0
