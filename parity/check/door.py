"""`parity.check`: two functions and their inputs to a verdict."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import os
import pickle
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.text import Text

from parity.check.draft import ATOL, RTOL, Draft, Request, Sides, draft, sentence
from parity.check.errors import CheckError, Disagreement
from parity.check.recordings import next_check
from parity.check.references import Caller, caller, elsewhere, python_side, r_side, referee_side
from parity.check.saving import Destination
from parity.fixture.model import Fixture
from parity.reports.terminal import failures, number
from parity.subjects import MisfitError
from parity.subjects.inputs import last_of
from parity.subjects.recording import RecordingError
from parity.subjects.worker import WorkerOptions
from parity.verify.case import Options, subjects, verify
from parity.verify.record import record
from parity.verify.results import FixtureResult, Report
from parity.verify.trace.follow import follow

ROUNDING = 1e-12
WIDTH = 80
"""Columns of a message: nobody knows where it will be read."""


def check(
    python: Callable[..., Any] | str | None,
    r: str | None = None,
    /,
    *,
    rtol: float = RTOL,
    atol: float = ATOL,
    because: str | None = None,
    inputs: Mapping[str, Any] | None = None,
    only: Mapping[str, Mapping[str, Any]] | None = None,
    make: Mapping[str, Any] | None = None,
    make_only: Mapping[str, Mapping[str, Any]] | None = None,
    do: str | None = None,
    calls: Sequence[Mapping[str, Any]] | None = None,
    returns: str | Sequence[str] | None = None,
    values: Mapping[str, Any] | None = None,
    compare: Sequence[str] = (),
    updates: Sequence[str] = (),
    expect: Any = None,
    expected_by: str | None = None,
    raises: Any = None,
    warns: Any = None,
    backward: str | Mapping[str, Any] | None = None,
    derivatives: Mapping[str, Any] | None = None,
    names: Mapping[str, Mapping[str, str]] | None = None,
    layout: Mapping[str, Mapping[str, str]] | None = None,
    extents_of_one: Sequence[str] = (),
    origin: Mapping[str, Mapping[str, int]] | None = None,
    key: str | Sequence[str] | None = None,
    join: Mapping[str, Mapping[str, Any]] | None = None,
    setup: Mapping[str, str | Sequence[str]] | None = None,
    seed: int | Mapping[str, Any] | None = None,
    factory: bool = False,
    attributes: Mapping[str, Mapping[str, Any]] | None = None,
    repeatable: bool = True,
    r_source: str | Path | Sequence[str | Path] = (),
    needs: Mapping[str, Sequence[str]] | None = None,
    referee: Any = None,
    relations: Sequence[Mapping[str, Any]] = (),
    isolate: bool = False,
    timeout: float | None = None,
    save: str | Path | None = None,
    stages: Sequence[Mapping[str, Any]] = (),
    trace: bool = False,
    **arguments: Any,
) -> Report:
    """Hold a Python function against an R function, for these inputs. Returns the report where they agree.

        parity.check(scale, "port.R::scale", x=x, rtol=1e-12)
        parity.check(ols, "function(d) lm(y ~ x + g, d)", d=frame, values={"coef": ("params", "coef(.)")})

    python: a function, method, class, ufunc or builtin, or "module:object", "file.py:object". r: "file.R::name" (the
    file relative to the caller's, or to the working folder), "package::name", or an R expression; `r_source` are files
    to source before. None leaves a language out: the other is then held against `expect`, `raises` or its own gradients
    alone. Every other keyword is an input of that name, for both; `parity.check.inputs` says what R gets.

    inputs: inputs whose names are keywords of this function. only: `{"python": {...}, "r": {...}}`, inputs of one
    language. names: `{"r": {"x": "input"}}`, what an input is called there. layout: `{"r": {"x": "n h w -> h w n"}}`.
    rtol, atol: per element |a - b| <= atol + rtol |b|, the Python side being the reference; by default 1e-9 and 0.
    because: why these two.

    The whole result is compared, unless something is named: `values` reads values out of it, by an attribute (or an
    expression in `_`) in Python and an expression in `.` in R; `returns` names the members of a tuple, which R's list
    has by name; `updates` names inputs that Python changes in place and R returns. expect: what must come out (`out`,
    or by name), from elsewhere (`expected_by`). raises, warns: a text of the message, or (class, text), for both
    languages or by language. extents_of_one: values whose extents of 1 may differ. origin: `{"r": {"labels": 1}}`, what
    counts as the first index there. key: the columns by which the rows of a frame are known, "id" or several; join: the
    same for each value, with "order", "types" and "nan_is_na".

    setup: `{"r": "alpha <- 0.1"}`, lines that a language runs before. seed: a number for np.random.seed, whose stream R
    then draws from too, or `{"stream": "r", "seed": 7}`, after set.seed(7). repeatable: False for what draws without.

    Of a class (or, with factory, of a function that makes the object), `make` (and `make_only`) holds the arguments,
    `attributes` what is assigned by language afterwards, `do` the method ("call" calls the object);
    in R that is the function Name.method. `compare` names attributes. `backward="backward"` calls that method with a
    drawn `dout`, and holds `dx`, `dW`, ... of every float input against each other and against numeric differentiation;
    a dict says more: `do`, `along` (None: takes none), `cotangent`, `returns`, `pairs`, and of functions, `python` and
    `r`: those that take the inputs and `dout`, and return the gradients in the order of `pairs`. `calls` and
    `derivatives` are those of a fixture, for anything longer.

    referee: a third implementation that judges the two: a Python function (or its name), "package::name" or an R
    expression, or `{"mpmath": function, "digits": 50}`; what it calls inputs and values stands under "referee" in
    `names`, `values` and `only`. relations: what the results keep, as in a fixture: `[{"of": "out", "sums_to": 1}]`.

    isolate, timeout: each side in a process of its own; seconds for one side. needs: `{"r": ["survival"]}`. save:
    writes the fixture that `parity run` verifies.

    stages: the chain that it is made of, each `{"name": "norm", "python": norm, "r": "norm", "takes": ["h"], "gives":
    "n"}` as in a fixture; each is held against the other language's on equal inputs. trace: follows the calls, or the
    steps of a trajectory, of a check without stages.

    Raises Disagreement (an AssertionError) with the places that differ, CheckError (a ValueError) for a check that
    cannot be made, RUnavailable where there is no R.
    """
    __tracebackhide__ = True
    try:
        twice = sorted(set(arguments) & set(inputs or {}))
        if twice:
            raise CheckError(f"{twice[0]}: given both as a keyword and in 'inputs'; expected it once")
        request = Request(
            arguments={**arguments, **(inputs or {})},
            rtol=rtol,
            atol=atol,
            because=because,
            only=only,
            make=make,
            make_only=make_only,
            do=do,
            calls=calls,
            returns=returns,
            values=values,
            compare=compare,
            updates=updates,
            expect=expect,
            expected_by=expected_by,
            raises=raises,
            warns=warns,
            backward=backward,
            derivatives=derivatives,
            names=names,
            layout=layout,
            extents_of_one=extents_of_one,
            origin=origin,
            key=key,
            join=join,
            setup=setup,
            seed=seed,
            factory=factory,
            attributes=attributes,
            repeatable=repeatable,
            r_source=r_source,
            needs=needs,
            referee=referee,
            relations=relations,
            isolate=isolate,
            timeout=timeout,
            save=save,
            stages=stages,
            trace=trace,
        )
        report = examine(python, r, request, by=caller())
    except Exception as error:  # a user sees her own line, not ours
        raise error.with_traceback(None) from None
    if not report.ok:
        raise Disagreement(message(report, request), report)
    return report


def examine(python: Any, r: Any, request: Request, *, by: Caller, repeat: str | None = None) -> Report:
    """The report that `check` judges, whether the sides agree or not. `repeat` says how the check is made again."""
    if python is None and r is None:
        raise CheckError("python: None, and no 'r'; expected the code of one language at least")
    sides = Sides(
        None if python is None else python_side(python, by), None if r is None else r_side(r, request.r_source, by)
    )
    isolated = _isolated(request.isolate, request.timeout)
    if isolated is not None and sides.python is not None:
        sides = dataclasses.replace(sides, python=elsewhere(sides.python))
    for name in ("derivatives", "raises"):
        if request.backward is not None and getattr(request, name) is not None:
            raise CheckError(f"backward: beside {name!r}; expected one of the two")
    judge = None
    if request.referee is not None:
        files = sides.r.files if sides.r is not None else ()
        judge = referee_side(request.referee, sides.python.folder if sides.python else by.folder, files, by)
        if request.save is not None and judge.target is not None:
            raise CheckError("save: the referee is an object; expected its name, 'module:object'")
    one = draft(sides, request, judge)
    fixture = one.fixture(by, complete=request.backward is None)
    destination = Destination.of(request.save, one, by) if request.save is not None else None
    if isolated is not None:
        _check_portable(fixture)
    try:
        if request.backward is not None:
            one = _with_backward(one, fixture, request.backward, isolated, by)
            fixture = one.fixture(by)
        # A referee in R is asked, also where R is not what is checked.
        languages = tuple(dict.fromkeys((*sides.languages, *([judge.language] if judge is not None else []))))
        followed = follow if request.trace or request.stages else None
        result = _verified(fixture, Options(languages=languages, isolated=isolated, follow=followed))
        for misfit in result.misfits:
            raise MisfitError(misfit.pointer, misfit.problem, misfit.expected)
    except MisfitError as error:
        second = error.pointer[:4] == ("cases", 0, "calls", 1) and request.backward is not None
        pointer = ("backward",) if second else error.pointer
        raise CheckError(sentence(pointer, error.problem, error.expected)) from None
    file = destination.write(one) if destination is not None else None
    again = repeat if file is None else f"parity run {shlex.quote(str(file))}"
    result = dataclasses.replace(result, repeat=again or _repeat(by))
    return Report((result,), seconds=result.seconds)


def _verified(fixture: Fixture, options: Options) -> FixtureResult:
    """Against R, or in a test that is replayed against what R gave; where it is recorded, what R gives is kept."""
    asked = next_check()
    if asked is None:
        return verify(fixture, options)
    mode, recorded = asked
    if mode == "replay":
        return verify(fixture, dataclasses.replace(options, recorded={"r": recorded}))
    try:
        return record(fixture, "r", recorded, options)
    except RecordingError as error:
        raise CheckError(f"the check cannot be recorded: {error}") from None


def message(report: Report, request: Request) -> str:
    """What failed, in plain text, and by which tolerance it was judged."""
    (fixture,) = report.fixtures
    blocks = [Text.from_markup(block).plain for case in fixture.cases for block in failures(fixture, case, width=WIDTH)]
    worst = [
        value.between.absolute.value
        for case in fixture.cases
        for value in case.values
        if value.between is not None and value.between.reason == "value" and value.between.absolute is not None
    ]
    if worst:
        rtol, atol = float(request.rtol), float(request.atol)
        tolerance = f"  tolerance: rtol {number(rtol)}, atol {number(atol)}"
        tolerance += " (the default)" if (rtol, atol) == (RTOL, ATOL) else ""
        if atol == 0 and min(worst) <= ROUNDING:
            tolerance += "; atol lets pass what is zero but for rounding"
        blocks.append(tolerance)
    return "\n\n".join(blocks)


def _repeat(by: Caller) -> str:
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
    return f"pytest {shlex.quote(test)}" if test else by.place or "the same call"


def _isolated(isolate: bool, timeout: float | None) -> WorkerOptions | None:
    if timeout is None:
        return WorkerOptions() if isolate else None
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout < float("inf"):
        raise CheckError(f"timeout: {timeout!r} is no time to wait; expected seconds, more than 0")
    return WorkerOptions(timeout=float(timeout))


def _check_portable(fixture: Fixture) -> None:
    try:
        pickle.dumps(fixture)
    except Exception as error:
        raise CheckError(
            f"isolate: {fixture.name} or its inputs cannot go to a process of their own ({error}); expected "
            "'module:object', and inputs that can be pickled"
        ) from None


# -- a backward pass ---------------------------------------------------------------------------------------------------

_BACKWARD = ("do", "along", "cotangent", "returns", "pairs", "python", "r")


def _with_backward(
    one: Draft, fixture: Fixture, backward: str | Mapping[str, Any], isolated: WorkerOptions | None, by: Caller
) -> Draft:
    """The draft with a second call, and the derivatives that both calls owe."""
    entry: Mapping[str, Any] = {"do": backward} if isinstance(backward, str) else backward
    if not isinstance(entry, Mapping) or not set(entry) <= set(_BACKWARD):
        raise CheckError(f"backward: {backward!r:.80}; expected a method's name, or a dict of {', '.join(_BACKWARD)}")
    case = fixture.cases[0]
    (forward,) = case.calls
    language = one.sides.languages[0]
    construction, inputs = case.made_with(language), forward.given(language)
    pairs = entry.get("pairs")
    if pairs is None:
        pairs = [name for name, value in {**inputs, **construction}.items() if _is_float(value)]
    if not isinstance(pairs, Mapping):
        pairs = {name: f"d{name}" for name in pairs}
    if not pairs:
        raise CheckError("backward: no input is a float, so there is no gradient; expected 'pairs', or other inputs")
    along = entry.get("along", "dout")
    of = forward.returns[0] if forward.returns else case.compared(0)[0]
    given, _ = one.values.calls[0]
    instead, files = _gradient_functions(one, entry, by)
    # A method has the inputs in its object; a function gets them again.
    arguments = given if instead else dataclasses.replace(given, common={}, only={})
    if along is not None:
        cotangent = entry.get("cotangent")
        drawn = _random_cotangent(fixture, of, language, isolated) if cotangent is None else cotangent
        arguments = dataclasses.replace(
            arguments, common={**arguments.common, along: np.array(drawn, dtype=np.float64)}
        )
    first = next((gradient for name, gradient in pairs.items() if name in inputs), next(iter(pairs.values())))
    call = {
        "do": entry.get("do", "backward"),
        "with": dict.fromkeys(arguments.common),
        "only": {side: dict.fromkeys(own) for side, own in arguments.only.items()},
        "as": instead,
        "returns": entry.get("returns", list(pairs.values()) if instead and len(pairs) > 1 else first),
    }
    derivatives = {"call": forward.do, "of": of, "gradient": call["do"], "along": along, "pairs": dict(pairs)}
    document = {**one.document, **({"r_source": files} if files else {})}
    whole = document["cases"][0]
    calls = [*whole["calls"], {key: value for key, value in call.items() if value}]
    document["cases"] = [{**whole, "calls": calls, "derivatives": derivatives}]
    values = dataclasses.replace(one.values, calls=(*one.values.calls, (arguments, {})))
    return dataclasses.replace(one, document=document, values=values)


def _gradient_functions(one: Draft, entry: Mapping[str, Any], by: Caller) -> tuple[dict[str, str], list[str]]:
    """The functions that give the gradients, where they are no methods, as code of each language; R's files."""
    instead: dict[str, str] = {}
    files: list[str] = []
    if "python" in entry:
        gradient = entry["python"]
        name = gradient if isinstance(gradient, str) else getattr(gradient, "__name__", "")
        target = one.sides.python and one.sides.python.target
        beside = getattr(inspect.unwrap(target), "__globals__", {}) if callable(target) else {}
        if not isinstance(gradient, str) and beside.get(name) is not gradient:
            raise CheckError(
                f"backward['python']: {gradient!r:.60} has no name in the module of {one.sides.title}; expected a "
                "function that stands beside it"
            )
        instead["python"] = name
    if "r" in entry and one.sides.r is not None:
        side = r_side(entry["r"], one.sides.r.files, by)
        instead["r"] = side.code
        files = [str(file) for file in side.files]
    return instead, files


def _is_float(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _random_cotangent(fixture: Fixture, of: str, language: str, isolated: WorkerOptions | None) -> np.ndarray:
    """An upstream gradient of the shape that the forward pass gives: unequal numbers of both signs."""
    with contextlib.ExitStack() as stack:
        (subject,) = subjects(fixture, (language,), isolated=isolated)
        stack.callback(subject.close)
        last = last_of(fixture.cases[0], subject, until=0)
    if last.error is not None:  # which the verdict will show; nothing is ever made of this one
        return np.array(1.0)
    leaf = last.values.get(of)
    if not isinstance(leaf, np.ndarray) or leaf.dtype.kind != "f":
        raise CheckError(f"backward: {of!r} of the forward pass is no float array; expected one, or 'cotangent'")
    return np.asarray(np.random.RandomState(0).standard_normal(leaf.shape))
