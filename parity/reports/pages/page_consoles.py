"""Every line of every page, run in one Python and one R."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from parity.consoles.case_lines import session_case, session_lines
from parity.consoles.literals import r_name
from parity.consoles.python_console import python_lines, python_session
from parity.consoles.r_console import CallPlan, r_function, r_lines, r_parts, r_plans, r_session
from parity.consoles.shell import shell_lines, shell_session
from parity.consoles.transcript import ConsoleError, Language, Transcript
from parity.fixture.model import Call, Case, Fixture, Value
from parity.reports.pages.documents import RAISES, SESSIONS, Document, Part, project_of
from parity.reports.pages.files import PagesError
from parity.subjects.modules import importable


@dataclass(frozen=True)
class CaseConsoles:
    """The lines of one case, as typed and answered on both sides. Of a trajectory only the first `steps` are typed."""

    case: Case
    python: Transcript
    r: Transcript
    steps: int | None = None


@dataclass(frozen=True)
class SubjectConsoles:
    """The consoles of one subject by case; no `main` where every case is too large to be typed."""

    main: CaseConsoles | None = None
    cases: Mapping[str, CaseConsoles] = field(default_factory=dict)


@dataclass
class _Desk:
    """Sessions that wait to be run: the same lines are run once, wherever they are shown."""

    blocks: dict[tuple[tuple[str, ...], Path | None], int] = field(default_factory=dict)
    answers: list[Transcript] = field(default_factory=list)

    def add(self, lines: Sequence[str], directory: Path | None = None) -> int:
        return self.blocks.setdefault((tuple(lines), directory), len(self.blocks))

    def __getitem__(self, number: int) -> Transcript:
        return self.answers[number]

    @property
    def lines(self) -> list[tuple[str, ...]]:
        return [lines for lines, _ in self.blocks]

    @property
    def directories(self) -> list[Path | None]:
        return [directory for _, directory in self.blocks]


@dataclass(frozen=True)
class _CasePlan:
    """Where the answers of a case will lie: with whole numbers, with exact ones, and R's. `starts` are the functions
    that its calls go to in R, `renamed` what R calls its values."""

    case: Case
    whole: int
    exact: int
    r: int
    starts: tuple[str, ...]
    renamed: Mapping[str, str]


@dataclass(frozen=True)
class _DocumentPlan:
    document: Document
    folder: Path
    sessions: Mapping[Language, int]
    counts: Mapping[Language, Sequence[int]]


def run_consoles(
    fixtures: Sequence[Fixture],
    documents: Sequence[Document] = (),
    *,
    packages: Mapping[str, Path],
    width: int,
    cases: Mapping[str, Collection[str]] | None = None,
) -> tuple[list[SubjectConsoles], list[list[Transcript]]]:
    """Consoles for each subject, and a transcript for each block of each document.

    `cases` names, by subject, those to be typed beside the one that is shown of itself. Raises ConsoleError, and
    PagesError where a document's lines stop the console, or fail without being marked.
    """
    with contextlib.ExitStack() as kept:
        folders = _folders(documents, kept)
        return _run(fixtures, documents, folders, packages=packages, width=width, cases=cases or {})


def _run(
    fixtures: Sequence[Fixture],
    documents: Sequence[Document],
    typed_in: Mapping[Path, Path],
    *,
    packages: Mapping[str, Path],
    width: int,
    cases: Mapping[str, Collection[str]],
) -> tuple[list[SubjectConsoles], list[list[Transcript]]]:
    python, r = _Desk(), _Desk()
    mains = [session_case(fixture) for fixture in fixtures]
    typed: list[list[tuple[Case, Case]]] = []
    for fixture, main in zip(fixtures, mains, strict=True):
        more = [case for case in fixture.cases if case.id in cases.get(fixture.name, ())]
        typed.append([(case, _shortened(case, fixture.path.parent)) for case in (*([main] if main else []), *more)])
    shortened = [(fixture, short) for fixture, own in zip(fixtures, typed, strict=True) for _, short in own]
    calls = iter(r_plans(shortened, packages=packages))
    plans: list[tuple[_CasePlan | None, list[_CasePlan]]] = []
    for fixture, main, own in zip(fixtures, mains, typed, strict=True):
        laid = [_case_plan(fixture, case, short, next(calls), python, r) for case, short in own]
        plans.append((laid[0], laid[1:]) if main else (None, laid))
    pages = [_document_plan(document, typed_in[document.path], python, r) for document in documents]
    folders = [folder for fixture in fixtures for folder in importable(fixture.path.resolve().parent)]
    projects = [project_of(document.path.parent) for document in documents]
    with ThreadPoolExecutor(1) as other:
        # Both consoles at once: neither waits for the other.
        answers = other.submit(r_session, r.lines, width=width, directories=r.directories, packages=packages)
        try:
            python.answers = python_session(
                python.lines, width=width, directories=python.directories, paths=list(dict.fromkeys(folders + projects))
            )
            r.answers = answers.result()
        except ConsoleError as error:
            raise _placed(error, pages) from error
    laid = [plan for main_plan, more in plans for plan in (*([main_plan] if main_plan else []), *more)]
    _narrow(laid, r, width=width, packages=packages)
    subjects = []
    for main_plan, more_plans in plans:
        main_consoles = _case_consoles(main_plan, python, r) if main_plan else None
        subjects.append(
            SubjectConsoles(main_consoles, {plan.case.id: _case_consoles(plan, python, r) for plan in more_plans})
        )
    texts = []
    commands: dict[tuple[Path, tuple[str, ...]], Transcript] = {}
    for page in pages:
        desks: Mapping[Language, _Desk] = {"python": python, "r": r}
        pieces = {side: iter(desks[side][number].split(page.counts[side])) for side, number in page.sessions.items()}
        pieces["shell"] = iter(_shell(page, commands, paths=list(dict.fromkeys(folders + projects))))
        transcripts = [next(pieces[SESSIONS[part.kind]]) for part in page.document.blocks]
        for part, transcript in zip(page.document.blocks, transcripts, strict=True):
            _check(page.document, part, transcript)
        texts.append(transcripts)
    return subjects, texts


# ------------------------------------------------------------------------------------------------ documents


def _document_plan(document: Document, folder: Path, python: _Desk, r: _Desk) -> _DocumentPlan:
    lines: dict[Language, list[tuple[str, ...]]] = {"python": [], "r": []}
    for part in document.blocks:
        side = SESSIONS[part.kind]
        if side == "shell":
            continue
        try:
            lines[side].append(python_lines(part.content.split("\n")) if side == "python" else r_lines([part.content]))
        except ConsoleError as error:
            raise document.error(part.line, str(error)) from error
    desks: Mapping[Language, _Desk] = {"python": python, "r": r}
    sessions = {side: desks[side].add([line for block in lines[side] for line in block], folder) for side in desks}
    return _DocumentPlan(document, folder, sessions, {side: [len(block) for block in lines[side]] for side in desks})


def _folders(documents: Sequence[Document], kept: contextlib.ExitStack) -> dict[Path, Path]:
    """Where each document's lines are typed: among its own files, beside the fixture, or at the top of the project.

    A page's own folder is the same one in all languages, as long as its files are.
    """
    folders, own = {}, dict[tuple[str, ...], Path]()
    for document in documents:
        if not document.files and not any(SESSIONS[part.kind] == "shell" for part in document.blocks):
            beside = document.path.parent
            folders[document.path] = beside.resolve() if document.subject else project_of(beside)
            continue
        key = (document.name, *(word for file in document.files.items() for word in file))
        if key not in own:
            own[key] = Path(kept.enter_context(tempfile.TemporaryDirectory())).resolve()
            for name, content in document.files.items():
                (own[key] / name).parent.mkdir(parents=True, exist_ok=True)
                (own[key] / name).write_text(content, "utf-8")
        folders[document.path] = own[key]
    return folders


def _shell(
    page: _DocumentPlan, done: dict[tuple[Path, tuple[str, ...]], Transcript], *, paths: Sequence[Path]
) -> list[Transcript]:
    """What the page's commands print, after its other lines; the same commands of the same page are typed once."""
    parts = [part for part in page.document.blocks if SESSIONS[part.kind] == "shell"]
    typed = []
    for part in parts:
        try:
            typed.append(shell_lines(part.content.split("\n")))
        except ConsoleError as error:
            raise page.document.error(part.line, str(error)) from error
    lines = tuple(line for block in typed for line in block)
    key = (page.folder, lines)
    if parts and key not in done:
        own = [place for place in map(Path, filter(None, sys.path)) if place not in paths]
        try:
            done[key] = shell_session(lines, page.folder, paths=[*own, *paths])
        except ConsoleError as error:
            raise page.document.error(parts[0].line, str(error)) from error
    return done[key].split([len(block) for block in typed]) if parts else []


