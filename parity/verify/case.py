"""A fixture verified: both subjects run, every pair compared, every gradient checked, the blame assigned."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from parity.evidence.agreement import compare_call
from parity.evidence.blame import EXPECTED
from parity.evidence.gradient import GRADIENT, check_gradients
from parity.evidence.results import (
    CaseResult,
    FixtureResult,
    GradientResult,
    Misfit,
    Pair,
    PictureResult,
    Problem,
    TrajectoryResult,
    ValueResult,
)
from parity.evidence.trajectory import errors, follow
from parity.fixture.model import Call, Case, Fixture
from parity.subjects import NAME, BeginError, MisfitError, Run, Subject, refuse_if_all_fail
from parity.subjects import execute as execution
from parity.subjects.observation import CallTrace, Trace
from parity.subjects.python import PythonSubject
from parity.subjects.r import RSubject


@dataclass(frozen=True)
class Options:
    """What to verify. `keep` chooses cases by fixture name and case id.

    `tick` is told the case, the steps made and the steps asked for at each checkpoint of a trajectory, and answers
    whether to go on. `exact` makes NumPy do arithmetic as R does and counts the bits that differ; the process must be
    fit for it (`parity.exact.check`).
    """

    languages: tuple[str, ...] = ("python", "r")
    gradients: bool = True
    exact: bool = False
    keep: Callable[[str, str], bool] = lambda _name, _case: True
    tick: Callable[[str, int, int], bool] = lambda _case, _made, _steps: True


EVERYTHING = Options()


def subjects(
    fixture: Fixture, languages: Sequence[str] = ("python", "r"), *, exact: bool = False
) -> tuple[Subject, ...]:
    """Raises MisfitError where the fixture names what does not exist, bridge.RUnavailable where there is no R."""
    makers: Mapping[str, Callable[[Fixture], Subject]] = {
        "python": functools.partial(PythonSubject, as_r=exact),
        "r": RSubject,
    }
    made: list[Subject] = []
    try:
        for language in languages:
            made.append(makers[language](fixture))
    except BaseException:
        for subject in made:
            subject.close()
        raise
    return tuple(made)


def verify(fixture: Fixture, options: Options = EVERYTHING) -> FixtureResult:
    """Verify the cases that `options` keeps.

    A case that does not fit becomes one of the result's misfits, and the others go on. Raises MisfitError where the
    whole fixture does not fit.
    """
    started = time.perf_counter()
    chosen = [(n, case) for n, case in enumerate(fixture.cases) if options.keep(fixture.name, case.id)]
    both = subjects(fixture, options.languages, exact=options.exact) if chosen else ()
    results: list[CaseResult] = []
    misfits: list[Misfit] = []
    try:
        for number, case in chosen:
            try:
                results.append(verify_case(case, both, options))
            except MisfitError as error:
                if error.absolute:
                    raise
                misfits.append(Misfit(("cases", number, *error.pointer), error.problem, error.expected))
                continue
            if results[-1].interrupted:
                break
    finally:
        for subject in both:
            subject.close()
    seconds = time.perf_counter() - started
    return FixtureResult(fixture.path, fixture.name, fixture.about, tuple(results), seconds, tuple(misfits))


def verify_case(case: Case, both: Sequence[Subject], options: Options = EVERYTHING) -> CaseResult:
    """Verify one case, whether or not `options` keeps it. Raises MisfitError with a pointer from the case."""
    if any(call.trajectory for call in case.calls):
        return _in_step(case, both, options)
    return _one_after_the_other(case, both, options)


def _one_after_the_other(case: Case, both: Sequence[Subject], options: Options) -> CaseResult:
    started = time.perf_counter()
    traces = {subject.language: execution.run(case, subject) for subject in both}
    problems = list(_problems(case, traces))
    results: list[GradientResult] = []
    if options.gradients and case.derivatives is not None:
        for subject in both:
            if not any(call.error for call in traces[subject.language].calls):
                results += check_gradients(case, case.derivatives, subject)
    checks = {(result.language, result.check.gradient): result.check for result in results}
    values: list[ValueResult] = []
    for index, call in enumerate(case.calls):
        if not call.raises:
            sides = {language: _trace_at(trace, index, call).values for language, trace in traces.items()}
            values += compare_call(case, index, sides, checks, bits=options.exact)
    pictures = [
        picture_of(call, {side: _trace_at(trace, index, call) for side, trace in traces.items()})
        for index, call in enumerate(case.calls)
        if call.picture
    ]
    warnings = [(side, text) for side, trace in traces.items() for call in trace.calls for text in call.warnings]
    found = _Found(values, results, problems, warnings, pictures)
    asked = list(traces) if options.gradients else []
    return _concluded(case, found, started, languages=list(traces), differentiated=asked)


def _in_step(case: Case, both: Sequence[Subject], options: Options) -> CaseResult:
    """Call by call on both sides at once, as a trajectory needs it; gradients are other cases' business."""
    started = time.perf_counter()
    languages = [subject.language for subject in both]
    runs: dict[str, Run] = {}
    problems: list[Problem] = []
    values: list[ValueResult] = []
    warnings: list[tuple[str, str]] = []
    pictures: list[PictureResult] = []
    trajectory: TrajectoryResult | None = None
    for subject in both:
        try:
            runs[subject.language] = subject.begin(case)
        except BeginError as error:
            problems += errors({subject.language: error.trace})
    for index, call in enumerate(case.calls):
        if problems or (trajectory and trajectory.stopped):
            break
        try:
            if call.trajectory:
                tick = functools.partial(options.tick, case.id)
                followed = follow(case, index, runs, tick, bits=options.exact)
                values += followed.values
                problems += followed.problems
                warnings += followed.warnings
                trajectory = followed.result
            else:
                traced = {language: run.call(call, case.compared(index)) for language, run in runs.items()}
                refuse_if_all_fail(traced)
                problems += errors(traced)
                warnings += [(side, text) for side, trace in traced.items() for text in trace.warnings]
                found = {side: trace.values for side, trace in traced.items()}
                values += compare_call(case, index, found, {}, bits=options.exact)
                pictures += [picture_of(call, traced)] if call.picture else []
        except MisfitError as error:
            raise error.below("calls", index) from error
    whole = _Found(values, [], problems, warnings, pictures, trajectory)
    return _concluded(case, whole, started, languages=languages, differentiated=[])


