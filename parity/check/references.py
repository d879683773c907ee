"""What the two first arguments of a check may be: a Python object or its name; a file, a package or code of R."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity.check.errors import CheckError
from parity.fixture.values import PYTHON_OBJECT, R_CODE

_PYTHON_FILE = re.compile(r"(?P<file>.+\.py):(?P<object>[^\W\d]\w*(\.[^\W\d]\w*)*)")
_R_FILE = re.compile(r"(?P<file>.+?\.[RrSsQq])::(?P<code>(?!:)[\s\S]+)")
_OWN_FOLDER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Caller:
    """Who asks for a check: `folder` is where files are looked for first, `place` says the file and line."""

    path: Path
    place: str

    @property
    def folder(self) -> Path:
        return self.path.parent


def caller() -> Caller:
    """The code outside of this package that called it; of a console, or of code without a file, the working folder."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _OWN_FOLDER in Path(frame.f_code.co_filename).parents:
        frame = frame.f_back
    file = Path(frame.f_code.co_filename)
    if not file.is_file():
        return Caller(Path.cwd() / "check", "")
    return Caller(file.resolve(), f"{file.name}, line {frame.f_lineno}")


@dataclass(frozen=True)
class PythonSide:
    """`name` is "module:object", and `target` the object where the caller has it at hand; `title` is what it is called.

    Modules are found from `folder`.
    """

    name: str
    target: Callable[..., object] | None
    title: str
    folder: Path


@dataclass(frozen=True)
class RSide:
    """`code` is a name or an expression; `files` are sourced before."""

    code: str
    files: tuple[Path, ...]
    title: str


UNNAMED = "check:target"
UNNAMED_REFEREE = "check:referee"
"""Stands where a fixture has the name of a Python object, for one that the caller has at hand."""


def python_side(python: Any, by: Caller) -> PythonSide:
    if isinstance(python, str):
        in_file = _PYTHON_FILE.fullmatch(python)
        if in_file:
            return _in_file(in_file["file"], in_file["object"], by)
        if not PYTHON_OBJECT.fullmatch(python):
            raise CheckError(f"python: {python!r} names no object; expected 'module:object' or 'file.py:object'")
        return PythonSide(python, None, python.rpartition(":")[2], by.folder)
    if not callable(python):
        raise CheckError(
            f"python: {python!r:.60} cannot be called; expected a function, a class, a method or 'module:object'"
        )
    title = getattr(python, "__name__", None) or type(python).__name__
    return PythonSide(UNNAMED, python, str(title), by.folder)


def _in_file(file: str, name: str, by: Caller) -> PythonSide:
    return _of_module(_existing(file, by, "python"), name)


