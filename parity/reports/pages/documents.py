"""Pages as they are written: Markdown with blocks that are run, and directives that show what was verified.

A fence named `python-session` or `r-session` holds lines to be typed; all fences of one language on one page share a
session, and one of each in a row stand side by side. A block with an error stops the build, unless the word `raises`
stands behind the fence's name. `shell-session` holds commands, whose exit status must be 0. ``file port.py`` is a file
that stands in the folder where all of the page's lines are typed: a page with such files has a folder of its own, which
is empty besides. The directives are fences, too (`directives.py`): ``verdict layers/affine``, with the
cases to be shown, a line each. On the page of a subject, which lies beside its fixture, the subject's name is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from parity.consoles.transcript import Language, Transcript
from parity.fixture.model import Fixture
from parity.reports.pages.files import PagesError
from parity.reports.pages.html import foreign_links
from parity.reports.pages.labels import LANGUAGES
from parity.reports.pages.markdown import Markdown, code, fence, pair

SESSIONS: Mapping[str, Language] = {"python-session": "python", "r-session": "r", "shell-session": "shell"}
FILE = "file"
DIRECTIVES = ("code", "console", "verdict", "gradients", "trajectory", "curves", "plot", "table", "idioms")
RAISES = "raises"
_LEXERS = {".py": "python", ".R": "r", ".json": "json", ".toml": "toml", ".yml": "yaml", ".md": "markdown"}
_OPEN = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$")


@dataclass(frozen=True)
class Part:
    """A stretch of a document: prose as it stands, or a block or directive with its word and content.

    `line` is the number of the line on which its fence opens.
    """

    kind: str  # "prose", FILE, one of SESSIONS or of DIRECTIVES
    content: str
    word: str = ""
    line: int = field(default=0, compare=False)

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands in a directive, a line each."""
        return tuple(line.strip() for line in self.content.split("\n") if line.strip())


@dataclass(frozen=True)
class Document:
    """One page in one language. `name` is the same for all languages; `subject` is the fixture it lies beside."""

    path: Path
    name: str
    language: str
    parts: tuple[Part, ...]
    subject: str = ""

    @property
    def blocks(self) -> list[Part]:
        return [part for part in self.parts if part.kind in SESSIONS]

    @property
    def files(self) -> dict[str, str]:
        """What lies in the folder where its lines are typed, by name."""
        return {part.word: f"{part.content}\n" for part in self.parts if part.kind == FILE}

    @property
    def subjects(self) -> set[str]:
        """The subjects that its directives name."""
        return {part.word or self.subject for part in self.parts if part.kind in DIRECTIVES}

    def error(self, line: int, problem: str) -> PagesError:
        return PagesError(f"{self.path}, line {line}: {problem}" if line else f"{self.path}: {problem}")


def read_documents(folder: Path, languages: Sequence[str]) -> list[Document]:
    """Every `NAME.LANGUAGE.md` below the folder, and every `NAME.md` in each language without a file of its own.

    Raises PagesError.
    """
    documents = []
    paths = sorted(folder.rglob("*.md"))
    for path in paths:
        stem, language = _stem(path)
        name = "-".join((*path.relative_to(folder).parent.parts, stem))
        if not language:
            own = [one for one in languages if path.with_name(f"{stem}.{one}.md") not in paths]
            documents += [read_document(path, name, one) for one in own]
        elif language in languages:
            documents.append(read_document(path, name, language))
    return documents


def subject_page(fixture: Fixture, name: str, language: str) -> Document | None:
    """The page beside the fixture: `STEM.LANGUAGE.md`, or `STEM.md` for every language."""
    stem = fixture.path.name.removesuffix(".json")
    for file in (f"{stem}.{language}.md", f"{stem}.md"):
        path = fixture.path.with_name(file)
        if path.is_file():
            return read_document(path, name, language, subject=fixture.name)
    return None


def languages_of(folder: Path | None, fixtures: Sequence[Fixture]) -> tuple[str, ...]:
    """The languages that the pages and the fixtures are written in; English where nothing says so."""
    languages = {_stem(path)[1] for path in folder.rglob("*.md")} if folder else set()
    for fixture in fixtures:
        # A text that is given once stands for every language.
        languages |= {one for one in fixture.about if one == "en" or fixture.about[one] != fixture.about.get("en")}
        languages |= {one for one in LANGUAGES if fixture.path.with_name(f"{fixture.path.stem}.{one}.md").is_file()}
    return tuple(one for one in LANGUAGES if one in languages) or ("en",)


def documents_beside(fixtures: Sequence[Fixture]) -> Path | None:
    """`docs/pages` in the project of the fixtures: in the folder above the one that is called `fixtures`."""
    for fixture in fixtures:
        for folder in fixture.path.resolve().parents:
            if folder.name == "fixtures" and (folder.parent / "docs" / "pages").is_dir():
                return folder.parent / "docs" / "pages"
    return None


