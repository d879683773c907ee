"""Pages: for each subject, in each language, Markdown for a GitHub wiki and the same as HTML that opens from disk.

The content is written once, as Markdown from one template; the HTML is that Markdown rendered. Nothing is written
before every line of every page has been run.
"""

from __future__ import annotations

import contextlib
import functools
import json
import posixpath
import re
import shlex
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from parity.consoles.transcript import Transcript
from parity.fixture.model import Fixture
from parity.reports.pages import causes, tables
from parity.reports.pages.directives import Directives, PageSubject, cases_to_type, title
from parity.reports.pages.documents import (
    Document,
    Part,
    documents_beside,
    languages_of,
    parse,
    project_of,
    read_documents,
    render,
    subject_page,
)
from parity.reports.pages.files import PagesError, put, staging
from parity.reports.pages.html import title_of, to_html
from parity.reports.pages.labels import LABELS, LANGUAGES, wording
from parity.reports.pages.markdown import Markdown, code, finalize, link, stacked_where_wide, table, text
from parity.reports.pages.page_consoles import SubjectConsoles, run_consoles
from parity.reports.pages.sources import python_source, r_source
from parity.reports.pages.trajectory import summary as trajectory_summary
from parity.verify.results import FixtureResult

WIDTH = 74  # characters: what a column holds on a 1280 pixel wide page
_HERE = Path(__file__).parent
_PLACE = re.compile(r"(?:^|(?<=\s))(?:in )?\(?/[^\s()]+\)?")  # where a library lies is of no use to a reader


@dataclass(frozen=True)
class PagesWritten:
    """What was written, and the two places to begin to read."""

    files: tuple[Path, ...]
    html: Path
    wiki: Path

    def __str__(self) -> str:
        return f"{len(self.files)} files\n  to read   {self.html}\n  for a wiki  {self.wiki}"


@dataclass(frozen=True)
class _Page:
    """One page: its wiki name, its language (None for the front page), and its Markdown below the navigation."""

    wiki: str
    html: str
    language: str | None
    body: str
    others: Mapping[str, str]


@dataclass(frozen=True)
class Book:
    """All pages of a run, the plots in them, the languages by their names, the documents in order, the subjects;
    `elsewhere` are the names of the project's other pages, which are no part of this run."""

    pages: Sequence[_Page]
    plots: Mapping[str, str]
    languages: Mapping[str, str]
    documents: Sequence[str]
    subjects: Sequence[PageSubject]
    elsewhere: frozenset[str] = frozenset()


def write_pages(
    results: Sequence[tuple[Fixture, FixtureResult]],
    *,
    out: Path,
    languages: Sequence[str] | None = None,
    packages: Mapping[str, Path],
    documents: Path | None = None,
    versions: Mapping[str, str],
    on_request: Sequence[Fixture] = (),
    build: Callable[[Book], Path] | None = None,
) -> PagesWritten:
    """Write `out/wiki/*.md`, `out/html/LANGUAGE/*.html` and `out/index.html`; of other files there, those stay that an
    earlier call did not write.

    `languages` are by default those that the pages and fixtures are written in. `packages` maps R packages that are
    not installed to their source folders. `documents` is a folder of pages of their own (`documents.py`), by default
    docs/pages in the project of the fixtures, of which those are left out that name a subject of the project that is
    not in `results`. `on_request` are fixtures that were not verified because nobody named them: the index says how.
    `build` makes something more of the pages, such as a site; what it gives is the page to read.
    Raises PagesError if the pages cannot be written or a page's text is wrong, ConsoleError if a console fails.
    """
    fixtures = [fixture for fixture, _ in results]
    if documents is not None and not documents.is_dir():
        raise PagesError(f"{documents} is no folder; expected one with pages")
    folder = documents or documents_beside(fixtures)
    if languages is None:
        languages = languages_of(folder, fixtures)
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown or not languages:
        raise PagesError(
            f"there are no words for {', '.join(unknown) or 'no language'}; there are {', '.join(LANGUAGES)}"
        )
    elsewhere = _elsewhere(folder, fixtures, on_request)
    with staging(out) as stage:
        every = read_documents(folder, languages) if folder else []
        own = [document for document in every if documents is not None or not document.subjects & elsewhere]
        names = _page_names([f.name for f in fixtures], {d.name for d in own})
        of_subjects = [
            _subject_page(f, page, one) for f, page in zip(fixtures, names, strict=True) for one in languages
        ]
        everything = [*own, *of_subjects]
        consoles, blocks = run_consoles(
            fixtures, everything, packages=packages, width=WIDTH, cases=cases_to_type(everything)
        )
        paged = [*((f.python, f.r) for f in (*fixtures, *on_request)), *_paged(folder)]
        python, r = {one for one, _ in paged}, {one for _, one in paged}
        subjects = [
            PageSubject(
                fixture, result, page, of_subject, python_source(fixture, python), r_source(fixture, packages, r)
            )
            for (fixture, result), page, of_subject in zip(results, names, consoles, strict=True)
        ]
        without_page = elsewhere | {fixture.name for fixture in on_request}
        writer = _Writer(subjects, without_page, languages, versions, on_request)
        pages = writer.pages(own, of_subjects, blocks)
        plots = writer.directives.drawings.files
        read = out / "index.html"
        if build is not None:
            shown = {name: LANGUAGES[name] for name in languages}
            others = frozenset([*(document.name for document in every), *map(_flat, without_page)])
            read = build(Book(pages, plots, shown, writer.chapters, subjects, others))
        files = put(_files(pages, languages, plots), stage, out)
    return PagesWritten(files, read, out / "wiki")


