"""Every line of every page, run in one Python and one R."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from parity.consoles.session import (
    Entry,
    Language,
    Transcript,
    python_lines,
    python_session,
    r_formals,
    r_session,
)
from parity.consoles.typed import session_case, session_lines
from parity.fixture.model import Call, Case, Fixture, Value, Watch
from parity.subjects.modules import importable


@dataclass(frozen=True)
class Pair:
    """What was typed and printed on both sides."""

    python: Transcript
    r: Transcript


@dataclass(frozen=True)
class SubjectSessions:
    """The console part of one subject's page; no `case` where every case is too large to be typed.

    Of a trajectory only the first `steps` are typed.
    """

    case: Case | None
    main: Pair | None
    watch: tuple[tuple[Watch, Pair], ...] = ()
    steps: int | None = None


@dataclass(frozen=True)
class Block:
    """Lines of a hand-written page that are to be run, in this order, after those of the blocks before."""

    language: Language
    lines: tuple[str, ...]


@dataclass
class _Desk:
    """Sessions that wait to be run: the same lines are run once, wherever they are shown."""

    blocks: dict[tuple[tuple[str, ...], Path | None], int] = field(default_factory=dict)
    done: list[Transcript] = field(default_factory=list)

    def add(self, lines: Sequence[str], directory: Path | None = None) -> int:
        return self.blocks.setdefault((tuple(lines), directory), len(self.blocks))

    def __getitem__(self, number: int) -> Transcript:
        return self.done[number]


def run_sessions(
    fixtures: Sequence[Fixture],
    documents: Sequence[Sequence[Block]] = (),
    *,
    packages: Mapping[str, Path],
    width: int,
) -> tuple[list[SubjectSessions], list[list[Transcript]]]:
    """Transcripts for each subject, and for each block of each document. Raises ConsoleError."""
    python, r = _Desk(), _Desk()
    formals = r_formals(fixtures, packages=packages)
    plans = []
    for fixture, known in zip(fixtures, formals, strict=True):
        folder = fixture.path.parent
        case = session_case(fixture)
        main = None
        if case is not None:
            short = _shortened(case, folder)
            typed, r_typed = session_lines(fixture, short, formals=known)
            exact, _ = session_lines(fixture, short, formals=known, whole=False)
            r_typed = _kept(r_typed, short)
            main = (python.add(typed, folder), python.add(exact, folder), r.add(r_typed, folder))
        watch = [(w, python.add(w.python, folder), r.add(w.r, folder)) for w in fixture.watch]
        plans.append((case, main, watch))
    pages = []
    for blocks in documents:
        typed_blocks = [python_lines(b.lines) if b.language == "python" else _no_blanks(b.lines) for b in blocks]
        desks = {"python": python, "r": r}
        sessions = {}
        for language, desk in desks.items():
            own = [lines for b, lines in zip(blocks, typed_blocks, strict=True) if b.language == language]
            sessions[language] = (desk.add([line for lines in own for line in lines]), [len(lines) for lines in own])
        pages.append((blocks, sessions))
    paths = list(dict.fromkeys(p for fixture in fixtures for p in importable(fixture.path.resolve().parent)))
    # Both consoles at once: neither waits for the other.
    with ThreadPoolExecutor(1) as beside:
        answered = beside.submit(
            r_session,
            [lines for lines, _ in r.blocks],
            width=width,
            directories=[d for _, d in r.blocks],
            packages=packages,
        )
        python.done = python_session(
            [lines for lines, _ in python.blocks], width=width, directories=[d for _, d in python.blocks], paths=paths
        )
        r.done = answered.result()

    subjects = []
    for case, main, watch in plans:
        shown = None
        if main is not None:
            whole, exact_one, other = main
            same = _numbers(python[whole]) == _numbers(python[exact_one])
            shown = Pair(python[whole if same else exact_one], r[other])
        traps = tuple((w, Pair(python[a], r[b])) for w, a, b in watch)
        subjects.append(SubjectSessions(case, shown, traps, _steps(case) if case else None))
    texts = []
    for blocks, sessions in pages:
        pieces = {
            language: iter(desk[sessions[language][0]].split(sessions[language][1]))
            for language, desk in (("python", python), ("r", r))
        }
        texts.append([next(pieces[block.language]) for block in blocks])
    return subjects, texts


STEPS = 5  # of a trajectory: enough to see it begin


def _steps(case: Case) -> int | None:
    """How many steps of the case's trajectory are typed; None where it has none."""
    return next((min(STEPS, call.trajectory.steps) for call in case.calls if call.trajectory), None)


def _shortened(case: Case, folder: Path) -> Case:
    """The case as it is typed: a trajectory's first steps and nothing after them; files as seen from its folder."""
    calls: list[Call] = []
    for call in case.calls:
        if call.trajectory is None:
            calls.append(call)
            continue
        arguments = {"steps": min(STEPS, call.trajectory.steps), **call.arguments}
        # What is bounded at the end is a single number; the states beside it may be too large to be read.
        shown = tuple(call.trajectory.least) or call.compare
        calls.append(dataclasses.replace(call, arguments=arguments, compare=shown, expect={}))
        break
    make = {name: _nearby(value, folder) for name, value in case.make.items()}
    return dataclasses.replace(case, make=make, calls=tuple(calls))


def _nearby(value: Value, folder: Path) -> Value:
    if isinstance(value, str) and os.path.isabs(value) and os.path.exists(value):
        return Path(os.path.relpath(value, folder.resolve())).as_posix()
    return value


def _kept(lines: tuple[str, ...], case: Case) -> tuple[str, ...]:
    """R's lines with the result of a trajectory kept in a variable: as a whole it would show all of its state."""
    call = case.calls[-1]
    if call.trajectory is None or not (call.compare or call.state or call.updates):
        return lines
    shown = dict.fromkeys([*call.returns, *(name.split(".")[0] for name in call.compare)])
    return (*lines[:-1], f"{call.do} <- {lines[-1]}", *(f"{call.do}${name}" for name in shown))


def _no_blanks(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if line.strip())


def _numbers(transcript: Transcript) -> list[str]:
    """What a session printed, so that 3 and 3. are the same number, and an error is never the same as a result."""
    printed = "".join(entry.output for entry in transcript.entries)
    return [
        repr(float(word)) if re.match(r"[-+.\d]", word) else word
        for word in re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[A-Za-z]+", printed)
    ]


__all__ = ["Block", "Entry", "Pair", "SubjectSessions", "run_sessions"]