def _of_module(path: Path, name: str) -> PythonSide:
    parts = [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():  # a module of a package is imported by its whole name
        parts.insert(0, folder.name)
        folder = folder.parent
    if not all(part.isidentifier() for part in parts):
        raise CheckError(f"python: {path} cannot be imported; expected a file whose name is a Python name")
    return PythonSide(f"{'.'.join(parts)}:{name}", None, name, folder)


def elsewhere(side: PythonSide) -> PythonSide:
    """The same object by its name, for a process of its own. Raises CheckError for what has no name there.

    A module that is not installed (a test's, for one) is found there beside its file. A script would be run again.
    """
    target = side.target
    if target is None:
        return side
    module, name = getattr(target, "__module__", None), getattr(target, "__qualname__", None)
    if module is None or name is None:  # a ufunc, or an object that can be called
        module, name = type(target).__module__, None
    there: Any = sys.modules.get(module)
    file = getattr(there, "__file__", None)
    installed = module != "__main__" and (file is None or file.startswith(sys.prefix))
    for part in name.split(".") if name else ():
        there = getattr(there, part, None)
    if name is None and installed:
        return side
    if name is None or there is not target or module == "__main__":
        raise CheckError(
            f"isolate: {side.title} cannot be found from a process of its own; expected a function or class that a "
            "module has under its name, or 'module:object'"
        )
    if installed:
        return dataclasses.replace(side, name=f"{module}:{name}", target=None)
    return dataclasses.replace(_of_module(Path(str(file)), name), title=side.title)


def r_side(r: Any, r_source: str | Path | Sequence[str | Path], by: Caller) -> RSide:
    if not isinstance(r, str) or not r.strip():
        raise CheckError(
            f"r: {r!r} is no R function; expected 'file.R::name', 'package::name' or an R expression such as "
            "'function(x) sum(x)'"
        )
    listed = [r_source] if isinstance(r_source, str | Path) else list(r_source)
    for file in listed:
        if not isinstance(file, str | Path):
            raise CheckError(f"r_source: {file!r} is no file; expected paths of R files")
    files = tuple(_existing(file, by, "r_source") for file in listed)
    code = r.strip()
    in_file = _R_FILE.fullmatch(code)
    if in_file and (_looked_for(in_file["file"], by) or not re.search(r"[(){}\n;]", in_file["file"])):
        files = (*files, _existing(in_file["file"], by, "r"))
        code = in_file["code"].strip()
        if not R_CODE.fullmatch(code) or "::" in code.partition("(")[0]:
            raise CheckError(f"r: {code!r} is no function of {in_file['file']}; expected 'file.R::name'")
        return RSide(code, tuple(dict.fromkeys(files)), f"{Path(in_file['file']).name}::{code}")
    if not R_CODE.fullmatch(code):
        raise CheckError(f"r: {r!r} is no R function; expected 'file.R::name', 'package::name' or an R expression")
    return RSide(code, tuple(dict.fromkeys(files)), code)


@dataclass(frozen=True)
class RefereeSide:
    """A referee as a fixture has it, and Python's object where the caller has it at hand."""

    entry: dict[str, Any]
    target: Callable[..., object] | None = None

    @property
    def language(self) -> str:
        return "r" if "r" in self.entry else "python"


def referee_side(referee: Any, sides_folder: Path, files: Sequence[Path], by: Caller) -> RefereeSide:
    """A callable, "module:object", "file.py:object", code of R, or what a fixture has under "referee".

    All R code of a check lies in one place, where a function of a referee's own file would take the place of one of the
    same name that is under test: so it comes from a package, an expression, or a file that is sourced anyway.
    """
    entry: dict[str, Any] = dict(referee) if isinstance(referee, Mapping) else {}
    if isinstance(referee, Mapping):
        key = next((key for key in ("python", "mpmath", "r") if key in entry), None)
        if key is None:
            raise CheckError(f"referee: {referee!r:.80} has no code; expected one of 'python', 'r' and 'mpmath'")
        code = entry[key]
    else:
        code = referee
        in_python = not isinstance(code, str) or _PYTHON_FILE.fullmatch(code) or PYTHON_OBJECT.fullmatch(code)
        key = "python" if in_python else "r"
    try:
        if key == "r":
            side = r_side(code, (), by)
            if not set(side.files) <= set(files):
                raise CheckError(
                    f"referee: {code!r} is in a file of its own, whose names would replace those of the code under "
                    "test; expected 'package::name', an R expression, or a function of a file that 'r' is in"
                )
            return RefereeSide({**entry, "r": side.code})
        python = python_side(code, by)
    except CheckError as error:
        raise CheckError(re.sub(r"^(python|r): ", "referee: ", str(error))) from None
    if python.target is None and python.folder != by.folder and python.folder != sides_folder:
        raise CheckError(f"referee: {code!r} is in another folder than the code under test; expected the object itself")
    name = UNNAMED_REFEREE if python.target is not None else python.name
    return RefereeSide({**entry, key: name}, python.target)


def _looked_for(file: str | Path, by: Caller) -> Path | None:
    """Relative to the caller's file, then to the working folder."""
    for folder in (by.folder, Path.cwd()):
        try:
            if (folder / file).is_file():
                return (folder / file).resolve()
        except OSError:  # a name too long to be one
            return None
    return None


def _existing(file: str | Path, by: Caller, argument: str) -> Path:
    path = _looked_for(file, by)
    if path is None:
        where = " or ".join(dict.fromkeys([str(by.folder), str(Path.cwd())]))
        raise CheckError(f"{argument}: there is no file {file}; expected one in {where}")
    return path
