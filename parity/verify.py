"""A fixture verified: both subjects run, every pair compared, every gradient checked, the blame assigned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from parity import execution
from parity.blame import EXPECTED, blame
from parity.case.model import Call, Case, Fixture, Printed
from parity.comparison import Comparison, compare
from parity.derivatives import GRADIENT, check_gradients
from parity.gradient import GradientCheck
from parity.results import CaseResult, FixtureResult, GradientResult, Pair, Problem, ValueResult
from parity.subjects import MisfitError, Subject
from parity.subjects.python import PythonSubject
from parity.subjects.r import RSubject
from parity.trace import CallTrace, Trace, leaves

_NAME = {"python": "Python", "r": "R"}


@dataclass(frozen=True)
class Options:
    """What to verify. `keep` chooses cases by fixture name and case id."""

    languages: tuple[str, ...] = ("python", "r")
    gradients: bool = True
    keep: Callable[[str, str], bool] = lambda _name, _case: True


EVERYTHING = Options()


def subjects(fixture: Fixture, languages: Sequence[str] = ("python", "r")) -> tuple[Subject, ...]:
    """Raises MisfitError where the fixture names what does not exist, bridge.RUnavailable where there is no R."""
    makers: Mapping[str, Callable[[Fixture], Subject]] = {"python": PythonSubject, "r": RSubject}
    return tuple(makers[language](fixture) for language in languages)


def verify(fixture: Fixture, options: Options = EVERYTHING) -> FixtureResult:
    """Verify the cases that `options` keeps. Raises MisfitError with a pointer from the fixture's root."""
    started = time.perf_counter()
    chosen = [(n, case) for n, case in enumerate(fixture.cases) if options.keep(fixture.name, case.id)]
    both = subjects(fixture, options.languages) if chosen else ()
    results = []
    for number, case in chosen:
        try:
            results.append(verify_case(case, both, gradients=options.gradients))
        except MisfitError as error:
            raise error.below("cases", number) from error
    return FixtureResult(fixture.path, fixture.name, fixture.about, tuple(results), time.perf_counter() - started)


def verify_case(case: Case, both: Sequence[Subject], *, gradients: bool = True) -> CaseResult:
    started = time.perf_counter()
    traces = {subject.language: execution.run(case, subject) for subject in both}
    problems = list(_problems(case, traces))
    checks: list[GradientResult] = []
    if gradients and case.derivatives is not None:
        for subject in both:
            if not any(call.error for call in traces[subject.language].calls):
                checks += check_gradients(case, case.derivatives, subject)
    values = tuple(_values(case, traces, {(c.language, c.check.gradient): c.check for c in checks}))
    if not checks and not any(value.comparisons for value in values) and not any(c.raises for c in case.calls):
        problems.append(Problem("", "", "nothing compared", "the case names no value that could be compared"))
    failing: set[tuple[Pair, str]] = {
        (pair, value.name) for value in values for pair, c in value.comparisons.items() if not c.ok
    }
    failing |= {(check.pair, check.check.gradient) for check in checks if not check.check.ok}
    if case.differs:
        asked: set[Pair] = {pair for language in traces for pair in (EXPECTED[language], GRADIENT[language])}
        asked.add("python-r")
        declared = {(pair, name) for pair in asked if pair in case.differs.pairs for name in case.differs.names}
        problems += _divergence(case.differs.id, declared, failing)
        ok = not problems
    else:
        ok = not problems and not failing
    return CaseResult(
        case.id,
        ok,
        values,
        tuple(checks),
        tuple(problems),
        case.differs.id if case.differs else None,
        case.differs.reason if case.differs else {},
        case.expected_by,
        tuple((language, text) for language, trace in traces.items() for call in trace.calls for text in call.warnings),
        time.perf_counter() - started,
    )


def _values(
    case: Case, traces: Mapping[str, Trace], checks: Mapping[tuple[str, str], GradientCheck]
) -> Iterator[ValueResult]:
    for index, call in enumerate(case.calls):
        if call.raises:
            continue
        found = {language: _trace_at(trace, index, call).values for language, trace in traces.items()}
        expected = {path: leaf for name, value in call.expect.items() for path, leaf in leaves(name, value)}
        for path in _paths(case.names(index), [*found.values(), expected]):
            arrays = {language: values.get(path) for language, values in found.items()}
            yield _value(call.do, path, arrays, expected.get(path), case, checks)


def _trace_at(trace: Trace, index: int, call: Call) -> CallTrace:
    return trace.calls[index] if index < len(trace.calls) and trace.calls[index].do == call.do else CallTrace(call.do)


