"""Every line of every page, run in one Python and one R."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from parity.case.model import Case, Fixture, Watch
from parity.console import (
    Entry,
    Language,
    Transcript,
    python_lines,
    python_session,
    r_formals,
    r_session,
    session_case,
    session_lines,
)


@dataclass(frozen=True)
class Pair:
    """What was typed and printed on both sides."""

    python: Transcript
    r: Transcript


@dataclass(frozen=True)
class SubjectSessions:
    """The console part of one subject's page; no `case` where every case is too large to be typed."""

    case: Case | None
    main: Pair | None
    watch: tuple[tuple[Watch, Pair], ...] = ()


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
            typed, r_typed = session_lines(fixture, case, formals=known)
            exact, _ = session_lines(fixture, case, formals=known, whole=False)
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
    paths = list(dict.fromkeys(fixture.path.parent for fixture in fixtures))
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
        subjects.append(SubjectSessions(case, shown, traps))
    texts = []
    for blocks, sessions in pages:
        pieces = {
            language: iter(desk[sessions[language][0]].split(sessions[language][1]))
            for language, desk in (("python", python), ("r", r))
        }
        texts.append([next(pieces[block.language]) for block in blocks])
    return subjects, texts


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