def _placed(error: ConsoleError, pages: Sequence[_DocumentPlan]) -> Exception:
    """The error with the document in which it arose, if it is one of a document's sessions."""
    for page in pages:
        if error.language is not None and page.sessions.get(error.language) == error.session:
            first = next((p for p in page.document.blocks if SESSIONS[p.kind] == error.language), None)
            return page.document.error(first.line if first else 0, str(error))
    return error


def _check(document: Document, part: Part, transcript: Transcript) -> None:
    """Raises PagesError where a line fails that is not said to, and where what it prints would not be so elsewhere."""
    failing = [entry for entry in transcript.entries if entry.failed]
    if part.word == RAISES and not failing:
        raise document.error(part.line, f"the block is marked as `{RAISES}`, but no line of it fails")
    typed = part.content.split("\n")
    at = 0
    for entry in transcript.entries:
        at = next((n for n in range(at, len(typed)) if typed[n] == entry.source[0]), at)
        line = part.line + 1 + at
        if entry.failed and part.word != RAISES:
            last = entry.output.strip().rpartition("\n")[2]
            raise document.error(line, f"{entry.source[0]!r} fails: {last} (expected? ```{part.kind} {RAISES})")
        for place in _places_here(document):
            if place in entry.output:
                raise document.error(line, f"{entry.source[0]!r} prints a path of this machine: {place}")