def _elsewhere(folder: Path | None, fixtures: Sequence[Fixture], on_request: Sequence[Fixture]) -> set[str]:
    """The subjects of the project that are no part of this run."""
    home = project_of(folder) / "fixtures" if folder else None
    if home is None or not home.is_dir():
        return set()
    there = {path.relative_to(home).with_suffix("").as_posix() for path in home.rglob("*.json")} - {"schema"}
    return there - {fixture.name for fixture in (*fixtures, *on_request)}


def _paged(folder: Path | None) -> Iterator[tuple[str, str]]:
    """What the subjects of the project are called in Python and in R, whether or not they are part of this run."""
    home = project_of(folder) / "fixtures" if folder else None
    for path in home.rglob("*.json") if home is not None and home.is_dir() else ():
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            document = json.loads(path.read_text("utf-8"))
            yield str(document["python"]), str(document["r"])


def _subject_page(fixture: Fixture, page: str, language: str) -> Document:
    """The page beside the fixture, or the template's."""
    own = subject_page(fixture, page, language)
    if own is not None:
        return own
    words = (
        _environment()
        .get_template("subject.md.j2")
        .render(
            words={name: Markdown(word) for name, word in LABELS[language].items()},
            title=title(fixture),
            trajectory=any(call.trajectory for case in fixture.cases for call in case.calls),
            gradients=any(case.derivatives for case in fixture.cases),
        )
    )
    return parse(words, fixture.path.with_suffix(".md"), page, language, subject=fixture.name)


def _page_names(names: Sequence[str], others: set[str]) -> list[str]:
    """Flat names for a wiki: `layers/affine` -> `layers-affine`, and never the same twice, in any case of letters."""
    folded_names = {name.casefold() for name in others} | {"home", "index", "_sidebar", "_footer"}
    pages = []
    for name in names:
        plain = _flat(name)
        page, number = plain, 2
        while page.casefold() in folded_names:
            page, number = f"{plain}-{number}", number + 1
        folded_names.add(page.casefold())
        pages.append(page)
    return pages


def _flat(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name).strip("-") or "subject"


