"""What decides a side's results, as digests: the inputs of a case, the sources of the code under test.

A recording holds them, and is stale where they are other ones. The digest of a case leaves out what only judges its
results (tolerances, expected values, reasons), and takes in whatever it does not know: too often stale is a nuisance,
too seldom a false pass.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import hashlib
import inspect
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from parity.fixture.model import Call, Case, Fixture
from parity.subjects.modules import importable, root_of
from parity.subjects.r import COMES_WITH_R, package_source
from parity.subjects.recording import RecordingError

LANGUAGES = frozenset({"python", "r"})

_JUDGES_CASE = frozenset({
    *("id", "tolerance", "harmless_extents", "repeatable", "printed", "derivatives", "differs", "because"),
    *("authority", "at", "join", "stages", "make", "only", "calls"),
})  # fmt: skip
_JUDGES_CALL = frozenset({"expect", "compare", "warns", "raises", "at", "do", "arguments", "only"})
_BY_LANGUAGE = frozenset({"names", "layout", "origin", "setup", "attributes", "instead"})
_BY_NAME_AND_LANGUAGE = frozenset({"values"})


# -- inputs ------------------------------------------------------------------------------------------------------------


def inputs_of(fixture: Fixture, case: Case, side: str) -> dict[str, str]:
    """By name, the digest of each thing that decides what the side computes: "make W", "calls[0] forward x".

    Raises RecordingError for a value that has no digest.
    """
    code = {"python": fixture.python, "r": fixture.r}[side]
    files = tuple(_relative(file, fixture.path) for file in fixture.r_source) if side == "r" else ()
    parts: dict[str, Any] = {side: (code, fixture.factory, fixture.needs.get(side, ()), files)}
    parts["make"] = (tuple(case.made_with(side)), _settings(case, _JUDGES_CASE, side))
    parts |= {f"make {name}": value for name, value in case.made_with(side).items()}
    for index, call in enumerate(case.calls):
        at, given = f"calls[{index}] {call.do}", call.given(side)
        settings = _settings(call, _JUDGES_CALL, side)
        parts[at] = (tuple(given), case.compared(index), side in call.raises, settings)
        parts |= {f"{at} {name}": value for name, value in given.items()}
    return {name: _digest(value, side, name) for name, value in parts.items()}


def digest_of(parts: Mapping[str, str]) -> str:
    """One digest of all parts."""
    text = "".join(f"{name}\0{digest}\n" for name, digest in parts.items())
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _settings(thing: Case | Call, judges: frozenset[str], side: str) -> dict[str, Any]:
    """What is said about the side beside its arguments; what has its default is left out, so that a field that comes
    to the model changes no digest."""
    settings: dict[str, Any] = {}
    for field in dataclasses.fields(thing):
        value = getattr(thing, field.name)
        if field.name in judges or not _is_said(field, value):
            continue
        if field.name in _BY_LANGUAGE and isinstance(value, Mapping):
            value = value.get(side)
        elif field.name in _BY_NAME_AND_LANGUAGE:
            value = {name: by_language[side] for name, by_language in value.items() if side in by_language}
        if value is not None and value != {}:
            settings[field.name] = value
    return settings


def _is_said(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(value != field.default)
    return field.default_factory is dataclasses.MISSING or bool(value != field.default_factory())


def _digest(value: Any, side: str, name: str) -> str:
    hashed = hashlib.sha256()
    try:
        for token in _tokens(value, side):
            hashed.update(token)
    except RecordingError as error:
        raise RecordingError(f"{name}: {error}") from None
    return hashed.hexdigest()[:16]


def _tokens(value: Any, side: str) -> Iterator[bytes]:
    """Bytes that no other value gives. Of what stands once per language only the side's own counts."""
    if value is None or isinstance(value, bool | int | str):
        yield f"{type(value).__name__} {value!r}\n".encode("utf-8", "surrogatepass")
    elif isinstance(value, float):
        yield f"float {np.float64(value).view(np.uint64):x}\n".encode()
    elif isinstance(value, np.ndarray):
        yield f"array {value.dtype.newbyteorder('=') if value.dtype.kind != 'T' else 'T'} {value.shape}\n".encode()
        if value.dtype.kind in "fiubcmM":
            yield np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"), copy=False).tobytes()
        else:
            for element in value.ravel().tolist():
                yield from _tokens(element, side)
    elif isinstance(value, Mapping | MappingProxyType):
        yield f"mapping {len(value)}\n".encode()
        for key, element in value.items():
            yield from _tokens(key, side)
            yield from _tokens(element, side)
    elif isinstance(value, list | tuple):
        yield f"{type(value).__name__} {len(value)}\n".encode()
        for element in value:
            yield from _tokens(element, side)
    elif isinstance(value, frozenset | set):
        yield from _tokens(sorted(map(str, value)), side)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        yield f"{type(value).__name__}\n".encode()
        yield from _tokens(fields[side] if set(fields) == LANGUAGES else fields, side)
    else:
        raise RecordingError(f"a value of type {type(value).__name__} has no digest, so it cannot be recorded")


