"""What stands in a page for each directive.

| directive | its lines | what it becomes |
|---|---|---|
| `code` | | the two sources |
| `console` | a case | the case, typed into both consoles |
| `verdict` | cases | a line for each, its comparisons folded below; without cases those that no other names |
| `gradients` | cases | the gradient checks |
| `trajectory` | cases | how a run of many steps went: in words, as a plot, at its checkpoints |
| `curves` | a value, and cases | that value of several runs, both sides, in one picture |
| `plot` | case, call, value, extent, points | a matrix of both sides as images |
| `idioms` | a case, a bar, and what it does | a row for each: the line of Python, the line of R, the verdict |
| `table` | a case, and a Markdown table | a printed table, with the computed numbers next to its own |

Behind the directive stands the subject, unless the page is the subject's own. What names nothing raises PagesError.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from parity.fixture.model import Case, Fixture
from parity.reports import plots
from parity.reports.pages import causes, tables
from parity.reports.pages.curves import curves, curves_of, curves_request
from parity.reports.pages.documents import Document, Part, console
from parity.reports.pages.files import PagesError
from parity.reports.pages.idioms import idioms, rows_of
from parity.reports.pages.labels import LABELS, wording
from parity.reports.pages.markdown import Markdown, details, fence, link, pair, text
from parity.reports.pages.page_consoles import CaseConsoles, SubjectConsoles
from parity.reports.pages.pictures import PlotRequest, picture, picture_of, plot_request
from parity.reports.pages.printed_table import beside, printed_table
from parity.reports.pages.trajectory import trajectory
from parity.reports.plots import Picture
from parity.verify.results import CaseResult, FixtureResult

Words = Mapping[str, str]


@dataclass(frozen=True)
class PageSubject:
    """One subject as pages show it: what was verified, its sources, its consoles, and the name of its page."""

    fixture: Fixture
    result: FixtureResult
    page: str
    consoles: SubjectConsoles
    python: str
    r: str

    @property
    def title(self) -> str:
        return title(self.fixture)

    @property
    def pairs(self) -> dict[str, tuple[Case, CaseResult]]:
        """The cases that were run, by their names."""
        cases = {case.id: case for case in self.fixture.cases}
        return {result.id: (cases[result.id], result) for result in self.result.cases if result.id in cases}


def title(fixture: Fixture) -> str:
    """The class's name; a function's may be a helper's, so there it is the file's."""
    name = fixture.python.partition(":")[2]
    return name if name.rpartition(".")[2][:1].isupper() else fixture.name.rpartition("/")[2]


@dataclass
class Drawings:
    """The files of plots, by name. What is drawn once is drawn for all languages."""

    files: dict[str, str] = field(default_factory=dict)
    _names: dict[tuple[object, ...], str | None] = field(default_factory=dict)

    def name(self, page: str, what: tuple[object, ...], draw: Callable[[], str]) -> str | None:
        """The file that shows it, `PAGE-1.svg` and so on; None where it cannot be drawn, as matplotlib is missing."""
        key = (page, *what)
        if key not in self._names:
            number = 1 + sum(name is not None and one[0] == page for one, name in self._names.items())
            try:
                svg = draw()
            except ImportError:
                self._names[key] = None
            else:
                name = self._names[key] = f"{page}-{number}.svg"
                self.files[name] = svg
        return self._names[key]


class Directives:
    """Everything that the directives of all pages are answered from.

    `elsewhere` are subjects that exist but are no part of this run.
    """

    def __init__(self, subjects: Sequence[PageSubject], elsewhere: Collection[str]) -> None:
        self.subjects = {subject.fixture.name: subject for subject in subjects}
        self.elsewhere = elsewhere
        self.drawings = Drawings()
        self._pictures: dict[tuple[str, PlotRequest], Picture | None] = {}
        self._kinds: Mapping[str, Callable[[Document, Part, PageSubject, Words], Markdown]] = {
            "code": self._code,
            "console": self._console,
            "verdict": self._verdict,
            "gradients": self._gradients,
            "trajectory": self._trajectory,
            "curves": self._curves,
            "plot": self._plot,
            "table": self._table,
            "idioms": self._idioms,
        }

    def show(self, document: Document, part: Part) -> Markdown:
        """What stands in the document for one directive. Raises PagesError."""
        words = LABELS[document.language]
        name = part.word or document.subject
        subject = self.subjects.get(name)
        if subject is not None:
            return self._kinds[part.kind](document, part, subject, words)
        if name in self.elsewhere:
            return Markdown(f"{text(name)}: {text(words['not_run'])}")
        raise document.error(
            part.line, f"there is no subject {name}{_nearest(name, [*self.subjects, *self.elsewhere])}"
        )

    def cases_not_shown(self, document: Document) -> list[str]:
        """The cases of the document's own subject that none of its verdicts shows."""
        subject = self.subjects.get(document.subject)
        rows = [p for p in document.parts if p.kind == "idioms" and (p.word or document.subject) == document.subject]
        in_rows = {name for part in rows for name, _ in rows_of(part.lines)}
        own = [p for p in document.parts if p.kind == "verdict" and (p.word or document.subject) == document.subject]
        if subject is None or any(not part.lines for part in own):
            return []
        # A row has the verdict and nothing more: what fails is shown whole.
        rest = [case for case, (_, result) in subject.pairs.items() if not (case in in_rows and result.ok)]
        return [case for case in rest if not any(case in part.lines for part in own)]

    # ------------------------------------------------------------------------------------------ one by one

    def _code(self, document: Document, part: Part, subject: PageSubject, words: Words) -> Markdown:
        _expect_empty(document, part)
        missing = text(words["no_source"])
        return pair(
            fence("python", subject.python) if subject.python.strip() else missing,
            fence("r", subject.r) if subject.r.strip() else missing,
        )

    def _console(self, document: Document, part: Part, subject: PageSubject, words: Words) -> Markdown:
        cases = self._cases(document, part, subject)
        consoles = [subject.consoles.cases[case] for case in cases]
        if not part.lines:
            if subject.consoles.main is None:
                return Markdown(words["no_session"])
            consoles = [subject.consoles.main]
        return Markdown("\n\n".join(f"{_console_note(c, words)}\n\n{_both(c)}" for c in consoles))

    def _verdict(self, document: Document, part: Part, subject: PageSubject, words: Words) -> Markdown:
        cases = self._cases(document, part, subject)
        own = document.subject == subject.fixture.name
        pieces: list[str] = []
        if not part.lines:
            name = subject.fixture.name
            others = [p for p in document.parts if p.kind == "verdict" and (p.word or document.subject) == name]
            cases = [case for case in subject.pairs if not any(case in other.lines for other in others)]
        pieces += [self._case(*subject.pairs[case], words, document.language, below_box=own) for case in cases]
        if not own:
            # Cases of several subjects may have one name: the link says whose this is.
            pieces.append(link(words["more"].format(title=subject.title), f"{subject.page}.{document.language}"))
        return Markdown("\n\n".join(pieces))

    def _idioms(self, document: Document, part: Part, subject: PageSubject, words: Words) -> Markdown:
        rows = dict(rows_of(part.lines))
        for name in rows:
            if name not in subject.pairs:
                raise document.error(part.line, f"there is no case {name}{_nearest(name, [*subject.pairs])}")
        try:
            return idioms(rows, subject.pairs, words)
        except PagesError as error:
            raise document.error(part.line, str(error)) from error

    def _case(self, case: Case, result: CaseResult, words: Words, language: str, *, below_box: bool) -> Markdown:
        """A line, and below it what it rests on: open where the case failed.

        On the page of the subject, `below_box`, what a cause usually means was said at its top.
        """
        authority = wording(case.authority, language)
        sentences = [
            tables.known_difference(result, words, language),
            Markdown("\n".join(f"- {line}" for line in tables.failures(result, words))),
            causes.of_case(result, words, language, briefly=below_box),
            tables.case_table(result, words).rstrip("\n"),
            Markdown(tables.gradient_table(result, words).rstrip("\n")),
            text(words["expected_by"].format(by=authority)) if authority else Markdown(""),
        ]
        inside = Markdown("\n\n".join(part for part in sentences if part))
        folded = details(case.id, tables.case_summary(result, words), inside, unfolded=not result.ok)
        because = wording(case.because, language)
        return Markdown(f"{folded}\n\n{text(because)}") if because else folded

    def _gradients(self, document: Document, part: Part, subject: PageSubject, words: Words) -> Markdown:
        cases = self._cases(document, part, subject) or list(subject.pairs)
        summary = tables.gradient_summary(subject.result, words, cases)
        if not summary:
            raise document.error(part.line, f"no gradient is checked in {subject.fixture.name}{_of(part)}")
        return Markdown(f"{words['gradients_note']}\n\n{summary}".rstrip("\n"))

    def _trajectory(self, document: Document, part: Part, subject: PageSubject, words: Words) -> Markdown:
        ids = self._cases(document, part, subject)
        pairs = [(case, result) for case, result in subject.pairs.values() if not ids or case.id in ids]
        runs = [(case, result) for case, result in pairs if any(call.trajectory for call in case.calls)]
        if not runs or (ids and len(runs) < len(ids)):
            raise document.error(part.line, f"there is no trajectory in {subject.fixture.name}{_of(part)}")
        tabled = {p.lines[0].partition(":")[2].strip() for p in document.parts if p.kind == "table" and p.lines}
        pieces = []
        for case, result in runs:
            run, tolerance, plot = result.trajectory, case.tolerance, None
            if run is not None and run.made:
                plot = self.drawings.name(
                    subject.page,
                    ("trajectory", case.id),
                    lambda r=run, t=tolerance: plots.trajectory_svg(r, rtol=t.rtol, atol=t.atol),  # type: ignore[misc]
                )
            story = trajectory(result, plot, words, numbers=case.id not in tabled)
            pieces.append(f"**{text(case.id)}**\n\n{story}" if len(runs) > 1 else story)
        return Markdown("\n\n".join(pieces))

    def _curves(self, document: Document, part: Part, subject: PageSubject, words: Words) -> Markdown:
        try:
            request = curves_request(part.lines)
            pairs = [self._pair(document, part, subject, case) for case in request.cases or subject.pairs]
            runs = {case.id: result.trajectory for case, result in pairs if result.trajectory is not None}
            if not runs or (request.cases and len(runs) < len(request.cases)):
                raise ValueError(f"there is no trajectory in {subject.fixture.name}{_of(part)}")
            drawn = curves_of(request, runs)
        except ValueError as error:
            raise document.error(part.line, str(error)) from error
        name = self.drawings.name(subject.page, (request,), lambda: plots.curves_svg(drawn))
        return curves(drawn, request, name, words)

    def _plot(self, document: Document, part: Part, subject: PageSubject, words: Words) -> Markdown:
        try:
            request = plot_request(part.lines)
        except ValueError as error:
            raise document.error(part.line, str(error)) from error
        case, result = self._pair(document, part, subject, request.case)
        key = (subject.fixture.name, request)
        if key not in self._pictures:
            self._pictures[key] = picture_of(request, subject.fixture, case)
        drawing = self._pictures[key]
        if drawing is None and result.ok:
            raise document.error(part.line, f"the call {request.call} of {case.id!r} gives no matrix {request.value}")
        if drawing is None:
            return Markdown(words["picture_alone"].format(call=request.call, value=request.value))
        drawable = any(drawing.images.values())
        name = self.drawings.name(subject.page, (request,), lambda: plots.picture_svg(drawing)) if drawable else None
        return picture(drawing, name, words)

    def _table(self, document: Document, part: Part, subject: PageSubject, words: Words) -> Markdown:
        try:
            reference = printed_table(part.lines)
            _, result = self._pair(document, part, subject, reference.case)
            return Markdown(beside(reference, result, words).rstrip("\n"))
        except ValueError as error:
            raise document.error(part.line, str(error)) from error

    # ---------------------------------------------------------------------------------------------- cases

    def _cases(self, document: Document, part: Part, subject: PageSubject) -> list[str]:
        """The cases that the directive lists. Raises PagesError where there is none of that name."""
        for number, line in enumerate(part.content.split("\n"), 1):
            if line.strip():
                self._pair(document, part, subject, line.strip(), number)
        return list(dict.fromkeys(part.lines))

    def _pair(
        self, document: Document, part: Part, subject: PageSubject, case: str, line: int = 0
    ) -> tuple[Case, CaseResult]:
        try:
            return subject.pairs[case]
        except KeyError:
            there = f"{part.kind}: there is no case {case!r} in {subject.fixture.name}"
            raise document.error(part.line + line, there + _nearest(case, subject.pairs)) from None