def _places_here(document: Document) -> list[str]:
    """Folders that are this machine's alone."""
    folders = [project_of(document.path.parent), Path.cwd(), Path.home(), Path(tempfile.gettempdir()), Path(sys.prefix)]
    return [f"{folder}/" for folder in dict.fromkeys(map(str, folders)) if len(Path(folder).parts) > 1]


# ---------------------------------------------------------------------------------------------------- cases


def _case_plan(
    fixture: Fixture, case: Case, short: Case, calls: Sequence[CallPlan], python: _Desk, r: _Desk
) -> _CasePlan:
    folder = fixture.path.parent
    typed, r_typed = session_lines(fixture, short, plans=calls)
    exact, _ = session_lines(fixture, short, plans=calls, whole=False)
    numbers = python.add(typed, folder), python.add(exact, folder)
    starts = tuple(r_function(r_parts(fixture.r)[1], call.do) for call in case.calls)
    renamed = case.names.get("r", {})
    return _CasePlan(case, *numbers, r.add(_result_in_variable(r_typed, short), folder), starts, renamed)


def _case_consoles(plan: _CasePlan, python: _Desk, r: _Desk) -> CaseConsoles:
    same = _numbers(python[plan.whole]) == _numbers(python[plan.exact])
    return CaseConsoles(plan.case, python[plan.whole if same else plan.exact], r[plan.r], _steps(plan.case))


