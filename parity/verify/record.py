"""What one side gave, kept: a fixture is verified, and what its side answered is written where it can be held against
later; or what it answers now is held against what it answered then.

What the sides do not agree on is not recorded. A case with a declared divergence is: that they differ just so has been
verified, and is verified again in a replay.
"""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from parity.evidence.leaf import held_against
from parity.fixture.model import Case, Fixture
from parity.subjects import MisfitError, digests, listening, recording
from parity.subjects.observation import Observation
from parity.subjects.recorded import Recorded, RecordedSubject, ReplayError, misplaced
from parity.subjects.recording import RecordedCase, Recording
from parity.verify.case import EVERYTHING, Options, subjects, verify
from parity.verify.results import FixtureResult


def record(fixture: Fixture, side: str, recorded: Recorded, options: Options = EVERYTHING) -> FixtureResult:
    """Verify the fixture on both sides and, where every case is in order, write what the side gave.

    `written` of the result is the file, or None where something is not in order. Raises what `verify` raises,
    RecordingError for a value that has no form in a recording, and OSError.
    """
    tape: dict[str, list[Observation]] = {}

    def keep(case: Case, name: str, observation: Observation) -> None:
        if name == side:
            tape.setdefault(case.id, []).append(observation)

    result = verify(fixture, dataclasses.replace(options, tape=keep))
    if not result.ok or any(case.interrupted for case in result.cases):
        return result
    recording.write(recording_of(fixture, side, tape), recorded.path)
    return dataclasses.replace(result, written=recorded.path)


def recording_of(fixture: Fixture, side: str, tape: Mapping[str, list[Observation]]) -> Recording:
    """Raises RecordingError where what a case was observed to do is not the whole case."""
    cases = {}
    for case in fixture.cases:
        observations = tuple(tape.get(case.id, ()))
        problem = misplaced(case, side, observations)
        if problem:
            raise recording.RecordingError(f"{case.id}: {problem}")
        parts = digests.inputs_of(fixture, case, side)
        cases[case.id] = RecordedCase(digests.digest_of(parts), observations, parts)
    return Recording(
        side,
        fixture.path.name,
        environment_of(fixture, side),
        digests.sources_of(fixture, side),
        cases,
        # R's own tests read what Python gave, and cannot compute the digests of the inputs.
        digests.file_digest(fixture.path) if side == "python" else "",
    )


# -- what ran ----------------------------------------------------------------------------------------------------------


def environment_of(fixture: Fixture, side: str) -> dict[str, Any]:
    """The language, the platform, the BLAS, and the packages that the fixture uses, with their versions."""
    names = digests.packages_of(fixture, side)
    return _of_r(names) if side == "r" else _of_python(names)


_R_VERSIONS = """function(names) {
  there <- names[nzchar(vapply(names, function(name) system.file(package = name), ""))]
  list(r = as.character(getRversion()), platform = R.version$platform, blas = extSoftVersion()[["BLAS"]],
       lapack = La_version(), locale = Sys.getlocale("LC_COLLATE"), names = there,
       versions = vapply(there, function(name) as.character(utils::packageVersion(name)), ""))
}"""


def _of_r(names: list[str]) -> dict[str, Any]:
    from parity import bridge

    facts = bridge.function(_R_VERSIONS)(names=np.array(names, dtype=np.str_))
    one = {key: str(facts[key][0]) for key in ("r", "platform", "blas", "lapack", "locale")}
    one["blas"] = _last_two(one["blas"])
    packages = dict(zip(np.ravel(facts["names"]).tolist(), np.ravel(facts["versions"]).tolist(), strict=True))
    return {**one, "packages": packages}


def _of_python(names: list[str]) -> dict[str, Any]:
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    distributions = metadata.packages_distributions()
    packages = {}
    for name in names:
        for distribution in sorted(distributions.get(name, ()))[:1]:
            packages[name] = metadata.version(distribution)
    return {
        "python": platform.python_version(),
        "platform": f"{platform.machine()}-{platform.system()}".lower(),
        "blas": f"{blas.get('name')} {blas.get('version')}",
        "packages": packages,
    }


