"""Pages: for each subject, in each language, Markdown for a GitHub wiki and the same as HTML that opens from disk.

The content is written once, as Markdown from one template; the HTML is that Markdown rendered. Nothing is written
before every line of every page has been run.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from parity.fixture.model import Fixture
from parity.reports.pages import tables
from parity.reports.pages.documents import Document, Part, console, read_documents, render
from parity.reports.pages.files import PagesError, put, staging
from parity.reports.pages.html import title_of, to_html
from parity.reports.pages.labels import LABELS, LANGUAGES, said
from parity.reports.pages.markdown import Markdown, code, fence, finalize, link, pair, table, text
from parity.reports.pages.sessions import SubjectSessions, run_sessions
from parity.reports.pages.sources import python_source, r_source
from parity.reports.pages.trajectory import Figures, course, draw, heading, pairs, summary
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
class _Subject:
    fixture: Fixture
    result: FixtureResult
    page: str
    sessions: SubjectSessions
    python: str
    r: str
    figures: Mapping[str, Figures]

    @property
    def title(self) -> str:
        """The class's name; a function's may be a helper's, so there it is the file's."""
        name = self.fixture.python.partition(":")[2]
        return name if name.rpartition(".")[2][:1].isupper() else self.fixture.name.rpartition("/")[2]


@dataclass(frozen=True)
class _Page:
    """One page: its wiki name, its language (None for the front page), and its Markdown below the navigation."""

    wiki: str
    html: str
    language: str | None
    body: str
    others: Mapping[str, str]


def write_pages(
    results: Sequence[tuple[Fixture, FixtureResult]],
    *,
    out: Path,
    languages: Sequence[str] = ("ko", "en"),
    packages: Mapping[str, Path],
    documents: Path | None = None,
    versions: Mapping[str, str],
    on_request: Sequence[Fixture] = (),
) -> PagesWritten:
    """Write `out/wiki/*.md`, `out/html/LANGUAGE/*.html` and `out/index.html`; other files there are left alone.

    `packages` maps R packages that are not installed to their source folders; `documents` is a folder of
    hand-written pages (`documents.py`); `on_request` are fixtures that were not verified because nobody named them:
    the index says how. Raises PagesError if the pages cannot be written, ConsoleError if a console fails.
    """
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown or not languages:
        raise PagesError(
            f"there are no words for {', '.join(unknown) or 'no language'}; there are {', '.join(LANGUAGES)}"
        )
    with staging(out) as folder:
        written = read_documents(documents, languages) if documents else []
        fixtures = [fixture for fixture, _ in results]
        sessions, blocks = run_sessions(fixtures, [d.blocks for d in written], packages=packages, width=WIDTH)
        names = _page_names([f.name for f in fixtures], {d.name for d in written})
        subjects, plots = [], {}
        for (fixture, result), page, session in zip(results, names, sessions, strict=True):
            figures, drawn = draw(page, fixture, result)
            sources = python_source(fixture), r_source(fixture, packages)
            subjects.append(_Subject(fixture, result, page, session, *sources, figures))
            plots.update(drawn)
        pages = _Writer(subjects, written, languages, versions, on_request).pages(blocks)
        files = put(_files(pages, languages, plots), folder, out)
    return PagesWritten(files, out / "index.html", out / "wiki")


def _page_names(names: Sequence[str], taken: set[str]) -> list[str]:
    """Flat names for a wiki: `layers/affine` -> `layers-affine`, and never the same twice, in any case of letters."""
    used = {name.casefold() for name in taken} | {"home", "index", "_sidebar", "_footer"}
    pages = []
    for name in names:
        plain = re.sub(r"[^\w]+", "-", name).strip("-") or "subject"
        page, number = plain, 2
        while page.casefold() in used:
            page, number = f"{plain}-{number}", number + 1
        used.add(page.casefold())
        pages.append(page)
    return pages


class _Writer:
    def __init__(
        self,
        subjects: Sequence[_Subject],
        documents: Sequence[Document],
        languages: Sequence[str],
        versions: Mapping[str, str],
        on_request: Sequence[Fixture],
    ) -> None:
        self.subjects, self.documents, self.languages, self.versions = subjects, documents, languages, versions
        self.on_request = on_request
        self.titles: dict[tuple[str, str], str] = {}
        self.templates = _environment()

    def pages(self, blocks: Sequence[Sequence[object]]) -> list[_Page]:
        pages = []
        for document, transcripts in zip(self.documents, blocks, strict=True):
            body = render(document, transcripts, lambda p, d=document: self._placed(p, d.language))  # type: ignore[arg-type, misc]
            self.titles[document.name, document.language] = title_of(body) or document.name
            written = {d.language for d in self.documents if d.name == document.name}
            others = {other: f"{document.name}.{other}" for other in self.languages if other in written}
            pages.append(_page(document.name, document.language, body, others))
        for subject in self.subjects:
            for language in self.languages:
                others = {other: f"{subject.page}.{other}" for other in self.languages}
                pages.append(_page(subject.page, language, self._subject(subject, language), others))
        for language in self.languages:
            others = {other: f"Home.{other}" for other in self.languages}
            index = self._render("index.md.j2", language)
            pages.append(_Page(f"Home.{language}", f"html/{language}/index.html", language, index, others))
        everywhere = {other: f"Home.{other}" for other in self.languages}
        pages.append(_Page("Home", "index.html", None, self._render("home.md.j2", self.languages[0]), everywhere))
        pages.append(_Page("_Sidebar", "", None, self._render("sidebar.md.j2", self.languages[0]), {}))
        return pages

    def _render(self, template: str, language: str, **more: object) -> str:
        names = {
            "words": {name: Markdown(word) for name, word in LABELS[language].items()},
            "language": language,
            "languages": {name: Markdown(LANGUAGES[name]) for name in self.languages},
            "labels": LABELS,
            "subjects": self.subjects,
            "chapters": list(dict.fromkeys(document.name for document in self.documents)),
            "title_of": lambda name, lang: self.titles.get((name, lang), ""),
            "said": said,
            "verdict": lambda subject, lang: tables.subject_verdict(subject.result, LABELS[lang]),
            "subject_table": self._subject_table,
            "on_request": self._on_request,
            "versions": {name: _PLACE.sub("", version).strip(" ,") for name, version in self.versions.items()},
        }
        return self.templates.get_template(template).render({**names, **more}).strip() + "\n"

    def _subject(self, subject: _Subject, language: str) -> str:
        words, result, shown = LABELS[language], subject.result, subject.sessions
        found = pairs(subject.fixture, result)
        return self._render(
            "subject.md.j2",
            language,
            subject=subject,
            fixture=subject.fixture,
            result=result,
            count=f"{result.count:,}",
            formulas=[fence("math", formula) for formula in subject.fixture.formula],
            code=self._code(subject, language),
            console=pair(console(shown.main.python), console(shown.main.r)) if shown.main else "",
            console_note=_console_note(shown, words),
            course_title=Markdown(heading(found, words)),
            courses=[(made.id, course(of, made, subject.figures[made.id], words, language)) for of, made in found],
            verdicts=tables.verdict_table(result, words),
            gradients=tables.gradient_table(result, words),
            failures=tables.failures(result, words),
            divergences=tables.divergences(result, language),
            watch=[(said(w.text, language), pair(console(p.python), console(p.r))) for w, p in shown.watch],
            tolerances=_tolerances(subject, language),
            notes=_notes(subject, language),
        )

    def _code(self, subject: _Subject, language: str) -> Markdown:
        missing = text(LABELS[language]["no_source"])
        return pair(
            fence("python", subject.python) if subject.python.strip() else missing,
            fence("r", subject.r) if subject.r.strip() else missing,
        )

    def _placed(self, part: Part, language: str) -> Markdown:
        """What stands in a document where it names a subject."""
        words = LABELS[language]
        for subject in self.subjects:
            if part.word == subject.fixture.name:
                if part.kind == "source":
                    return self._code(subject, language)
                cases = {line.strip() for line in part.content.split("\n") if line.strip()}
                missing = cases - {case.id for case in subject.result.cases}
                if missing:
                    raise PagesError(f"a page asks for the case {sorted(missing)[0]!r} of {part.word}: there is none")
                if part.kind == "course":
                    return self._course(subject, cases, language)
                more = link(words["more"], f"{subject.page}.{language}")
                verdicts = tables.verdict_table(subject.result, words, cases)
                chosen = [case for case in subject.result.cases if not cases or case.id in cases]
                if any(not gradient.check.ok for case in chosen for gradient in case.gradients):
                    # The values may agree all the same: what differs stands in this table.
                    verdicts = Markdown(f"{verdicts}\n{tables.gradient_table(subject.result, words, cases)}")
                return Markdown(f"{verdicts}\n{more}")
        return Markdown(f"{text(part.word)}: {text(words['not_run'])}")

    def _course(self, subject: _Subject, cases: Collection[str], language: str) -> Markdown:
        found = [pair for pair in pairs(subject.fixture, subject.result) if not cases or pair[1].id in cases]
        made = [course(case, result, subject.figures[result.id], LABELS[language], language) for case, result in found]
        return Markdown("\n\n".join(made))

    def _on_request(self, language: str) -> list[Markdown]:
        """A line for each fixture that waits to be named, with the command that makes its page."""
        lines = []
        for fixture in self.on_request:
            stem = re.sub(r"[^\w]+", "-", fixture.name).strip("-") or "subject"
            command = code(f"parity pages {shlex.quote(_as_typed(fixture.path))} --out {shlex.quote(f'{stem}-pages')}")
            told = [said(words, language) for words in (fixture.about, fixture.on_request)]
            parts = [*(text(words) for words in told if words), command]
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


def _console_note(shown: SubjectSessions, words: Mapping[str, str]) -> Markdown:
    if shown.case is None:
        return Markdown("")
    note = words["console_note"] if shown.steps is None else words["console_note_steps"]
    return Markdown(note.format(case=f"**{text(shown.case.id)}**", steps=shown.steps))


def _about(subject: _Subject, language: str) -> Markdown:
    """What the subject computes, and how its trajectories went."""
    parts = [text(said(subject.fixture.about, language)), summary(subject.result, LABELS[language])]
    return Markdown(" · ".join(part for part in parts if part))


def _as_typed(path: Path) -> str:
    """A file as a reader would name it, from where the pages were made."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _page(name: str, language: str, body: str, others: Mapping[str, str]) -> _Page:
    return _Page(f"{name}.{language}", f"html/{language}/{name}.html", language, body, others)


def _tolerances(subject: _Subject, language: str) -> list[Markdown]:
    """Each tolerance that a case of the subject uses, once, with its reason."""
    template = LABELS[language]["tolerance"]
    found: dict[str, Markdown] = {}
    for case in subject.fixture.cases:
        words = template.format(rtol=f"{case.tolerance.rtol:g}", atol=f"{case.tolerance.atol:g}")
        because = said(case.tolerance.because, language)
        found.setdefault(words + because, Markdown(f"{text(words)} {text(because)}".strip()))
    return list(found.values())


def _notes(subject: _Subject, language: str) -> list[Markdown]:
    lines = []
    run = {case.id for case in subject.result.cases}
    for case in subject.fixture.cases:
        by = LABELS[language]["expected_by"].format(by=said(case.authority, language)) if case.authority else ""
        words = " ".join(part for part in (said(case.note, language), f"({by})" if by else "") if part)
        if words and case.id in run:
            lines.append(Markdown(f"**{text(case.id)}**: {text(words)}"))
    return lines


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
        files[f"wiki/{page.wiki}.md"] = f"{navigation}\n\n{page.body}" if navigation else page.body
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


__all__ = ["PagesError", "PagesWritten", "write_pages"]