# -- sources -----------------------------------------------------------------------------------------------------------


def sources_of(fixture: Fixture, side: str) -> dict[str, str]:
    """By path from the fixture's folder, the MD5 of every file of the code under test that is there and can be told:

    R: the files of `r_source`; the folder of the package, where its sources are used; and whatever file a text in them
    names, as `source("more.R")` and `readRDS("fit.rds")` do. Python: the module, and what it imports of its project.
    """
    files = _r_files(fixture) if side == "r" else _python_files(fixture)
    named = {_relative(file, fixture.path): file for file in files}
    return {name: file_digest(named[name]) for name in sorted(named)}


def changed_sources(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What happened to the sources, in words; nothing where none of them is here to be looked at."""
    if not now:
        return []
    return [
        *(f"{name} changed" for name in then if name in now and then[name] != now[name]),
        *(f"{name} is gone" for name in then if name not in now),
        *(f"{name} is new" for name in now if name not in then),
    ]


def _relative(file: Path, fixture: Path) -> str:
    return Path(os.path.relpath(file.resolve(), fixture.resolve().parent)).as_posix()


def file_digest(file: Path) -> str:
    """The MD5 of a text with line ends as Unix has them, so that a checkout elsewhere has the same. R knows it too."""
    data = file.read_bytes()
    if b"\0" not in data:
        data = data.replace(b"\r\n", b"\n")
    return "md5:" + hashlib.md5(data, usedforsecurity=False).hexdigest()


_QUOTED = re.compile(r"\"([^\"\n]{1,255})\"|'([^'\n]{1,255})'")
_R_CODE = {".r", ".s", ".q"}


def _r_files(fixture: Fixture) -> Iterator[Path]:
    package = fixture.r.rpartition("::")[0]
    source = package_source(package, fixture.path) if re.fullmatch(r"[\w.]+", package) else None
    first = [file.resolve() for file in fixture.r_source if file.is_file()]
    if source is not None:
        first += _files_of_package(source.resolve())
    visited: dict[Path, None] = {}
    waiting = [(file, file.parent) for file in first]
    beside = (fixture.path.resolve().parent,)
    for text in [fixture.r, *(text for case in fixture.cases for text in _texts_of(case))]:
        waiting += [(file, file.parent) for file in (*_named(text, beside), *_named(f'"{text}"', beside))]
    while waiting:
        file, started_in = waiting.pop()
        if file in visited:
            continue
        visited[file] = None
        if file.suffix.lower() in _R_CODE:
            text = file.read_text("utf-8", errors="replace")
            waiting += [(one, started_in) for one in _named(text, (file.parent, started_in))]
    yield from visited


def _files_of_package(folder: Path) -> list[Path]:
    files = [folder / "DESCRIPTION", folder / "NAMESPACE"]
    for name in ("R", "src", "data", "inst"):
        files += (file for file in sorted((folder / name).rglob("*")) if not file.name.startswith("."))
    return [file for file in files if file.is_file() and file.suffix not in (".o", ".so", ".dll")]


def _named(code: str, folders: Iterable[Path]) -> Iterator[Path]:
    """The files that a quoted text in the code names."""
    for one in _QUOTED.finditer(code):
        name = one[1] or one[2]
        for folder in folders:
            try:
                file = (folder / name).resolve()
                if file.is_file():
                    yield file
            except (OSError, ValueError):
                continue


def _python_files(fixture: Fixture) -> Iterator[Path]:
    folders = tuple(folder.resolve() for folder in importable(fixture.path.parent))
    visited: dict[Path, None] = {}
    waiting = [*_modules(fixture.python.partition(":")[0], folders)]
    if fixture.target is not None:
        with contextlib.suppress(TypeError):  # a builtin
            waiting.append(Path(inspect.getsourcefile(fixture.target) or ""))
    root = root_of(fixture.path.resolve())
    while waiting:
        file = waiting.pop().resolve()
        if file in visited or not file.is_file() or root not in file.parents or file.is_relative_to(sys.prefix):
            continue
        visited[file] = None
        waiting += _imported(file, folders)
    yield from visited


def _modules(name: str, folders: Iterable[Path]) -> Iterator[Path]:
    """The files that an import of the name runs, where they lie in the folders."""
    parts = name.split(".")
    for folder in folders:
        for count in range(1, len(parts) + 1):
            inner = folder.joinpath(*parts[:count])
            yield from (file for file in (inner.with_suffix(".py"), inner / "__init__.py") if file.is_file())


def _imported(file: Path, folders: tuple[Path, ...]) -> Iterator[Path]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _modules(alias.name, folders)
        elif isinstance(node, ast.ImportFrom):
            base = (file.parents[node.level - 1],) if node.level else folders
            for alias in node.names:
                yield from _modules(".".join(filter(None, (node.module, alias.name))), base)
            if not node.module and node.level:
                yield from (one for one in (base[0] / "__init__.py",) if one.is_file())


# -- packages ----------------------------------------------------------------------------------------------------------

_QUALIFIED = re.compile(r"\b([A-Za-z][A-Za-z0-9.]*):::?[A-Za-z.`]")
_ATTACHED = re.compile(r"\b(?:library|require|requireNamespace|loadNamespace)\(\s*[\"']?([A-Za-z][A-Za-z0-9.]*)")


def packages_of(fixture: Fixture, side: str) -> list[str]:
    """Names of what is installed that the side uses, sorted: of `needs`, `package::`, `library(package)`, imports.
    Not what comes with the language."""
    names = {*fixture.needs.get(side, ())}
    if side == "python":
        names |= {fixture.python.partition(":")[0].partition(".")[0], "numpy"}
        own = {file.stem for file in _python_files(fixture)} | {file.parent.name for file in _python_files(fixture)}
        for file in _python_files(fixture):
            names |= set(_tops(file))
        return sorted(name for name in names if name and name not in sys.stdlib_module_names and name not in own)
    texts = [fixture.r]
    for case in fixture.cases:
        texts += _texts_of(case)
    texts += [f.read_text("utf-8", errors="replace") for f in _r_files(fixture) if f.suffix.lower() in _R_CODE]
    for text in texts:
        names.update(_QUALIFIED.findall(text), _ATTACHED.findall(text))
    own_package = fixture.r.rpartition("::")[0]
    if package_source(own_package, fixture.path) is not None:
        names.discard(own_package)
    return sorted(names - COMES_WITH_R)


def _texts_of(case: Case) -> Iterator[str]:
    """What the case says in words of a language, its arguments included, and not what it says to people."""
    for field in dataclasses.fields(case):
        if field.name not in ("because", "authority", "differs", "tolerance", "id", "at"):
            yield from _texts(getattr(case, field.name))


def _texts(value: Any) -> Iterator[str]:
    """The texts anywhere in a value, apart from those in arrays."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for element in value.values() for text in _texts(element))
    elif isinstance(value, list | tuple):
        yield from (text for element in value for text in _texts(element))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from (text for field in dataclasses.fields(value) for text in _texts(getattr(value, field.name)))


def _tops(file: Path) -> Iterator[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]