def _paths(names: Sequence[str], sides: Sequence[Mapping[str, np.ndarray]]) -> list[str]:
    """Every leaf below the names, on either side; a name found on no side stays, to be reported as missing."""
    paths: dict[str, None] = {}
    for name in names:
        below = [p for side in sides for p in side if p == name or p.startswith(f"{name}.")]
        paths.update(dict.fromkeys(below or [name]))
    return list(paths)


def _value(
    call: str,
    path: str,
    arrays: Mapping[str, np.ndarray | None],
    expected: np.ndarray | None,
    case: Case,
    checks: Mapping[tuple[str, str], GradientCheck],
) -> ValueResult:
    comparisons: dict[Pair, Comparison] = {}
    rtol, atol = case.tolerance.rtol, case.tolerance.atol
    if len(arrays) == 2:
        # Where independent truth is known a constant may be right, so it is not taken for an empty comparison.
        known = expected is not None
        comparisons["python-r"] = compare(arrays["r"], arrays["python"], rtol=rtol, atol=atol, constant_ok=known)
    if expected is not None:
        half = half_unit(case.printed, expected)
        # A source that writes 0 rarely means +0; one that writes -0 does mean -0.
        signed = expected.dtype.kind == "f" and bool(np.any((expected == 0) & np.signbit(expected)))
        for language, array in arrays.items():
            comparisons[EXPECTED[language]] = compare(
                array, expected, rtol=rtol, atol=atol, half_unit=half, constant_ok=True, signed_zero=signed
            )
    wrong = next((comparison for comparison in comparisons.values() if not comparison.ok), None)
    if wrong is None:
        return ValueResult(call, path, comparisons, True)
    index = wrong.ratio.index if wrong.ratio else None
    sides = {**arrays, "expected": expected}
    numbers = {side: array[index].item() for side, array in sides.items() if _reaches(array, index)}
    return ValueResult(call, path, comparisons, False, blame(path, comparisons, arrays, checks), index, numbers)


def _reaches(array: np.ndarray | None, index: tuple[int, ...] | None) -> TypeGuard[np.ndarray]:
    if array is None or index is None or array.ndim != len(index):
        return False
    return all(i < n for i, n in zip(index, array.shape, strict=True))


def half_unit(printed: Printed | None, expected: np.ndarray) -> np.ndarray | float:
    """Half a unit of the last printed digit, which is all that a printed number promises.

    Decimals d: 10^-d / 2. Significant digits s: 10^(floor(log10 |e|) + 1 - s) / 2 for each element e != 0.
    """
    if printed is None or expected.dtype.kind not in "fiu":
        return 0.0
    if printed.decimals is not None:
        return 0.5 * 10.0**-printed.decimals
    magnitude = np.abs(np.asarray(expected, dtype=np.float64))
    usable = (magnitude > 0) & np.isfinite(magnitude)
    exponent = np.floor(np.log10(np.where(usable, magnitude, 1.0))) + 1 - float(printed.significant or 0)
    return np.where(usable, 0.5 * 10.0**exponent, 0.0)


def _problems(case: Case, traces: Mapping[str, Trace]) -> Iterator[Problem]:
    """What went wrong outside the numbers. Raises MisfitError where every subject refuses the same call."""
    for index, call in enumerate(case.calls):
        made = {language: trace.calls[index] for language, trace in traces.items() if index < len(trace.calls)}
        errors = {language: done.error for language, done in made.items() if done.error}
        for language, done in made.items():
            for name in done.mutated:
                yield Problem(
                    language, call.do, "argument changed", f"{_NAME[language]} changed its argument {name}", done.do
                )
            error = done.error
            text = call.raises.get(language)
            if text is not None and error is None:
                yield Problem(language, call.do, "no error", f"{_NAME[language]} raised no error; expected {text!r}")
            elif text is not None and error and text not in error.message:
                yield Problem(language, call.do, error.kind, f"{error.message}; expected an error with {text!r}")
            elif error and not call.raises and not (len(errors) == len(traces) > 1):
                yield Problem(language, call.do, error.kind, error.message, error.where)
        if len(errors) == len(traces) > 1 and not call.raises:
            said = "; ".join(f"{_NAME[language]}: {error.message}" for language, error in errors.items())
            problem = f"every language refuses this call ({said})"
            raise MisfitError(("calls", index), problem, "arguments that fit")


def _divergence(id: str, declared: set[tuple[Pair, str]], failing: set[tuple[Pair, str]]) -> Iterator[Problem]:
    """A known divergence is strict in both directions."""
    for pair, name in sorted(failing - declared):
        yield Problem("", pair, "undeclared", f"{name} fails too, which the known divergence {id} does not declare")
    for pair, name in sorted(declared - failing):
        yield Problem("", pair, "gone", f"{name} agrees now: the known divergence {id} is gone, so take it out")