def project_of(folder: Path) -> Path:
    """The project that a folder of documents belongs to: the nearest above it with fixtures, or the folder itself."""
    above = (parent for parent in folder.resolve().parents if (parent / "fixtures").is_dir())
    return next(above, folder.resolve())


def read_document(path: Path, name: str, language: str, subject: str = "") -> Document:
    """One page. Raises PagesError."""
    try:
        words = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PagesError(f"{path} cannot be read as UTF-8 text: {error}") from error
    return parse(words, path, name, language, subject)


def parse(words: str, path: Path, name: str, language: str, subject: str = "") -> Document:
    document = Document(path, name, language, tuple(_parts(words, path, bool(subject))), subject)
    for line, address in foreign_links(words):
        raise document.error(line, f"a link to {address}; expected http, https, mailto, or a page or file of the site")
    return document


def _stem(path: Path) -> tuple[str, str]:
    """`chapter.ko.md` -> `chapter`, `ko`; `chapter.md` -> `chapter` and nothing."""
    stem, _, language = path.stem.rpartition(".")
    return (stem, language) if stem and language in LANGUAGES else (path.stem, "")


def _parts(words: str, path: Path, of_subject: bool) -> Iterator[Part]:
    prose: list[str] = []
    files: set[str] = set()
    lines = iter(enumerate(words.splitlines(), 1))
    for number, line in lines:
        opening = _OPEN.match(line)
        if not opening:
            prose.append(line)
            continue
        ticks, info = opening[1], opening[2].strip()
        inside: list[str] = []
        closing = re.compile(rf"^ {{0,3}}{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$")
        for _, more in lines:
            if closing.match(more):
                break
            inside.append(more)
        else:
            raise PagesError(f"{path}, line {number}: the block that opens here is never closed")
        kind, _, word = info.partition(" ")
        word = word.strip()
        if kind in SESSIONS or kind in DIRECTIVES or kind == FILE:
            if kind == FILE:
                _check_file(word, files, f"{path}, line {number}")
                files.add(word)
            if kind in DIRECTIVES and not word and not of_subject:
                raise PagesError(f"{path}, line {number}: {kind} needs the name of a subject")
            if kind in SESSIONS and word not in ("", RAISES):
                raise PagesError(f"{path}, line {number}: {word!r} behind {kind}; expected nothing, or {RAISES}")
            yield Part("prose", "\n".join(prose))
            prose = []
            yield Part(kind, "\n".join(inside), word, number)
        elif kind.endswith("-session"):
            raise PagesError(f"{path}, line {number}: there is no {kind}; expected {' or '.join(SESSIONS)}")
        else:
            prose += [line, *inside, ticks]
    yield Part("prose", "\n".join(prose))


def _check_file(name: str, others: Collection[str], where: str) -> None:
    place = PurePosixPath(name)
    if not name or place.is_absolute() or ".." in place.parts:
        raise PagesError(f"{where}: {FILE} needs the name of a file in the page's own folder, as in `{FILE} port.py`")
    if name in others:
        raise PagesError(f"{where}: the file {name} is there already")


def render(document: Document, transcripts: Sequence[Transcript], directive: Callable[[Part], Markdown]) -> Markdown:
    """The document's Markdown, with what its blocks printed and what `directive` gives for the directives."""
    # Prose that is only white space between two fences does not keep them apart.
    parts = [p for p in document.parts if p.kind != "prose" or p.content.strip()]
    answers = iter(transcripts)
    out: list[str] = []
    number = 0
    while number < len(parts):
        part = parts[number]
        if part.kind == "prose":
            out.append(part.content.strip("\n"))
        elif part.kind in SESSIONS:
            block = console(next(answers))
            after = parts[number + 1] if number + 1 < len(parts) else None
            if part.kind == "python-session" and after and after.kind == "r-session":
                block = pair(block, console(next(answers)))
                number += 1
            out.append(block)
        elif part.kind == FILE:
            lexer = _LEXERS.get(PurePosixPath(part.word).suffix, "text")
            out.append(f"**{code(part.word)}**\n\n{fence(f'{lexer} file', part.content)}")
        else:
            out.append(directive(part))
        number += 1
    return Markdown("\n\n".join(piece for piece in out if piece).strip() + "\n")


def console(transcript: Transcript, *, of_case: bool = False) -> Markdown:
    """`of_case` marks the lines of a case, which are typed into a console of their own."""
    language = {"python": "pycon", "r": "rconsole", "shell": "console"}[transcript.language]
    return fence(
        f"{language} case" if of_case else language,
        transcript.shortened().text.rstrip("\n"),
    )