def _last_two(path: str) -> str:
    """A library's file and its folder, which names the BLAS where systems let one choose."""
    return "/".join(PurePosixPath(path).parts[-2:])


def environments_differ(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is another version than it was: "r 4.2.2, now 4.5.1"."""
    flat_then, flat_now = _flat(then), _flat(now)
    return [
        f"{name} {flat_then.get(name, 'not there')}, now {flat_now.get(name, 'not there')}"
        for name in {**flat_then, **flat_now}
        if flat_then.get(name) != flat_now.get(name)
    ]


def _flat(environment: Mapping[str, Any]) -> dict[str, str]:
    packages = environment.get("packages", {})
    return {**{name: str(version) for name, version in environment.items() if name != "packages"}, **packages}


# -- drift -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """A value that is not what it was, bit for bit. `ok` where it is within the case's tolerance all the same;
    `absolute` is the worst difference, None where the two have none; `told` says what is meant, or is wrong."""

    case: str
    call: str
    name: str
    ok: bool
    message: str
    absolute: float | None = None
    ulp: float | None = None


@dataclass(frozen=True)
class Drift:
    """What a side gives now, beside what it gave when it was recorded. `problems` say why they cannot be compared."""

    path: Path
    environment: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()
    problems: tuple[str, ...] = ()
    count: int = 0

    @property
    def ok(self) -> bool:
        return self.count > 0 and not self.problems and all(moved.ok for moved in self.moved)


def drift(fixture: Fixture, side: str, recorded: Recorded) -> Drift:
    """Run the side alone, and hold what it gives against the recording. Raises what `subjects` raises."""
    then = RecordedSubject(fixture, side, recorded)
    problems: dict[str, None] = {}
    moved: list[Moved] = []
    count = 0
    with listening():
        (now,) = subjects(fixture, (side,))
        try:
            environment = environments_differ(then.environment, environment_of(fixture, side))
            for case in fixture.cases:
                try:
                    before = list(then.observe(case))
                    after = list(now.observe(case))
                except (ReplayError, MisfitError) as error:
                    problems[str(error)] = None
                    continue
                count += sum(len(observation.values) + 1 for observation in after)
                moved += _moved(case, before, after)
        finally:
            now.close()
    for extra in then.unknown(fixture):
        problems[extra] = None
    return Drift(fixture.path, tuple(environment) if then.environment else (), tuple(moved), tuple(problems), count)


def _moved(case: Case, before: list[Observation], after: list[Observation]) -> Iterator[Moved]:
    if len(before) != len(after):
        yield Moved(case.id, "", "", False, f"{len(before)} observations were recorded, now there are {len(after)}")
    for then, now in zip(before, after, strict=False):
        call = now.do + (f", step {now.step}" if now.piece else "")
        if then.error != now.error:
            texts = [f"{one.error.kind}: {one.error.message}" if one.error else "an answer" for one in (then, now)]
            alike = then.error is not None and now.error is not None and then.error.classes == now.error.classes
            yield Moved(case.id, call, "", alike, f"it was {texts[0]}, now {texts[1]}")
        if then.warnings != now.warnings:
            texts = [
                "; ".join(one.message for one in observation.warnings) or "no warning" for observation in (then, now)
            ]
            alike = [one.classes for one in then.warnings] == [one.classes for one in now.warnings]
            yield Moved(case.id, call, "", alike, f"it was {texts[0]}, now {texts[1]}")
        for name in {**then.values, **now.values}:
            yield from _moved_value(case, call, name, then, now)


def _moved_value(case: Case, call: str, name: str, then: Observation, now: Observation) -> Iterator[Moved]:
    before, after = then.values.get(name), now.values.get(name)
    if before is None or after is None:
        yield Moved(case.id, call, name, False, "it is gone" if after is None else "it is new")
    elif recording.encode(before) != recording.encode(after):
        c = held_against(after, before, case.tolerance, constant_ok=True, names=("now", "then"))
        message = c.message or "other bits, within the tolerance"
        absolute, ulp = (None if one is None else float(one.value) for one in (c.absolute, c.ulp))
        yield Moved(case.id, call, name, c.ok, message, absolute, ulp)
