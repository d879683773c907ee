"""The text of a subject in both languages, without what the page says anyway: docstrings and roxygen.

What a reader needs to follow a call is shown, wherever it lies in the project: what the subject inherits, and what it
uses, unless that has a page of its own. A library's code is the library's.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from parity.consoles.r_console import r_function, r_parts
from parity.fixture.model import Fixture
from parity.subjects.python import resolve

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

LONGEST = 200  # lines of one side; what private code would go beyond that is left out


@dataclass(frozen=True)
class _Piece:
    """A top-level definition: its name and its text."""

    name: str
    text: str


def python_source(fixture: Fixture, paged: Collection[str] | None = None) -> str:
    """The class or function that the fixture names, what it inherits within the project and what it uses, without
    docstrings.

    `paged` are the subjects, "module:object", that have pages of their own: what is public in their modules is not
    shown on others' pages. Without it all that is public is taken to have a page.
    """
    if not fixture.python:
        return ""
    target = resolve(fixture.python, fixture.path.parent)
    name = fixture.python.partition(":")[2].split(".")[0]
    return _python_text(target, name, None if paged is None else {one.partition(":")[0] for one in paged})


def r_source(fixture: Fixture, packages: Mapping[str, Path], paged: Collection[str] | None = None) -> str:
    """The R functions that the fixture's calls go to, and what they use of the same files or the package, without
    roxygen.

    `paged` are the subjects, "package::Name", that have pages of their own, as for Python. Empty when the package is
    installed but its sources are nowhere near.
    """
    if not fixture.r:
        return ""
    package, base, expression = r_parts(fixture.r)
    if expression:
        return f"{expression}\n"
    private: set[str] = set()
    if fixture.r_source:
        files: Sequence[Path] = fixture.r_source
    else:
        files = sorted((packages[package] / "R").glob("*.[RrSsQq]")) if package in packages else ()
    by_file = [r_definitions(file.read_text(encoding="utf-8")) for file in files]
    if package in packages and not fixture.r_source:
        every = [piece.name for pieces in by_file for piece in pieces]
        private = _private_r(every, packages[package] / "NAMESPACE")
        if paged is not None:
            subjects = {one.rpartition("::")[2] for one in paged}
            for pieces in by_file:
                if not any(p.name == one or p.name.startswith(f"{one}.") for p in pieces for one in subjects):
                    private |= {p.name for p in pieces}
    targets = {r_function(base, call.do) for case in fixture.cases for call in case.calls}
    pattern = r"(?<![\w.]){}(?![\w.])"
    selection: list[list[str]] = [
        [p.name for p in pieces if p.name in targets or p.name.startswith(f"{base}.")] for pieces in by_file
    ]
    excerpts = [_closure(pieces, names, pattern) for pieces, names in zip(by_file, selection, strict=True)]
    while True:
        text = _GUARD.sub("", "\n\n".join(piece for pieces in excerpts for piece in pieces))
        more = [
            [p.name for p in pieces if p.name in private and p.name not in names and _occurs(p.name, text, pattern)]
            for pieces, names in zip(by_file, selection, strict=True)
        ]
        selection = [[*names, *new] for names, new in zip(selection, more, strict=True)]
        larger = [_closure(pieces, names, pattern) for pieces, names in zip(by_file, selection, strict=True)]
        if larger == excerpts or _lines(piece for pieces in larger for piece in pieces) > LONGEST:
            break
        excerpts = larger
    # The functions that the calls go to come first, and below them, by file, what they use.
    own = [bool({p.name for p in pieces} & targets) for pieces in by_file]
    texts = ["\n\n".join(pieces) for pieces, first in zip(excerpts, own, strict=True) if first and pieces]
    texts += [
        f"# R/{file.name}\n\n" + "\n\n".join(pieces)
        for file, pieces, first in zip(files, excerpts, own, strict=True)
        if not first and pieces
    ]
    return "\n\n".join(texts) + "\n" if texts else ""


# A statement whose value goes nowhere: it stops with a sentence or does nothing, and no formula needs it.
_GUARD = re.compile(r"^[ \t]+[.\w]+\(.*\)[ \t]*$(?=\n\s*[^\s}])", re.MULTILINE)


def _private_r(names: Sequence[str], namespace: Path) -> set[str]:
    """The functions that the package does not export."""
    text = namespace.read_text(encoding="utf-8") if namespace.is_file() else ""
    text = re.sub(r"#.*", "", text)
    exported = {
        name.strip().strip("\"'`") for part in re.findall(r"export\(([^)]*)\)", text) for name in part.split(",")
    }
    patterns = [re.sub(r"\\\\", r"\\", p) for p in re.findall(r"exportPattern\(\s*[\"']([^\"']*)[\"']", text)]
    patterns = [p.replace("[[:alpha:]]", "[A-Za-z]") for p in patterns]
    if not exported and not patterns:
        return {name for name in names if name.startswith(".")}
    return {name for name in names if name not in exported and not any(re.search(p, name) for p in patterns)}


def _occurs(name: str, text: str, pattern: str) -> bool:
    return re.search(pattern.format(re.escape(name)), text) is not None


def _lines(pieces: Iterator[str]) -> int:
    return sum(piece.count("\n") + 2 for piece in pieces)


# --------------------------------------------------------------------------------------------------- Python


@dataclass
class _Module:
    """A module of the project, and the names of it that are shown."""

    module: ModuleType
    names: list[str]
    hidden: dict[str, set[str]]

    def pieces(self) -> list[str]:
        source = _text_of(self.module)
        return _closure(_python_pieces(source, self.hidden), self.names, _NAME)

    def imports(self, paged: Collection[str] | None) -> Iterator[tuple[str, str]]:
        """Module and name of each thing without a page that the pieces shown take from elsewhere."""
        text = "\n".join(self.pieces())
        package = (
            self.module.__name__.split(".")[:-1]
            if not hasattr(self.module, "__path__")
            else [*self.module.__name__.split(".")]
        )
        for node in ast.walk(ast.parse(_text_of(self.module))):
            if isinstance(node, ast.ImportFrom):
                start = package[: len(package) - node.level + 1] if node.level else []
                source = ".".join([*start, *([node.module] if node.module else [])])
                for alias in node.names:
                    alone = alias.name.startswith("_") or (paged is not None and source not in paged)
                    if alone and _occurs(alias.asname or alias.name, text, _NAME):
                        yield source, alias.name


_NAME = r"(?<![\w.]){}(?!\w)"


def _python_text(target: Any, name: str, paged: Collection[str] | None) -> str:
    module = inspect.getmodule(target)
    if module is None or not _text_of(module):
        return ""
    modules: dict[str, _Module] = {}

    def want(where: ModuleType, member: str) -> _Module:
        one = modules.setdefault(where.__name__, _Module(where, [], {}))
        if member not in one.names:
            one.names.append(member)
        return one

    want(module, name)
    below: list[type] = []
    for kind in inspect.getmro(target) if inspect.isclass(target) else ():
        home = sys.modules.get(kind.__module__)
        if kind is not target and home is not None and _is_own(home, module):
            hidden = {n for sub in below for n in vars(sub)} - {"__init__"}
            inherited = {n for sub in below for n in _super_calls(sub)}
            one = want(home, kind.__qualname__.split(".")[0])
            init = {"__init__"} if any("__init__" in vars(sub) for sub in below) else set()
            one.hidden[kind.__name__] = (hidden | init) - inherited
        below.append(kind)
    while True:
        new = [
            (sys.modules[source], private)
            for one in list(modules.values())
            for source, private in one.imports(paged)
            if source in sys.modules and _is_own(sys.modules[source], module)
            if source not in modules or private not in modules[source].names
        ]
        before = {key: list(one.names) for key, one in modules.items()}
        for where, private in new:
            want(where, private)
        if not new or _lines(piece for one in modules.values() for piece in one.pieces()) > LONGEST:
            for key in list(modules):
                if key in before:
                    modules[key].names = before[key]
                else:
                    del modules[key]
            break
    # The subject comes first, and below it, by file, what it uses.
    texts = []
    for number, one in enumerate(modules.values()):
        pieces = "\n\n\n".join(one.pieces())
        texts.append(f"# {one.module.__name__.replace('.', '/')}.py\n\n\n{pieces}" if number else pieces)
    return "\n\n\n".join(texts) + "\n"


def _text_of(module: ModuleType) -> str:
    try:
        return inspect.getsource(module)
    except (OSError, TypeError):  # a compiled module has no text
        return ""


def _is_own(module: ModuleType, main: ModuleType) -> bool:
    """Whether a module belongs to the project of the main one: the same package, or the same folder."""
    if not _text_of(module):
        return False
    if module.__name__.split(".")[0] == main.__name__.split(".")[0]:
        return True
    files = [getattr(one, "__file__", None) for one in (module, main)]
    return all(files) and Path(str(files[0])).parent == Path(str(files[1])).parent


def _super_calls(kind: type) -> set[str]:
    """The methods of its bases that a class calls by super()."""
    try:
        source = inspect.getsource(kind)
    except (OSError, TypeError):
        return set()
    return set(re.findall(r"super\(\)\.(\w+)", source))


def _python_pieces(source: str, hidden: Mapping[str, Collection[str]]) -> list[_Piece]:
    """The top-level definitions of a file, without docstrings, and without the `hidden` methods of a class."""
    lines = source.split("\n")
    pieces: list[_Piece] = []
    for node in ast.parse(source).body:
        if isinstance(node, Definition):
            first = _first_line(node) - 1
            while first > 0 and lines[first - 1].startswith("#"):
                first -= 1
            pieces.append(_Piece(node.name, _without_docstrings(node, lines, first, hidden.get(node.name, ()))))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for one in targets:
                if isinstance(one, ast.Name) and not one.id.startswith("__"):
                    pieces.append(_Piece(one.id, "\n".join(lines[node.lineno - 1 : node.end_lineno])))
    return pieces


def _first_line(node: Definition) -> int:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def _without_docstrings(top: Definition, lines: Sequence[str], first: int, hidden: Collection[str]) -> str:
    remaining: dict[int, str] = {n: lines[n] for n in range(first, top.end_lineno or first)}
    for member in top.body:
        if isinstance(member, Definition) and member.name in hidden:
            # With the empty line after it.
            for n in range(_first_line(member) - 1, (member.end_lineno or member.lineno) + 1):
                remaining.pop(n, None)
    for node in ast.walk(top):
        if not isinstance(node, Definition) or ast.get_docstring(node) is None:
            continue
        text = node.body[0]
        start, end = text.lineno - 1, text.end_lineno or text.lineno
        if len(node.body) == 1:
            remaining[start] = " " * text.col_offset + "..."
            start += 1
        for n in range(start, end):
            remaining.pop(n, None)
        if end in remaining and not remaining[end].strip():  # the empty line that set the docstring apart
            del remaining[end]
    return "\n".join(remaining.values()).rstrip()


def _closure(pieces: Sequence[_Piece], names: Sequence[str], pattern: str) -> list[str]:
    """The wanted pieces and, before anything else, whatever of the same file they use, in the file's order."""
    selection = {piece.name for piece in pieces if piece.name in names}
    while True:
        text = "\n".join(piece.text for piece in pieces if piece.name in selection)
        more = {
            p.name for p in pieces if p.name not in selection and re.search(pattern.format(re.escape(p.name)), text)
        }
        if not more or not selection:
            return [piece.text for piece in pieces if piece.name in selection]
        selection |= more


