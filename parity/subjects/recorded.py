"""A recording as the subject of a case: what a side gave once stands for the side, on a machine that has it not.

A recording is taken only for what it is of. Where it is missing, was changed by hand, is of another fixture or side, or
where the inputs of a case or the sources of the code are others than they were, the case fails, and it is said why.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from parity.fixture.model import Call, Case, Fixture
from parity.subjects import NAME, digests, recording
from parity.subjects.observation import MAKE, Observation
from parity.subjects.recording import Recording, RecordingError

FOLDER = "recorded"
MISSING, STALE, INVALID = "not recorded", "stale", "invalid recording"


@dataclass(frozen=True)
class Recorded:
    """Where a recording lies, and the command that writes it anew."""

    path: Path
    refresh: str


class ReplayError(Exception):
    """A recording that does not stand for the side in a case. `code` is MISSING, STALE or INVALID."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


def beside_fixture(path: Path, side: str) -> Recorded:
    """Of `affine.json`: `recorded/affine.r.json`, or `recorded/affine.python.json`.

    In a folder of their own, which a diff, a search or a glob can leave out.
    """
    option = "" if side == "r" else f" --side {side}"
    file = path.absolute().parent / FOLDER / f"{path.stem}.{side}.json"
    return Recorded(file, f"parity record {shlex.quote(str(path))}{option}")


def beside_test(test_file: Path, node: str, nth: int = 0) -> Recorded:
    """Of the check number `nth` (from 0) of a test: `__parity__/test_file/test_name.json`, `test_name-2.json`, ...

    `node` is what pytest calls the test within its file: "test_name[a/b]", "TestClass::test_name".
    """
    name = re.sub(r"[^\w.=+-]+", "-", node).strip("-.")
    if name != node or len(name) > 100:  # so that two tests never share a file
        name = f"{name[:100]}-{sha256(node.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    name += f"-{nth + 1}" if nth else ""
    refresh = f"pytest {shlex.quote(f'{os.path.relpath(test_file)}::{node}')} --parity-record"
    return Recorded(test_file.parent / "__parity__" / test_file.stem / f"{name}.json", refresh)


class RecordedSubject:
    """`name` is the side that was recorded. Nothing is run; a case is observed as it was."""

    def __init__(self, fixture: Fixture, side: str, recorded: Recorded) -> None:
        self.name = side
        self._fixture = fixture
        self._recorded = recorded
        self._problem: ReplayError | None = None
        self._checked: dict[int, tuple[Case, ReplayError | None]] = {}
        try:
            self._recording = self._read()
        except ReplayError as error:
            self._problem = error

    @property
    def environment(self) -> Mapping[str, Any]:
        """What ran when it was recorded; empty without a recording. `sources` says that they are not here."""
        if self._problem is not None:
            return {}
        unseen = self._recording.sources and not digests.sources_of(self._fixture, self.name)
        return {**self._recording.environment, **({"sources": "not here"} if unseen else {})}

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        """Raises ReplayError where the recording is not of this case as it is now."""
        self.check(case)
        for observation in self._recording.cases[case.id].observations:
            if calls is None or observation.call < calls:
                yield observation

    def close(self) -> None:
        pass

    def check(self, case: Case) -> None:
        """Raises ReplayError."""
        known = self._checked.get(id(case))
        if known is None or known[0] is not case:
            known = self._checked[id(case)] = case, self._problem_with(case)
        if known[1] is not None:
            raise known[1]

    def unknown(self, fixture: Fixture) -> Iterator[str]:
        """A sentence for each case that was recorded and is no case of the fixture."""
        ids = {case.id for case in fixture.cases}
        for id_ in () if self._problem is not None else self._recording.cases:
            if id_ not in ids:
                yield f"the recording {self._path} has a case {id_!r}, which the fixture has not"

    def _problem_with(self, case: Case) -> ReplayError | None:
        if self._problem is not None:
            return self._problem
        kept = self._recording.cases.get(case.id)
        if kept is None:
            return self._error(MISSING, f"the recording {self._path} has no case {case.id!r}")
        try:
            parts = digests.inputs_of(self._fixture, case, self.name)
        except RecordingError as error:
            return ReplayError(INVALID, f"{case.id}: {error}")
        if digests.digest_of(parts) != kept.inputs:
            changed = different(kept.parts, parts) or "its inputs"
            return self._error(STALE, f"the recording {self._path} is of other inputs: {changed} changed")
        problem = misplaced(case, self.name, kept.observations)
        return self._error(INVALID, f"the recording {self._path} is not of this case: {problem}") if problem else None

    def _read(self) -> Recording:
        """The recording, once it is known to be of this fixture. Raises ReplayError."""
        try:
            read = recording.read(self._recorded.path)
        except FileNotFoundError:
            raise self._error(MISSING, f"there is no recording {self._path}") from None
        except OSError as error:
            raise self._error(INVALID, f"the recording {self._path} cannot be read: {error.strerror}") from None
        except RecordingError as error:
            raise self._error(INVALID, f"the recording {self._path} cannot be used: {error}") from None
        for what, there, here in (
            ("side", read.side, self.name),
            ("fixture", read.fixture, self._fixture.path.name),
        ):
            if there != here:
                problem = f"the recording {self._path} is of the {what} {there!r}, not of {here!r}"
                raise self._error(INVALID, problem)
        changed = digests.changed_sources(read.sources, digests.sources_of(self._fixture, self.name))
        if changed:
            more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
            problem = f"the recording {self._path} is of other sources: {', '.join(changed[:3])}{more}"
            raise self._error(STALE, problem)
        return read

    @property
    def _path(self) -> str:
        return os.path.relpath(self._recorded.path)

    def _error(self, code: str, problem: str) -> ReplayError:
        return ReplayError(
            code, f"{problem}; where there is {NAME.get(self.name, self.name)}: {self._recorded.refresh}"
        )


def different(then: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The parts that are other ones than they were, for a sentence."""
    names = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def misplaced(case: Case, side: str, observations: Sequence[Observation]) -> str:
    """What is wrong with the order of a case's observations: the calls of the case, one by one, up to an error that
    nobody asked for."""
    places = list(_places(case))
    last: Observation | None = None
    for observation in observations:
        if last is not None and last.error is not None and not _goes_on(case, side, last):
            return f"it goes on after the error of {last.do}"
        if observation.call == MAKE and last is None:
            last = observation
            continue
        if not places:
            return f"it has more than the case's {len(case.calls)} calls"
        place = places.pop(0)
        if (observation.call, observation.do, observation.step, observation.piece) != place:
            where = f"call {observation.call}, step {observation.step}"
            return f"it has {observation.do} ({where}) where the case makes {place[1]}"
        last = observation
    if places and (last is None or last.error is None):
        return f"it ends before {places[0][1]}"
    return ""


def _goes_on(case: Case, side: str, observation: Observation) -> bool:
    return observation.call != MAKE and side in case.calls[observation.call].raises


def _places(case: Case) -> Iterator[tuple[int, str, int, int]]:
    for index, call in enumerate(case.calls):
        yield from ((index, call.do, step, piece) for step, piece in _pieces(call))


def _pieces(call: Call) -> Iterator[tuple[int, int]]:
    if call.trajectory is None:
        yield 0, 0
        return
    step = 0
    for piece in call.trajectory.pieces():
        step += piece
        yield step, piece
