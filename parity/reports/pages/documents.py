"""Hand-written pages: Markdown with blocks that are run, and marks where a subject's results go.

A fence named `python-session` or `r-session` holds lines to be typed; all fences of one language on one page share
a session, and one of each in a row stand side by side. A fence ``verdict NAME`` becomes the verdicts of the subject
of that name, of the cases listed in the fence if any are; ``source NAME`` becomes its code in both languages, and
``course NAME`` what there is to see of its cases, listed or all: trajectories, pictures, printed tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from parity.consoles.session import Language, Transcript
from parity.reports.pages.files import PagesError
from parity.reports.pages.markdown import Markdown, fence, pair
from parity.reports.pages.sessions import Block


@dataclass(frozen=True)
class Part:
    """A stretch of a document: prose as it stands, or one of our fences with its word and content."""

    kind: str  # "prose", "python-session", "r-session", "verdict", "source", "course"
    content: str
    word: str = ""


@dataclass(frozen=True)
class Document:
    """One page in one language. `name` is the same for all languages."""

    path: Path
    name: str
    language: str
    parts: tuple[Part, ...]

    @property
    def blocks(self) -> list[Block]:
        return [Block(_LANGUAGE[p.kind], tuple(p.content.split("\n"))) for p in self.parts if p.kind in _LANGUAGE]


_LANGUAGE: dict[str, Language] = {"python-session": "python", "r-session": "r"}
_MARKS = ("verdict", "source", "course")
_OPEN = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$")


def read_documents(folder: Path, languages: Sequence[str]) -> list[Document]:
    """Every `NAME.LANGUAGE.md` below the folder. Raises PagesError."""
    documents = []
    for path in sorted(folder.rglob("*.md")):
        stem, _, language = path.stem.rpartition(".")
        if stem and language in languages:
            try:
                words = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise PagesError(f"{path} cannot be read as UTF-8 text: {error}") from error
            name = "-".join((*path.relative_to(folder).parent.parts, stem))
            documents.append(Document(path, name, language, tuple(_parts(words, path))))
    return documents


def _parts(words: str, path: Path) -> Iterator[Part]:
    prose: list[str] = []
    lines = iter(enumerate(words.splitlines(), 1))
    for number, line in lines:
        opened = _OPEN.match(line)
        if not opened:
            prose.append(line)
            continue
        ticks, info = opened[1], opened[2].strip()
        inside: list[str] = []
        closing = re.compile(rf"^ {{0,3}}{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$")
        for _, more in lines:
            if closing.match(more):
                break
            inside.append(more)
        else:
            raise PagesError(f"{path}, line {number}: the block that opens here is never closed")
        kind, _, word = info.partition(" ")
        if kind in _LANGUAGE or kind in _MARKS:
            if kind in _MARKS and not word.strip():
                raise PagesError(f"{path}, line {number}: {kind} needs the name of a subject")
            yield Part("prose", "\n".join(prose))
            prose = []
            yield Part(kind, "\n".join(inside), word.strip())
        else:
            prose += [line, *inside, ticks]
    yield Part("prose", "\n".join(prose))


def render(document: Document, transcripts: Sequence[Transcript], placed: Callable[[Part], Markdown]) -> Markdown:
    """The document's Markdown, with what its blocks printed and what `placed` gives for the marks."""
    # Prose that is only white space between two fences does not keep them apart.
    parts = [p for p in document.parts if p.kind != "prose" or p.content.strip()]
    shown = iter(transcripts)
    out: list[str] = []
    number = 0
    while number < len(parts):
        part = parts[number]
        if part.kind == "prose":
            out.append(part.content.strip("\n"))
        elif part.kind in _LANGUAGE:
            block = console(next(shown))
            after = parts[number + 1] if number + 1 < len(parts) else None
            if part.kind == "python-session" and after and after.kind == "r-session":
                block = pair(block, console(next(shown)))
                number += 1
            out.append(block)
        else:
            out.append(placed(part))
        number += 1
    return Markdown("\n\n".join(out).strip() + "\n")


def console(transcript: Transcript) -> Markdown:
    return fence({"python": "pycon", "r": "rconsole"}[transcript.language], transcript.shortened().text.rstrip("\n"))