def picture_of(call: Call, traced: Mapping[str, CallTrace]) -> PictureResult:
    """What the call's picture shows, on every side that gave a matrix for it."""
    assert call.picture is not None

    def rows(name: str | None) -> dict[str, tuple[tuple[float, ...], ...]]:
        arrays = {side: trace.values.get(name or "") for side, trace in traced.items()}
        return {
            side: tuple(tuple(map(float, row)) for row in array)
            for side, array in arrays.items()
            if array is not None and array.ndim == 2 and array.dtype.kind in "fiub"
        }

    return PictureResult(
        call.do, call.picture.value, rows(call.picture.value), call.picture.extent, rows(call.picture.points)
    )


@dataclass
class _Found:
    """What running a case gave, before it is judged."""

    values: list[ValueResult]
    checks: list[GradientResult]
    problems: list[Problem]
    warnings: list[tuple[str, str]]
    pictures: list[PictureResult]
    trajectory: TrajectoryResult | None = None


def _concluded(
    case: Case, found: _Found, started: float, *, languages: Sequence[str], differentiated: Sequence[str]
) -> CaseResult:
    values, checks, problems = found.values, found.checks, found.problems
    compared = any(value.comparisons for value in values) or any(call.raises for call in case.calls)
    if not (compared or checks or problems):
        problems.append(Problem("", "", "nothing compared", "the case names no value that could be compared"))
    failing: set[tuple[Pair, str]] = {
        (pair, value.name) for value in values for pair, c in value.comparisons.items() if not c.ok
    }
    failing |= {(check.pair, check.check.gradient) for check in checks if not check.check.ok}
    if case.differs:
        asked: set[Pair] = {EXPECTED[language] for language in languages}
        asked |= {GRADIENT[language] for language in differentiated}
        asked |= {"python-r"} if len(languages) == 2 else set()
        declared = {(pair, name) for pair, name in case.differs.comparisons() if pair in asked}
        problems += _divergence(case.differs.id, declared, failing)
    return CaseResult(
        case.id,
        not problems and (case.differs is not None or not failing),
        tuple(values),
        tuple(checks),
        tuple(problems),
        case.differs.id if case.differs else None,
        case.differs.reason if case.differs else {},
        case.expected_by,
        tuple(found.warnings),
        time.perf_counter() - started,
        found.trajectory,
        tuple(found.pictures),
    )


def _trace_at(trace: Trace, index: int, call: Call) -> CallTrace:
    return trace.calls[index] if index < len(trace.calls) and trace.calls[index].do == call.do else CallTrace(call.do)


def _problems(case: Case, traces: Mapping[str, Trace]) -> Iterator[Problem]:
    """What went wrong outside the numbers. Raises MisfitError where every subject refuses the same call."""
    for index, call in enumerate(case.calls):
        made = {language: trace.calls[index] for language, trace in traces.items() if index < len(trace.calls)}
        if not call.raises and len(made) == len(traces):
            try:
                refuse_if_all_fail(made)
            except MisfitError as misfit:
                raise misfit.below("calls", index) from misfit
        for language, done in made.items():
            for name in done.mutated:
                yield Problem(
                    language, call.do, "argument changed", f"{NAME[language]} changed its argument {name}", done.do
                )
            error = done.error
            text = call.raises[language].text if language in call.raises else None
            if text is not None and error is None:
                yield Problem(language, call.do, "no error", f"{NAME[language]} raised no error; expected {text!r}")
            elif text is not None and error and text not in error.message:
                yield Problem(language, call.do, error.kind, f"{error.message}; expected an error with {text!r}")
            elif error and not call.raises:
                yield Problem(language, call.do, error.kind, error.message, error.where)


def _divergence(id: str, declared: set[tuple[Pair, str]], failing: set[tuple[Pair, str]]) -> Iterator[Problem]:
    """A known divergence is strict in both directions."""
    for pair, name in sorted(failing - declared):
        yield Problem("", pair, "undeclared", f"{name} fails too, which the known divergence {id} does not declare")
    for pair, name in sorted(declared - failing):
        yield Problem("", pair, "gone", f"{name} agrees now: the known divergence {id} is gone, so take it out")