# -------------------------------------------------------------------------------------------------------- R

_ASSIGNED = re.compile(r"\s*(?:`([^`]+)`|([A-Za-z.][\w.]*))\s*(?:<-|=)(?!=)")


@functools.lru_cache(1024)
def r_definitions(text: str) -> tuple[_Piece, ...]:
    """Top-level assignments of an R file, each with the plain comments right above it and without roxygen."""
    lines = text.split("\n")
    pieces: list[_Piece] = []
    number = 0
    while number < len(lines):
        if not lines[number].strip() or lines[number].lstrip().startswith("#"):
            number += 1
            continue
        start, number = number, _statement_end(lines, number)
        first = start
        while first > 0 and re.match(r"\s*#(?!')", lines[first - 1]):
            first -= 1
        assignment = _ASSIGNED.match(lines[start])
        if assignment:
            body = [line for line in lines[first:number] if not re.match(r"\s*#'", line)]
            pieces.append(_Piece(assignment[1] or assignment[2], "\n".join(body)))
    return tuple(pieces)


def _statement_end(lines: Sequence[str], number: int) -> int:
    """The line after the statement that begins at `number`: brackets closed, no operator left open."""
    depth = 0
    quote = ""
    while number < len(lines):
        line, bare, at = lines[number], "", 0
        number += 1
        while at < len(line):
            letter = line[at]
            if quote:
                if len(quote) == 1 and letter == "\\" and quote != "`":
                    at += 1
                elif line.startswith(quote, at):
                    at += len(quote) - 1
                    quote = ""
            elif raw := re.match(r"""[rR](["'])(-*)([(\[{])""", line[at:]):
                quote = {"(": ")", "[": "]", "{": "}"}[raw[3]] + raw[2] + raw[1]
                at += len(raw[0]) - 1
                bare += "."
            elif letter in "\"'`":
                quote = letter
                bare += "."
            elif letter == "#":
                break
            else:
                depth += (letter in "([{") - (letter in ")]}")
                bare += letter
            at += 1
        if depth > 0 or quote:
            continue
        if re.search(r"(<-|=|[-+*/^,~|&]|%[^%]*%|\belse|function\s*\([^()]*\))\s*$", bare):
            continue
        following = next((later.strip() for later in lines[number:] if later.strip()), "")
        if following.startswith("{") and re.search(r"\)\s*$", bare):
            continue
        break
    return number


__all__ = ["python_source", "r_definitions", "r_source"]