class _Writer:
    def __init__(
        self,
        subjects: Sequence[PageSubject],
        elsewhere: Collection[str],
        languages: Sequence[str],
        versions: Mapping[str, str],
        on_request: Sequence[Fixture],
    ) -> None:
        self.subjects, self.languages, self.versions, self.on_request = subjects, languages, versions, on_request
        self.directives = Directives(subjects, elsewhere)
        self.titles: dict[tuple[str, str], str] = {}
        self.chapters: list[str] = []
        self.documents: Sequence[Document] = ()
        self.templates = _environment()

    def pages(
        self, documents: Sequence[Document], of_subjects: Sequence[Document], blocks: Sequence[Sequence[Transcript]]
    ) -> list[_Page]:
        """`blocks` are the answers to the blocks of the documents, and of the subjects' pages after them."""
        pages = []
        self.chapters = list(dict.fromkeys(document.name for document in documents))
        self.documents = documents
        for document, transcripts in zip(documents, blocks, strict=False):
            body = render(document, transcripts, functools.partial(self.directives.show, document))
            self.titles[document.name, document.language] = title_of(body) or document.name
            translations = {d.language for d in documents if d.name == document.name}
            others = {other: f"{document.name}.{other}" for other in self.languages if other in translations}
            pages.append(_page(document.name, document.language, body, others))
        for document, transcripts in zip(of_subjects, blocks[len(documents) :], strict=True):
            others = {other: f"{document.name}.{other}" for other in self.languages}
            pages.append(_page(document.name, document.language, self._subject(document, transcripts), others))
        for language in self.languages:
            others = {other: f"Home.{other}" for other in self.languages}
            index = self._render("index.md.j2", language)
            pages.append(_Page(f"Home.{language}", f"html/{language}/index.html", language, index, others))
        everywhere = {other: f"Home.{other}" for other in self.languages}
        pages.append(_Page("Home", "index.html", None, self._render("home.md.j2", self.languages[0]), everywhere))
        pages.append(_Page("_Sidebar", "", None, self._render("sidebar.md.j2", self.languages[0]), {}))
        return pages

    def _render(self, template: str, language: str, **more: object) -> Markdown:
        names = {
            "words": {name: Markdown(word) for name, word in LABELS[language].items()},
            "language": language,
            "languages": {name: Markdown(LANGUAGES[name]) for name in self.languages},
            "labels": LABELS,
            "subjects": self.subjects,
            "chapters": self.chapters,
            "title_of": lambda name, lang: self.titles.get((name, lang), ""),
            "wording": wording,
            "subject_table": self._subject_table,
            "on_request": self._on_request,
            "versions": {name: _PLACE.sub("", version).strip(" ,") for name, version in self.versions.items()},
        }
        return Markdown(self.templates.get_template(template).render({**names, **more}).strip() + "\n")

    def _subject(self, document: Document, transcripts: Sequence[Transcript]) -> Markdown:
        """The page, with what no page may leave out: the verdict on everything, the cases that it does not show, where
        the numbers come from and what made them."""
        subject, words = self.directives.subjects[document.subject], LABELS[document.language]
        body = render(document, transcripts, functools.partial(self.directives.show, document))
        heading = re.match(r"# [^\n]*\n", body)
        top = heading[0] if heading else f"# {text(title(subject.fixture))}\n"
        rest = body[len(heading[0]) :] if heading else body
        result = subject.result
        summary = words["summary"].format(cases=len(result.cases), count=f"{result.count:,}")
        parts = [
            top.rstrip("\n"),
            text(wording(subject.fixture.about, document.language)),
            f"{tables.subject_verdict(result, words)} · {summary}",
            causes.box(result, words, document.language),
            rest.strip("\n"),
        ]
        missing = self.directives.cases_not_shown(document)
        if missing:
            part = Part("verdict", "\n".join(missing))
            parts += [f"## {words['verdict']}", self.directives.show(document, part)]
        if result.misfits:
            parts.append(
                "\n".join(f"- {text(f'{misfit.problem}; expected {misfit.expected}')}" for misfit in result.misfits)
            )
        tolerances = _tolerances(subject, document.language)
        read_in = [
            link(self.titles[one.name, one.language], f"{one.name}.{one.language}")
            for one in self.documents
            if one.language == document.language and subject.fixture.name in one.subjects
        ]
        parts.append(
            self._render(
                "foot.md.j2", document.language, fixture=subject.fixture, tolerances=tolerances, read_in=read_in
            )
        )
        return Markdown("\n\n".join(part for part in parts if part))

    def _on_request(self, language: str) -> list[Markdown]:
        """A line for each fixture that waits to be named, with the command that makes its page."""
        lines = []
        for fixture in self.on_request:
            out = shlex.quote(f"{_flat(fixture.name)}-pages")
            command = code(f"parity pages {shlex.quote(_as_typed(fixture.path))} --out {out}")
            texts = [wording(words, language) for words in (fixture.about, fixture.on_request)]
            parts = [*(text(words) for words in texts if words), command]
            lines.append(Markdown(f"**{text(fixture.name)}**: {' · '.join(parts)}"))
        return lines

    def _subject_table(self, language: str) -> Markdown:
        words = LABELS[language]
        head = [words[name] for name in ("subject", "verdict", "about", "cases", "elements")]
        rows: list[list[object]] = []
        above = ""
        for s in self.subjects:
            folder = s.fixture.name.rpartition("/")[0]
            if folder != above:
                rows.append([Markdown(f"**{text(folder)}/**") if folder else "", *[""] * (len(head) - 1)])
                above = folder
            rows.append([
                link(s.title, f"{s.page}.{language}"),
                tables.subject_verdict(s.result, words),
                _about(s, language),
                str(len(s.result.cases)),
                f"{s.result.count:,}",
            ])  # fmt: skip
        return table(head, rows, right=(3, 4))


