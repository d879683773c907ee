"""A fixture verified: each case carried out once on all sides in step, then judged by the evidence that it owes."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np

from parity.bridge import RUnavailable
from parity.evidence import (
    agreement,
    divergence,
    expected,
    gradient,
    raises,
    referee,
    relations,
    repeatable,
    trajectory,
    untouched,
    warns,
)
from parity.evidence.blame import blame
from parity.evidence.compare import Comparison
from parity.evidence.differentiation import GradientCheck
from parity.evidence.finding import NOT_BROUGHT, Finding, Owed, unpaid
from parity.evidence.structure import plain
from parity.fixture.model import Case, Fixture
from parity.subjects import NAME, MisfitError, Subject, listening
from parity.subjects.observation import MAKE, Condition, Leaf, Observation, printable
from parity.subjects.per_case import once_per_case
from parity.subjects.python import PythonSubject
from parity.subjects.r import RSubject
from parity.subjects.recorded import Recorded, RecordedSubject
from parity.subjects.referee import RefereeSubject, is_left_out, referees_of
from parity.subjects.worker import WorkerOptions, WorkerSubject
from parity.verify import replayed
from parity.verify.diagnosis import Explainer
from parity.verify.results import CaseResult, FixtureResult, Misfit, ValueResult

Round = Mapping[str, Observation]

LOST = ("died", "timeout")
"""Failures of a process, which say nothing about the call that it was asked to make."""

COMPARING = (agreement.KIND, expected.KIND, referee.KIND, relations.KIND, gradient.KIND, raises.KIND, warns.KIND)
"""Evidence that compares something; a case that brings none of it has shown nothing."""


@dataclass(frozen=True)
class Options:
    """What to verify. `keep` chooses cases by fixture name and case id.

    `tick` is told the case, the steps made and the steps asked for at each checkpoint of a trajectory, and answers
    whether to go on. `exact` makes NumPy do arithmetic as R does and counts the bits that differ; the process must be
    fit for it (`parity.exact.check`). With `isolated`, each subject is in a process of its own, which may die.
    `recorded` says of which sides a recording is taken instead of running them. `tape` is told the case, the side and
    each observation, as it is compared. `diagnose` looks for the cause of what fails. `follow` adds to a result what is
    seen along the chain of the case.
    """

    languages: tuple[str, ...] = ("python", "r")
    gradients: bool = True
    exact: bool = False
    keep: Callable[[str, str], bool] = lambda _name, _case: True
    tick: Callable[[str, int, int], bool] = lambda _case, _made, _steps: True
    isolated: WorkerOptions | None = None
    recorded: Mapping[str, Recorded] = field(default_factory=dict)
    tape: Callable[[Case, str, Observation], None] | None = None
    diagnose: bool = True
    follow: Callable[[Case, Sequence[Subject], CaseResult, Options], CaseResult] | None = None


EVERYTHING = Options()


def subjects(
    fixture: Fixture,
    languages: Sequence[str] = ("python", "r"),
    *,
    exact: bool = False,
    isolated: WorkerOptions | None = None,
    recorded: Mapping[str, Recorded] = MappingProxyType({}),
) -> tuple[Subject, ...]:
    """Those of the languages that the fixture exists in.

    Raises MisfitError where the fixture names what does not exist, bridge.RUnavailable where there is no R, and
    NeedsError where a package that it needs is not installed.
    """
    seconds = None if isolated is None else isolated.timeout
    makers: Mapping[str, Callable[[Fixture], Subject]] = {
        "python": functools.partial(PythonSubject, as_r=exact, seconds=seconds),
        "r": functools.partial(RSubject, seconds=seconds),
    }
    started: list[Subject] = []
    try:
        for language in sides_of(fixture, languages):
            if language in recorded:
                started.append(RecordedSubject(fixture, language, recorded[language]))
                continue
            make = makers[language]
            started.append(make(fixture) if isolated is None else WorkerSubject(language, make, fixture, isolated))
    except BaseException:
        for subject in started:
            subject.close()
        raise
    return tuple(started)


def subjects_and_referee(
    fixture: Fixture,
    languages: Sequence[str] = ("python", "r"),
    *,
    exact: bool = False,
    isolated: WorkerOptions | None = None,
    recorded: Mapping[str, Recorded] = MappingProxyType({}),
) -> tuple[Subject, ...]:
    """The subjects, and last whoever judges them. Raises what `subjects` raises."""
    sides = subjects(fixture, languages, exact=exact, isolated=isolated, recorded=recorded)
    try:
        judge = referees_of(fixture, [one for one in languages if one not in recorded], isolated)
    except BaseException:
        for subject in sides:
            subject.close()
        raise
    return sides if judge is None else (*sides, judge)


def sides_of(fixture: Fixture, languages: Sequence[str]) -> tuple[str, ...]:
    """The languages of a fixture among these. Raises RUnavailable where it has R alone, and R is left out."""
    sides = tuple(language for language in languages if language in fixture.languages)
    if not sides:
        raise RUnavailable(f"{fixture.path}: the fixture has code in R alone, and R is left out")
    return sides


def verify(fixture: Fixture, options: Options = EVERYTHING) -> FixtureResult:
    """Verify the cases that `options` keeps.

    A case that does not fit becomes one of the result's misfits, and the others go on. Raises MisfitError where the
    whole fixture does not fit.
    """
    started = time.perf_counter()
    cases = [case for case in fixture.cases if options.keep(fixture.name, case.id)]
    results: list[CaseResult] = []
    misfits: list[Misfit] = []
    with contextlib.ExitStack() as stack:
        stack.enter_context(listening())
        sides: tuple[Subject, ...] = ()
        if cases:
            sides = subjects_and_referee(
                fixture,
                options.languages,
                exact=options.exact,
                isolated=options.isolated,
                recorded=options.recorded,
            )
        for subject in sides:
            stack.callback(subject.close)
        for case in cases:
            try:
                result = verify_case(case, sides, options)
                if options.follow is not None:
                    result = options.follow(case, sides, result, options)
                results.append(result)
            except MisfitError as error:
                if error.whole:
                    raise
                misfits.append(Misfit(error.pointer, error.problem, error.expected))
                continue
            except RUnavailable:
                raise
            except Exception as error:  # ours, not the code's: it fails this case, and the others are whole
                results.append(_given_up(case, error))
            if results[-1].interrupted:
                break
    seconds = time.perf_counter() - started
    return FixtureResult(
        fixture.path,
        fixture.name,
        fixture.about,
        tuple(results),
        seconds,
        tuple(misfits),
        {side.name: side.environment for side in sides if isinstance(side, RecordedSubject)},
    )


def _given_up(case: Case, error: Exception) -> CaseResult:
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(where.filename).name}:{where.lineno}"
    message = f"parity itself failed: {type(error).__name__}: {printable(error)}"
    finding = Finding(kind="internal", pair="", subject="", ok=False, code="internal", message=message, where=place)
    return CaseResult(id=case.id, ok=False, findings=(finding,))


def owed(case: Case, sides: Sequence[str], *, gradients: bool = True) -> tuple[Owed, ...]:
    """Everything that the case owes on these sides, known divergences apart."""
    return _owed(case, tuple(sides), gradients)


@once_per_case
def _owed(case: Case, sides: tuple[str, ...], gradients: bool) -> tuple[Owed, ...]:
    return (
        *agreement.owes(case, sides),
        *expected.owes(case, sides),
        *referee.owes(case, sides),
        *relations.owes(case, sides),
        *(gradient.owes(case, sides) if gradients else ()),
        *raises.owes(case, sides),
        *warns.owes(case, sides),
        *trajectory.owes(case, sides),
        *untouched.owes(case, sides),
        *repeatable.owes(case, sides),
    )


def verify_case(case: Case, sides: Sequence[Subject], options: Options = EVERYTHING) -> CaseResult:
    """Verify one case, whether or not `options` keeps it. Raises MisfitError with a pointer from the case."""
    started = time.perf_counter()
    judge = next((subject for subject in sides if isinstance(subject, RefereeSubject)), None)
    sides = [subject for subject in sides if subject is not judge]
    names = [subject.name for subject in sides]
    recorded = replayed.sides_of(sides)
    refused = tuple(replayed.refusals(case, sides))
    if refused:
        return CaseResult(id=case.id, ok=False, findings=refused, recorded=tuple(sorted(recorded)))
    run = carry_out(case, sides, options)
    _refuse_if_all_fail(case, run.rounds)
    debts = replayed.due(owed(case, names, gradients=options.gradients), recorded)
    judged = [] if judge is None else list(judge.observe(case))
    here = judge is not None and judge.judges(case)
    if (
        not here
        and case.referee is not None
        and is_left_out(case.referee, [name for name in names if name not in recorded])
    ):
        debts = tuple(debt for debt in debts if debt.kind != referee.KIND)
    pairs = dict.fromkeys(debt.pair for debt in debts)
    if run.stopped_early:
        debts = tuple(debt for debt in debts if debt.kind not in (expected.KIND, trajectory.LEAST))
    failed = {
        side for one in run.rounds for side, observation in one.items() if raises.unasked(case, side, observation)
    }
    findings: list[Finding] = [
        *raises.find(case, run.rounds),
        *warns.find(case, run.rounds),
        *untouched.find(run.rounds),
        *referee.refusals(judged),
        *run.findings,
        *repeatable.find(case, [subject for subject in sides if subject.name not in failed | recorded], run.first),
    ]
    if options.gradients and case.derivatives is not None and not run.stopped_early:
        for subject in sides:
            if subject.name not in failed | recorded:
                findings += gradient.find(case, subject)
    for subject in sides if case.relations else ():
        if subject.name not in failed | recorded:
            answers = [one[subject.name] for one in run.rounds if subject.name in one]
            findings += relations.find(case, subject, answers)
    # Of several passes through one gradient a wrong one speaks.
    by_rightness = sorted((f for f in findings if f.check is not None), key=lambda f: not f.ok)
    checks = {(f.subject, f.value): f.check for f in by_rightness if f.check is not None}
    explain = (
        Explainer(case, [subject for subject in sides if subject.name not in failed]) if options.diagnose else None
    )
    broken = [finding for finding in findings if finding.kind == relations.KIND and not finding.ok]
    values = [*_values(case, run, names, checks, failed, options, explain, referee.values_of(judged), broken)]
    findings += [finding for value in values for finding in value.findings]
    refused_to_judge = any(observation.error is not None for observation in judged)
    judging = tuple(debt for debt in debts if debt.kind == referee.KIND)
    others = tuple(debt for debt in debts if debt.kind != referee.KIND)
    findings += unpaid(others, findings, stopped=bool(failed) or _ended(run))
    findings += unpaid(judging, findings, stopped=bool(failed) or _ended(run) or refused_to_judge)
    if not any(f.kind in COMPARING and (f.count or not f.ok) for f in findings) and not failed:
        text = "the case names no value that could be compared"
        findings.append(Finding(kind="comparison", pair="", subject="", ok=False, code=NOT_BROUGHT, message=text))
    ok = all(finding.ok for finding in findings)
    divergences = [*divergence.owes(case.differs, frozenset(pairs))]
    if case.differs is not None and divergences:
        strict = [*divergence.find(case.differs, findings, frozenset(pairs))]
        strict += unpaid(divergences, strict, stopped=False)
        findings += strict
        ok = all(finding.ok for finding in strict)
    result = CaseResult(
        id=case.id,
        ok=ok,
        findings=tuple(findings),
        values=tuple(values),
        pairs=tuple(pairs),
        divergence=case.differs.id if case.differs else None,
        divergence_reason=case.differs.reason if case.differs else {},
        expected_by=case.expected_by,
        warnings=tuple(
            (side, condition.message)
            for one in run.warnings
            for side, conditions in one.items()
            for condition in conditions
        ),
        seconds=time.perf_counter() - started,
        trajectory=run.follower.result() if run.follower else None,
    )
    return replayed.labelled(result, recorded)


def nodes(
    case: Case,
    sides: Sequence[str],
    *,
    gradients: bool = True,
    recorded: Collection[str] = (),
    left_out: Collection[str] = (),
) -> tuple[str, ...]:
    """The pairs, and sides, of the evidence that the case owes: each once, in the order in which it is owed."""
    debts = replayed.due(owed(case, sides, gradients=gradients), recorded)
    if case.referee is not None and "r" in {*left_out, *recorded} and is_left_out(case.referee, ()):
        debts = tuple(debt for debt in debts if debt.kind != referee.KIND)
    return tuple(dict.fromkeys(replayed.label(debt.pair, recorded) for debt in debts))


@dataclass
class _Run:
    """A case carried out: the rounds (all sides' observations of one call), without the pieces of a trajectory."""

    rounds: list[Round] = field(default_factory=list)
    warnings: list[Mapping[str, tuple[Condition, ...]]] = field(default_factory=list)
    first: dict[str, list[Observation]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    follower: trajectory.Follower | None = None

    @property
    def stopped_early(self) -> bool:
        return self.follower is not None and self.follower.stopped


def carry_out(case: Case, sides: Sequence[Subject], options: Options) -> _Run:
    """Every side's observations, call by call.

    With a trajectory all sides go in step, and its pieces are compared as they come. Without one a side is heard to its
    end before the next: both interpreters at once are more than a processor's caches hold.
    """
    streams: dict[str, Iterator[Observation]] = {}
    with contextlib.ExitStack() as stack:
        for subject in sides:
            stream = streams[subject.name] = subject.observe(case)
            close = getattr(stream, "close", None)
            if close is not None:
                stack.callback(close)
        if any(call.trajectory is not None for call in case.calls):
            return _in_step(case, streams, options)
        return _one_after_another(case, streams, options)


def _one_after_another(case: Case, streams: Mapping[str, Iterator[Observation]], options: Options) -> _Run:
    answers = {side: list(stream) for side, stream in streams.items()}
    run = _Run(first=answers if case.repeatable else {})
    for step in range(max(map(len, answers.values()), default=0)):
        one = {side: observations[step] for side, observations in answers.items() if step < len(observations)}
        _tape(case, one, options)
        run.rounds.append(one)
        run.warnings.append({side: observation.warnings for side, observation in one.items()})
    return run


def _tape(case: Case, one: Round, options: Options) -> None:
    if options.tape is not None:
        for side, observation in one.items():
            options.tape(case, side, observation)


def _in_step(case: Case, streams: dict[str, Iterator[Observation]], options: Options) -> _Run:
    run = _Run()
    going = streams
    while True:
        one = {side: answer for side, stream in going.items() if (answer := next(stream, None)) is not None}
        if not one:
            break
        going = {side: going[side] for side in one}
        _tape(case, one, options)
        run.warnings.append({side: observation.warnings for side, observation in one.items()})
        _remember_first(run, case, one)
        if not any(observation.piece for observation in one.values()):
            run.rounds.append(one)
            continue
        _add_piece(run, one)
        if any(observation.error is not None for observation in one.values()) or len(one) < len(streams):
            break
        if not _followed(run, case, one, options):
            break
    if run.follower is not None:
        run.findings += run.follower.findings()
    return run


def _add_piece(run: _Run, one: Round) -> None:
    """Of a trajectory the rounds keep one entry, what its pieces said and did, without their values."""
    before = run.rounds[-1] if run.rounds else {}
    merged = {}
    for side, observation in one.items():
        then = before.get(side)
        if then is not None and then.call == observation.call and then.piece:
            changes = tuple(dict.fromkeys((*then.changed, *observation.changed)))
            observation = dataclasses.replace(
                observation, changed=changes, warnings=(*then.warnings, *observation.warnings)
            )
        merged[side] = dataclasses.replace(observation, values={})
    if any(
        observation.piece and observation.call == one[side].call for side, observation in before.items() if side in one
    ):
        run.rounds.pop()
    run.rounds.append(merged)


def _remember_first(run: _Run, case: Case, one: Round) -> None:
    """What is made again to see whether it repeats: all calls, up to the first piece of a trajectory."""
    for side, observation in one.items():
        earlier = run.first.setdefault(side, [])
        over = earlier and earlier[-1].piece
        if case.repeatable and not over:
            earlier.append(observation)


def _followed(run: _Run, case: Case, one: Round, options: Options) -> bool:
    """Compare one piece of a trajectory; whether to go on."""
    index = next(iter(one.values())).call
    if run.follower is None or run.follower.index != index:
        run.follower = trajectory.Follower(case, index, bits=options.exact)
    follower = run.follower
    follower.add(one)
    if options.tick(case.id, follower.made, follower.trajectory.steps):
        return True
    follower.stopped = not follower.complete
    return not follower.stopped


def _ended(run: _Run) -> bool:
    return run.stopped_early or any(
        observation.error is not None and observation.call == MAKE for one in run.rounds for observation in one.values()
    )


def _refuse_if_all_fail(case: Case, rounds: Sequence[Round]) -> None:
    """A call that every side refuses is the fixture's fault. Raises MisfitError at the call itself."""
    for one in rounds:
        if len(one) < 2 or any(
            observation.error is None or observation.error.kind in LOST for observation in one.values()
        ):
            continue
        indices = {observation.call for observation in one.values()}
        step = max(observation.step - observation.piece for observation in one.values())
        if len(indices) == 1 and step == 0 and MAKE not in indices and not case.calls[min(indices)].raises:
            errors = "; ".join(
                f"{NAME.get(side, side)}: {observation.error.message}"
                + (f" at {observation.error.where}" * bool(observation.error.where))
                for side, observation in one.items()
                if observation.error
            )
            place = case.calls[min(indices)].at
            raise MisfitError(place, f"every language refuses this call ({errors})", "arguments that fit, or 'raises'")


def _values(
    case: Case,
    run: _Run,
    names: Sequence[str],
    checks: Mapping[tuple[str, str], GradientCheck],
    failed: set[str],
    options: Options,
    explain: Explainer | None,
    judged: referee.Values,
    broken: Sequence[Finding],
) -> Iterator[ValueResult]:
    """The values of every call that some side answered, with the findings on each, and the cause of what fails."""
    by_call: dict[int, dict[str, Observation]] = {}
    for one in run.rounds:
        for side, observation in one.items():
            if observation.call != MAKE and not observation.piece:
                by_call.setdefault(observation.call, {})[side] = observation
    for index, answers in sorted(by_call.items()):
        if not case.calls[index].raises and any(observation.error is None for observation in answers.values()):
            own = [finding for finding in broken if finding.index == index]
            for path, findings, leaves_of in agreement.find(case, index, answers, judgement=judged.get(index)):
                if findings:
                    value = _value(
                        case.calls[index].do, path, findings, leaves_of, names, checks, failed, options, broken=own
                    )
                    if explain is not None and any(_differs(comparison) for comparison in value.comparisons.values()):
                        value = dataclasses.replace(value, diagnosis=explain(index, path, leaves_of, value.blame))
                    yield value
    if run.follower is not None and run.follower.made:
        do = run.follower.call.do
        for path, findings, leaves_of, step in run.follower.values():
            # The numbers of the worst place on the way, not of the end.
            call = f"{do}, step {step}" if step else do
            yield _value(call, path, findings, leaves_of, names, checks, failed, options, on_the_way=bool(step))


def _differs(comparison: Comparison) -> bool:
    """Whether the two are unlike: one that shows nothing has nothing that could be explained."""
    return not comparison.ok and comparison.reason != "vacuous"


def _value(
    call: str,
    path: str,
    findings: tuple[Finding, ...],
    leaves_of: Mapping[str, Leaf],
    names: Sequence[str],
    checks: Mapping[tuple[str, str], GradientCheck],
    failed: set[str],
    options: Options,
    *,
    on_the_way: bool = False,
    broken: Sequence[Finding] = (),
) -> ValueResult:
    bits = agreement.count_bits(leaves_of) if options.exact and not on_the_way else None
    wrong = next((f for f in findings if not f.ok and f.comparison is not None), None)
    if wrong is None or wrong.comparison is None:
        return ValueResult(call, path, findings, bits=bits)
    sides = [side for side in names if side not in failed]
    guilty, spoken = blame(path, [*findings, *broken], sides, leaves_of, checks)
    comparison = wrong.comparison
    index = comparison.ratio.index if comparison.ratio else None
    if on_the_way or comparison.row:  # of a frame the sides have their rows in orders of their own
        reference = wrong.pair.split("-")[1 if wrong.kind in (expected.KIND, referee.KIND) else 0]
        there = ((reference, comparison.reference), (wrong.subject, comparison.actual))
        numbers = {side: n for side, n in there if isinstance(n, float | int | bool | str)}
    else:
        numbers = {side: n for side, leaf in leaves_of.items() if (n := _number(leaf, index)) is not None}
    return ValueResult(call, path, findings, guilty, index, numbers, bits, blamed_by=spoken)


def _number(leaf: Leaf, index: tuple[int, ...] | None) -> float | int | bool | str | None:
    array = plain(leaf)
    if not isinstance(array, np.ndarray) or index is None:
        return None
    if array.size == 1:  # of another rank, as R's vector of length one is that meets a scalar
        index = (0,) * array.ndim
    if array.ndim != len(index):
        return None
    if not all(i < n for i, n in zip(index, array.shape, strict=True)):
        return None
    value = array[index]
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, float | int | bool | str) else str(value)