def _narrow(plans: Sequence[_CasePlan], r: _Desk, *, width: int, packages: Mapping[str, Path]) -> None:
    """Type those cases again in which R shows a list that holds more than what the case is compared by, such as the
    state of a generator, and have only that shown."""
    again = {plan.r: lines for plan in plans if (lines := _narrowed(plan, r[plan.r])) != list(r[plan.r].lines)}
    if again:
        folders = [r.directories[number] for number in again]
        answers = r_session([*again.values()], width=width, directories=folders, packages=packages)
        for number, answer in zip(again, answers, strict=True):
            r.answers[number] = answer


def _narrowed(plan: _CasePlan, shown: Transcript) -> list[str]:
    lines: list[str] = []
    for entry in shown.entries:
        source = list(entry.source)
        calls = [number for number, start in enumerate(plan.starts) if source[0].startswith(f"{start}(")]
        wanted = dict.fromkeys(name.partition(".")[0] for number in calls for name in plan.case.compared(number))
        names = [plan.renamed.get(name, name) for name in wanted]
        there = re.findall(r"^\$`?([^$`\n]+)`?$", entry.output, re.MULTILINE)
        inside = [name for name in names if name in there]
        if not inside or {*there} <= {*inside} or entry.failed or not entry.output.startswith("$"):
            lines += source
        elif len(inside) == 1:
            lines += [*source[:-1], f"{source[-1]}${r_name(inside[0])}"]
        else:
            lines += [f"result <- {source[0]}", *source[1:], *(f"result${r_name(name)}" for name in inside)]
    return lines


STEPS = 5  # of a trajectory: enough to see it begin


def _steps(case: Case) -> int | None:
    """How many steps of the case's trajectory are typed; None where it has none."""
    return next((min(STEPS, call.trajectory.steps) for call in case.calls if call.trajectory), None)


def _shortened(case: Case, folder: Path) -> Case:
    """The case as it is typed: a trajectory's first steps and nothing after them; files as seen from its folder."""
    calls: list[Call] = []
    for one in case.calls:
        given = {name: _nearby(value, folder) for name, value in one.arguments.items()}
        only = {side: {name: _nearby(value, folder) for name, value in own.items()} for side, own in one.only.items()}
        call = dataclasses.replace(one, arguments=given, only=only)
        if call.trajectory is None:
            calls.append(call)
            continue
        arguments = {"steps": min(STEPS, call.trajectory.steps), **call.arguments}
        # What is bounded at the end is a single number; the states beside it may be too large to be read.
        values = tuple(call.trajectory.least) or call.compare
        calls.append(dataclasses.replace(call, arguments=arguments, compare=values, expect={}))
        break
    make = {name: _nearby(value, folder) for name, value in case.make.items()}
    return dataclasses.replace(case, make=make, calls=tuple(calls))


def _nearby(value: Value, folder: Path) -> Value:
    if isinstance(value, str) and os.path.isabs(value) and os.path.exists(value):
        return Path(os.path.relpath(value, folder.resolve())).as_posix()
    return value


def _result_in_variable(lines: tuple[str, ...], case: Case) -> tuple[str, ...]:
    """R's lines with the result of a trajectory kept in a variable: as a whole it would show all of its state."""
    call = case.calls[-1]
    if call.trajectory is None or not (call.compare or call.state or call.updates):
        return lines
    names = dict.fromkeys([*call.returns, *(name.split(".")[0] for name in call.compare)])
    return (*lines[:-1], f"{call.do} <- {lines[-1]}", *(f"{call.do}${name}" for name in names))


def _numbers(transcript: Transcript) -> list[str]:
    """What a session printed, so that 3 and 3. are the same number, and an error is never the same as a result."""
    output = "".join(entry.output for entry in transcript.entries)
    return [
        repr(float(word)) if re.match(r"[-+.\d]", word) else word
        for word in re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[A-Za-z]+", output)
    ]


__all__ = ["CaseConsoles", "PagesError", "SubjectConsoles", "run_consoles"]
