"""The text of a subject in both languages, without what the page says anyway: docstrings and roxygen."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity.consoles.r_console import r_function
from parity.fixture.model import Fixture
from parity.subjects.python import resolve

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class _Piece:
    """A top-level definition: its name and its text."""

    name: str
    text: str


def python_source(fixture: Fixture) -> str:
    """The class or function that the fixture names, and what it uses from the same file, without docstrings."""
    target = resolve(fixture.python, fixture.path.parent)
    name = fixture.python.partition(":")[2].split(".")[0]
    return _python_text(target, name)


def r_source(fixture: Fixture, packages: Mapping[str, Path]) -> str:
    """The R functions that the fixture's calls go to, and what they use from the same files, without roxygen.

    Empty when the package is installed but its sources are nowhere near.
    """
    package, _, base = fixture.r.rpartition("::")
    if fixture.r_source:
        files: Iterable[Path] = fixture.r_source
    else:
        files = sorted((packages[package] / "R").glob("*.[RrSsQq]")) if package in packages else ()
    called = {r_function(base, call.do) for case in fixture.cases for call in case.calls}
    shown: list[str] = []
    for file in files:
        pieces = r_definitions(file.read_text(encoding="utf-8"))
        wanted = [p.name for p in pieces if p.name in called or p.name.startswith(f"{base}.")]
        shown += _closure(pieces, wanted, r"(?<![\w.]){}(?![\w.])")
    return "\n\n".join(shown) + "\n" if shown else ""


def _python_text(target: Any, name: str) -> str:
    module = inspect.getmodule(target)
    try:
        source = inspect.getsource(module) if module else inspect.getsource(target)
    except (OSError, TypeError):  # a compiled function has no text
        return ""
    lines = source.split("\n")
    pieces: list[_Piece] = []
    for node in ast.parse(source).body:
        if isinstance(node, Definition):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
            while first > 0 and lines[first - 1].startswith("#"):
                first -= 1
            pieces.append(_Piece(node.name, _without_docstrings(node, lines, first)))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for one in targets:
                if isinstance(one, ast.Name) and not one.id.startswith("__"):
                    pieces.append(_Piece(one.id, "\n".join(lines[node.lineno - 1 : node.end_lineno])))
    return "\n\n\n".join(_closure(pieces, [name], r"(?<![\w.]){}(?!\w)")) + "\n"


def _without_docstrings(top: Definition, lines: Sequence[str], first: int) -> str:
    kept: dict[int, str] = {n: lines[n] for n in range(first, top.end_lineno or first)}
    for node in ast.walk(top):
        if not isinstance(node, Definition) or ast.get_docstring(node) is None:
            continue
        text = node.body[0]
        start, end = text.lineno - 1, text.end_lineno or text.lineno
        if len(node.body) == 1:
            kept[start] = " " * text.col_offset + "..."
            start += 1
        for n in range(start, end):
            kept.pop(n, None)
        if end in kept and not kept[end].strip():  # the empty line that set the docstring apart
            del kept[end]
    return "\n".join(kept.values())


def _closure(pieces: Sequence[_Piece], wanted: Sequence[str], pattern: str) -> list[str]:
    """The wanted pieces and, before anything else, whatever of the same file they use, in the file's order."""
    chosen = {piece.name for piece in pieces if piece.name in wanted}
    while True:
        text = "\n".join(piece.text for piece in pieces if piece.name in chosen)
        more = {p.name for p in pieces if p.name not in chosen and re.search(pattern.format(re.escape(p.name)), text)}
        if not more or not chosen:
            return [piece.text for piece in pieces if piece.name in chosen]
        chosen |= more


_ASSIGNED = re.compile(r"\s*(?:`([^`]+)`|([A-Za-z.][\w.]*))\s*(?:<-|=)(?!=)")


def r_definitions(text: str) -> list[_Piece]:
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
        named = _ASSIGNED.match(lines[start])
        if named:
            body = [line for line in lines[first:number] if not re.match(r"\s*#'", line)]
            pieces.append(_Piece(named[1] or named[2], "\n".join(body)))
    return pieces


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