def cases_to_type(documents: Iterable[Document]) -> dict[str, set[str]]:
    """By subject, the cases whose lines a `console` of a document asks for."""
    ids: dict[str, set[str]] = {}
    for document in documents:
        for part in document.parts:
            if part.kind == "console" and part.lines:
                ids.setdefault(part.word or document.subject, set()).update(part.lines)
    return ids


def _expect_empty(document: Document, part: Part) -> None:
    if part.lines:
        raise document.error(part.line + 1, f"{part.lines[0]!r} in {part.kind}, which takes no lines")


def _both(consoles: CaseConsoles) -> Markdown:
    return pair(console(consoles.python, of_case=True), console(consoles.r, of_case=True))


def _console_note(consoles: CaseConsoles, words: Words) -> Markdown:
    note = words["console_note"] if consoles.steps is None else words["console_note_steps"]
    return Markdown(note.format(case=f"**{text(consoles.case.id)}**", steps=consoles.steps))


def _of(part: Part) -> str:
    return f", {', '.join(part.lines)}" if part.lines else ""


def _nearest(name: str, names: Iterable[str]) -> str:
    choices = list(names)
    close = difflib.get_close_matches(name, choices, 1, 0.5)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; expected one of {', '.join(choices[:20])}" if choices else ""


__all__ = ["Directives", "Drawings", "PageSubject", "PagesError", "cases_to_type", "title"]