def _about(subject: PageSubject, language: str) -> Markdown:
    """What the subject computes, and how its trajectories went."""
    parts = [text(wording(subject.fixture.about, language)), trajectory_summary(subject.result, LABELS[language])]
    return Markdown(" · ".join(part for part in parts if part))


def _as_typed(path: Path) -> str:
    """A file as a reader would name it, from where the pages were made."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _page(name: str, language: str, body: str, others: Mapping[str, str]) -> _Page:
    return _Page(f"{name}.{language}", f"html/{language}/{name}.html", language, body, others)


def _tolerances(subject: PageSubject, language: str) -> list[Markdown]:
    """Each tolerance that a case of the subject uses, once, with its reason."""
    template = LABELS[language]["tolerance"]
    lines: dict[str, Markdown] = {}
    for case in subject.fixture.cases:
        words = template.format(rtol=f"{case.tolerance.rtol:g}", atol=f"{case.tolerance.atol:g}")
        because = wording(case.tolerance.because, language)
        lines.setdefault(words + because, Markdown(f"{text(words)} {text(because)}".strip()))
    return list(lines.values())


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        finalize=finalize,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # Markdown, not HTML: `finalize` escapes every value
    )
    environment.filters["markdown"] = Markdown
    environment.globals["link"] = link
    return environment


def _files(pages: Sequence[_Page], languages: Sequence[str], plots: Mapping[str, str]) -> dict[str, str]:
    """Every file to be written, by its path below OUT."""
    shell = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
    ).get_template("page.html.j2")
    places = {page.wiki: page.html for page in pages if page.html}
    places |= {name: f"html/plots/{name}" for name in plots}
    files = {"html/style.css": (_HERE / "style.css").read_text(encoding="utf-8")}
    for name, svg in plots.items():
        files[f"wiki/{name}"] = files[f"html/plots/{name}"] = svg
    for page in pages:
        navigation = _navigation(page)
        body = stacked_where_wide(page.body)
        files[f"wiki/{page.wiki}.md"] = f"{navigation}\n\n{body}" if navigation else body
        if not page.html:
            continue
        start = posixpath.dirname(page.html) or "."
        links = {wiki: posixpath.relpath(place, start) for wiki, place in places.items()}
        files[page.html] = shell.render(
            language=page.language or languages[0],
            title=title_of(page.body),
            site=LABELS[page.language or languages[0]]["site"],
            home=links[f"Home.{page.language}" if page.language else "Home"],
            style=posixpath.relpath("html/style.css", start),
            others=[(name, LANGUAGES[name], links[wiki], name == page.language) for name, wiki in page.others.items()],
            body=to_html(page.body, links),
        )
    return files


def _navigation(page: _Page) -> str:
    """The line above a wiki page: the other languages and the index."""
    if page.language is None:
        return ""
    parts = [
        f"**{LANGUAGES[name]}**" if name == page.language else link(LANGUAGES[name], wiki)
        for name, wiki in page.others.items()
    ]
    if not page.wiki.startswith("Home"):
        parts.append(link(LABELS[page.language]["index"], f"Home.{page.language}"))
    return " · ".join(parts) if len(parts) > 1 else ""


__all__ = ["PagesError", "PagesWritten", "SubjectConsoles", "write_pages"]
