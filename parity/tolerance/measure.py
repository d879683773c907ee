"""Fixtures measured: for every value what it needs, what there is, what is proposed, and what is to be said of it."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from parity import exact as exact_mode
from parity.bridge import RUnavailable
from parity.evidence.agreement import count_bits
from parity.evidence.structure import laid_over
from parity.fixture.model import Case
from parity.fixture.read import FixtureError, find_fixtures, fixture_error, read_fixture
from parity.subjects import MisfitError, listening
from parity.subjects.needs import NeedsError
from parity.subjects.observation import printable
from parity.tolerance.estimate import DRAWS, CaseEstimate, ValueEstimate, answer_of, estimate
from parity.tolerance.propose import LOOSE, NOTHING_SAID, Judgement, Need, Proposal, judge, need, propose, together
from parity.verify.case import subjects
from parity.verify.executors import LocalExecutor, environment_of_workers
from parity.verify.suite import check_asked, matches

Bits = Mapping[tuple[str, int, str], int]
"""By case, call and value: the bits that differ in exact mode."""


@dataclass(frozen=True)
class ValueTolerance:
    """One value, over the cases and calls that share a tolerance.

    `scale` is its largest number, `moves` the largest move on each side, `sums` the lengths of sums that its shape
    tells of. `until` is the step of a trajectory that was looked at: nothing is proposed, nor said of its tolerance,
    which is for the whole of it. `bits` differ in exact mode; None where that was not asked, or not possible.
    `known`: the case says that this value differs. `jumps` elements are made others by an ulp of `jumping`, and left
    out. `unmoved`: no input reaches it, so nothing can be told.
    """

    name: str
    calls: tuple[str, ...]
    cases: tuple[str, ...]
    count: int
    scale: float = 0.0
    moves: Mapping[str, float] = field(default_factory=dict)
    needed: float = 0.0
    proposal: Proposal | None = None
    judgement: Judgement = NOTHING_SAID
    sums: tuple[int, ...] = ()
    products: bool = False
    until: int = 0
    discrete: bool = False
    jumps: int = 0
    largest_jump: float = 0.0
    jumping: tuple[str, ...] = ()
    unstable: tuple[str, float] | None = None
    bits: int | None = None
    known: bool = False
    unmoved: bool = False

    @property
    def is_rounding_alone(self) -> bool:
        """In exact mode nothing differs: the formula is the same, and the order of its sums is not."""
        return self.bits == 0

    @property
    def differs(self) -> bool:
        """Whether the sides are further apart than rounding takes them.

        The few inputs of a trajectory do not stir all that is rounded on its way, so nothing is said of one.
        """
        return bool(self.judgement.far) and not (self.is_rounding_alone or self.known or self.until)

    @property
    def codes(self) -> tuple[str, ...]:
        """What is to be said, in stable words."""
        words = {
            "difference": self.differs,
            "swallows": self.swallows,
            "tight": self.is_tight,
            "loose": self.is_loose,
            "unstable": self.unstable is not None,
            "jumps": bool(self.jumps),
            "no proposal": self.count > 0 and self.proposal is None and not (self.until or self.unmoved),
            "unmoved": self.unmoved,
            "exact": self.judgement.exact,
            "summation order": bool(self.judgement.apart) and self.is_rounding_alone,
        }
        return tuple(word for word, holds in words.items() if holds)

    @property
    def is_loose(self) -> bool:
        loose = self.judgement.loose
        return not (self.until or self.unmoved or self.judgement.exact) and loose is not None and loose >= LOOSE

    @property
    def swallows(self) -> bool:
        return bool(self.judgement.swallowed) or self.judgement.flat

    @property
    def is_swallowed(self) -> bool:
        """Whether hardly a number of it would be missed."""
        return self.judgement.flat or self.judgement.swallowed > self.count / 2

    @property
    def is_tight(self) -> bool:
        return bool(self.judgement.tight) and not self.known


@dataclass(frozen=True)
class Group:
    """The cases of a fixture that share a tolerance: its values, and one proposal for all of them."""

    rtol: float
    atol: float
    cases: tuple[str, ...]
    values: tuple[ValueTolerance, ...]
    proposal: Proposal | None
    judgement: Judgement

    @property
    def is_loose(self) -> bool:
        judged = [value for value in self.values if not (value.discrete or value.until or value.unmoved)]
        return bool(judged) and all(value.is_loose for value in judged)


@dataclass(frozen=True)
class LeftAlone:
    """An input that was not moved in these cases, and why."""

    input: str
    why: str
    cases: tuple[str, ...]


@dataclass(frozen=True)
class FixtureTolerance:
    """`evaluations` is how often the side that was asked most carried out a case. `left` has the inputs that were not
    moved in cases that were measured all the same; `unmeasured`, by case, why nothing was estimated; `failed` what
    failed near the inputs. `exact` says why exact mode was not possible, "" where it was or was not needed.
    """

    path: Path
    name: str
    groups: tuple[Group, ...]
    evaluations: int = 0
    left: tuple[LeftAlone, ...] = ()
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    exact: str = ""

    def values(self) -> Iterator[ValueTolerance]:
        for group in self.groups:
            yield from group.values


@dataclass(frozen=True)
class Unmeasured:
    """A fixture of which nothing was measured, and why."""

    path: Path
    kind: str
    message: str


Outcome = FixtureTolerance | Unmeasured


@dataclass(frozen=True)
class Request:
    keep: str = ""
    draws: int = DRAWS
    exact: bool = True
    by_name: frozenset[Path] = frozenset()
    overrides: Mapping[str, Any] = field(default_factory=dict)


def tolerances(
    paths: Sequence[str | Path] | str | Path,
    *,
    keep: str = "",
    draws: int = DRAWS,
    exact: bool = True,
    jobs: int = 1,
    overrides: Mapping[str, Any] = MappingProxyType({}),
    progress: Callable[[Path, Outcome], None] | None = None,
) -> tuple[Outcome, ...]:
    """What tolerance each value of the fixtures below `paths` needs, by what an ulp of the inputs moves on each side.

    Each case is carried out draws + 6 times on a side, or draws + 8 where something may jump; where it does, or fails,
    once more with each input alone, and at most once all draws again. Of a trajectory only the first checkpoint is
    made. The work is done in `jobs` processes of their own. `exact`: what differs is made once more in exact mode.
    Raises FixtureError where `paths` holds no fixture, OverrideError where no fixture has a value of that name,
    ExpressionError for an empty term of `keep`, ValueError for no draws.
    """
    if draws < 1:
        raise ValueError(f"draws={draws}: expected one draw or more")
    asked = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    files = find_fixtures(asked)
    check_asked(files, keep, overrides)
    request = Request(keep, draws, exact, frozenset(asked), dict(overrides))
    outcomes = _by_workers(measure, [(path, request) for path in files], jobs, progress)
    if exact:
        differing = [path for path in files if _asks_for_bits(outcomes[path])]
        if differing:
            counted = _by_workers(bits_of, [(path, request) for path in differing], 1, None, exact=True)
            for path, bits in counted.items():
                outcomes[path] = _with_bits(outcomes[path], bits)
    return tuple(outcomes[path] for path in files)


def _by_workers(
    work: Callable[..., Any],
    tasks: Sequence[tuple[Path, Request]],
    jobs: int,
    progress: Callable[[Path, Any], None] | None,
    *,
    exact: bool = False,
) -> dict[Path, Any]:
    executor = LocalExecutor(max(1, min(jobs, len(tasks))), environment=environment_of_workers(exact=exact))
    results: dict[Path, Any] = {}
    finished = False
    try:
        pending: dict[Future[Any], Path] = {executor.submit(work, *task): task[0] for task in tasks}
        for future in as_completed(pending):
            path = pending[future]
            try:
                results[path] = future.result()
            except Exception as error:  # the process died, or parity failed: the other fixtures are measured
                results[path] = Unmeasured(path, "internal", f"{path}: {error}")
            if progress:
                progress(path, results[path])
        finished = True
    finally:
        executor.shutdown(cancel_futures=not finished)
    return results


def _kept(request: Request, cases: Sequence[Case], name: str) -> list[Case]:
    whole = request.keep in {case.id for case in cases}
    return [
        case for case in cases if (case.id == request.keep if whole else matches(request.keep, f"{name}/{case.id}"))
    ]


def measure(path: Path, request: Request) -> Outcome:
    """One fixture, in this process. What does not fit is an `Unmeasured`, never an exception."""
    try:
        fixture = read_fixture(path, request.overrides)
        if fixture.on_request and path not in request.by_name:
            return Unmeasured(path, "on request", fixture.on_request["en"])
        cases = _kept(request, fixture.cases, fixture.name)
        estimates = []
        if cases:
            with listening():
                sides = subjects(fixture, fixture.languages)
                try:
                    estimates = [estimate(case, sides, draws=request.draws) for case in cases]
                finally:
                    for side in sides:
                        side.close()
        return _judged(path, fixture.name, estimates)
    except FixtureError as error:
        return Unmeasured(path, "fixture", str(error))
    except MisfitError as error:
        return Unmeasured(path, "fixture", str(fixture_error(path, error.pointer, error.problem, error.expected)))
    except (RUnavailable, NeedsError) as error:
        return Unmeasured(path, "environment", str(error))
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        message = f"{path}: parity itself failed: {type(error).__name__}: {printable(error)} ({place})"
        return Unmeasured(path, "internal", message)


def _judged(path: Path, name: str, estimates: Sequence[CaseEstimate]) -> FixtureTolerance:
    groups: dict[tuple[float, float], list[CaseEstimate]] = {}
    for each in estimates:
        groups.setdefault((each.case.tolerance.rtol, each.case.tolerance.atol), []).append(each)
    left: dict[tuple[str, str], list[str]] = {}
    for each in estimates:
        for what in () if each.because else each.left.items():
            left.setdefault(what, []).append(each.case.id)
    return FixtureTolerance(
        path,
        name,
        tuple(_group(rtol, atol, members) for (rtol, atol), members in groups.items()),
        max((each.evaluations for each in estimates), default=0),
        tuple(LeftAlone(*what, tuple(cases)) for what, cases in left.items()),
        {each.case.id: each.because for each in estimates if each.because},
        tuple(dict.fromkeys(f"{side}: {text}" for each in estimates for side, text in each.failed.items())),
    )


def _group(rtol: float, atol: float, members: Sequence[CaseEstimate]) -> Group:
    by_name: dict[tuple[str, bool], list[tuple[CaseEstimate, ValueEstimate]]] = {}
    for each in members:
        for value in each.values:
            by_name.setdefault((value.path, bool(value.step)), []).append((each, value))
    values = []
    needs: list[Need] = []
    for entries in by_name.values():
        own = [need(value) for _, value in entries if not value.discrete]
        values.append(_value(entries, own, rtol, atol))
        if not (values[-1].until or values[-1].unmoved):
            needs += own
    judged = together(value.judgement for value in values if not (value.discrete or value.unmoved))
    return Group(rtol, atol, tuple(each.case.id for each in members), tuple(values), propose(needs), judged)


def _value(
    entries: Sequence[tuple[CaseEstimate, ValueEstimate]], needs: Sequence[Need], rtol: float, atol: float
) -> ValueTolerance:
    first = entries[0][1]
    common: dict[str, Any] = {
        "name": first.path,
        "calls": tuple(dict.fromkeys(value.call for _, value in entries)),
        "cases": tuple(dict.fromkeys(each.case.id for each, _ in entries)),
        "until": max(value.step for _, value in entries),
        "jumps": sum(value.jumps for _, value in entries),
        "largest_jump": max(value.largest_jump for _, value in entries),
        "jumping": tuple(dict.fromkeys(name for each, value in entries if value.jumps for name in each.jumping)),
        "known": any(_is_known(each.case, value) for each, value in entries),
    }
    if first.discrete:
        differs = sum(value.differs for _, value in entries)
        return ValueTolerance(count=0, discrete=True, judgement=Judgement(far=differs), **common)
    judged = together(judge(each, rtol, atol) for each in needs)
    unmoved = not any(response.wide.any() or response.moved.any() for _, v in entries for response in v.sides.values())
    unstable = [each.unstable for each in needs if each.unstable is not None]
    return ValueTolerance(
        count=sum(each.size.size for each in needs),
        scale=max(float(each.size.max(initial=0.0)) for each in needs),
        moves=_largest_moves([value for _, value in entries]),
        needed=max(float(each.needed.max(initial=0.0)) for each in needs),
        proposal=None if first.step or unmoved else propose(needs),
        unmoved=unmoved,
        judgement=judged,
        sums=tuple(sorted({length for _, value in entries for length in value.summed})),
        products=any(value.products for _, value in entries),
        unstable=max(unstable, key=lambda one: one[1], default=None),
        **common,
    )


def _largest_moves(values: Sequence[ValueEstimate]) -> dict[str, float]:
    moves: dict[str, float] = {}
    for value in values:
        for side, response in value.sides.items():
            largest = float(response.moved[~response.jumps].max(initial=0.0))
            moves[side] = max(moves.get(side, 0.0), largest)
    return moves


def _is_known(case: Case, value: ValueEstimate) -> bool:
    return case.differs is not None and any(value.path in one.names for one in case.differs.what)


def _asks_for_bits(outcome: Outcome) -> bool:
    return isinstance(outcome, FixtureTolerance) and any(value.judgement.apart for value in outcome.values())


def bits_of(path: Path, request: Request) -> Bits | Unmeasured:
    """The bits in which the sides differ, value by value. The process must have been started for exact mode."""
    unfit = exact_mode.check()
    if unfit:
        return Unmeasured(path, "environment", "; ".join(unfit))
    fixture = read_fixture(path, request.overrides)
    counted: dict[tuple[str, int, str], int] = {}
    with listening():
        sides = subjects(fixture, fixture.languages, exact=True)
        try:
            for case in _kept(request, fixture.cases, fixture.name):
                leaves = [answer_of(case, side) for side in sides]
                for index in range(len(case.calls)):
                    mine = [{name: leaf for (number, name), leaf in own.items() if number == index} for own in leaves]
                    for name in case.compared(index):
                        for place, laid in laid_over(name, mine):
                            bits = count_bits(dict(zip((side.name for side in sides), laid, strict=True)))
                            if bits is not None:
                                counted[case.id, index, place] = bits
        finally:
            for side in sides:
                side.close()
    return counted


def _with_bits(outcome: Outcome, bits: Bits | Unmeasured) -> Outcome:
    if not isinstance(outcome, FixtureTolerance):
        return outcome
    if isinstance(bits, Unmeasured):
        return dataclasses.replace(outcome, exact=bits.message)

    def of(value: ValueTolerance) -> ValueTolerance:
        if value.discrete or not value.judgement.apart:
            return value
        own = [count for (case, _, name), count in bits.items() if case in value.cases and name == value.name]
        return dataclasses.replace(value, bits=sum(own) if own else None)

    groups = tuple(dataclasses.replace(group, values=tuple(map(of, group.values))) for group in outcome.groups)
    return dataclasses.replace(outcome, groups=groups)
