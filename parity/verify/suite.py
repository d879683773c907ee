"""Many fixtures verified: in this process, or in workers that a crash of R cannot take the run down with."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import os
import re
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol

from parity.fixture.read import FixtureError, find_fixtures, fixture_error, read_fixture
from parity.subjects.worker import WorkerOptions
from parity.verify import executors
from parity.verify.executors import ExecutorError, LocalExecutor
from parity.verify.results import FixtureResult, Report, Unverified

__all__ = ["ExecutorError", "ExpressionError", "OverrideError", "Request", "bundled", "default_jobs", "matches", "run"]

Outcome = FixtureResult | Unverified


@dataclass(frozen=True)
class Request:
    """`keep` is an expression over "fixture/case id" (see `matches`); `r` False leaves R out, deliberately.

    `overrides` replace values of the fixtures by name. `by_name` are the files that were asked for by name, as a
    fixture "on request" must be. `exact` has NumPy do arithmetic as R does, and leaves the gradient checks out.
    With `isolate` each subject is in a process of its own. `replay` names a side that is taken from its recordings
    instead of being run, `record` one of which recordings are written. `trace` follows each case along its chain.
    """

    keep: str = ""
    gradients: bool = True
    r: bool = True
    overrides: Mapping[str, Any] = field(default_factory=dict)
    by_name: frozenset[Path] = frozenset()
    exact: bool = False
    isolate: WorkerOptions | None = None
    replay: str = ""
    record: str = ""
    trace: bool = False

    @property
    def runs_r(self) -> bool:
        return self.r and self.replay != "r"


class OverrideError(Exception):
    """An override that no fixture has a value for."""


class ExpressionError(Exception):
    """An expression with a term that says nothing."""


Watcher = Callable[[str, str, int, int], bool]
"""Told fixture, case, steps made and steps asked for at each checkpoint; answers whether to go on."""


def bundled(name: str) -> Path:
    """A folder of data that travels with the package, from a wheel or in a checkout."""
    here = Path(__file__).resolve().parents[1]
    inside = here / "bundled" / name
    return inside if inside.is_dir() else here.parent / name


def matches(expression: str, title: str) -> bool:
    """Whether `title` contains the words of the expression: terms joined by " or ", " and ", negated by "not "."""
    title = title.casefold()

    def holds(term: str) -> bool:
        return term[4:].strip() not in title if term.startswith("not ") else term in title

    return any(all(map(holds, part)) for part in _terms(expression))


def _terms(expression: str) -> list[list[str]]:
    """Alternatives, each a list of terms that must all hold."""
    parts = re.split(r"\bor\b", expression.casefold())
    return [[term.strip() for term in re.split(r"\band\b", part)] for part in parts]


def verify_file(path: Path, request: Request, watch: Watcher = lambda *_: True) -> Outcome:
    """One fixture, read and verified; what does not fit is an `Unverified`, never an exception."""
    # Imported here so that naming the suite does not start anything.
    from parity import bridge
    from parity.subjects import MisfitError
    from parity.subjects.needs import NeedsError
    from parity.subjects.recorded import beside_fixture
    from parity.subjects.recording import RecordingError
    from parity.verify.case import Options, verify
    from parity.verify.record import record
    from parity.verify.trace.follow import follow

    try:
        fixture = read_fixture(path, request.overrides)
        if fixture.on_request and path not in request.by_name:
            return Unverified(path, "on request", fixture.on_request["en"])
        unfit = _unfit_for_exact() if request.exact else ()
        if unfit:
            return Unverified(path, "environment", f"exact mode is not possible here: {'; '.join(unfit)}")
        # An expression that is the whole id of a case means that case, whatever words the id is made of.
        whole = request.keep in {case.id for case in fixture.cases}
        options = Options(
            ("python", "r") if request.r else ("python",),
            request.gradients and not request.exact,
            request.exact,
            lambda name, case: case == request.keep if whole else matches(request.keep, f"{name}/{case}"),
            lambda case, step, steps: watch(fixture.name, case, step, steps),
            request.isolate,
            {request.replay: beside_fixture(path, request.replay)} if request.replay else {},
            follow=follow if request.trace else None,
        )
        if request.record:
            return record(fixture, request.record, beside_fixture(path, request.record), options)
        return verify(fixture, options)
    except FixtureError as error:
        return Unverified(path, "fixture", str(error))
    except MisfitError as error:
        return Unverified(path, "fixture", str(fixture_error(path, error.pointer, error.problem, error.expected)))
    except (bridge.RUnavailable, NeedsError) as error:
        return Unverified(path, "environment", str(error))
    except RecordingError as error:
        return Unverified(path, "fixture", f"{path}: not recorded: {error}")
    except Exception as error:  # whatever one fixture does to us, the others are verified
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        message = f"{path}: parity itself failed: {type(error).__name__}: {error} ({place})"
        return Unverified(path, "internal", message)


@functools.cache
def _unfit_for_exact() -> tuple[str, ...]:
    from parity import exact

    return exact.check()


def run(
    paths: Sequence[str | Path] | str | Path | None = None,
    *,
    keep: str = "",
    jobs: int | None = None,
    gradients: bool = True,
    r: bool = True,
    overrides: Mapping[str, Any] = MappingProxyType({}),
    exact: bool = False,
    trace: bool = False,
    isolate: bool = False,
    timeout: float | None = None,
    memory: int | None = None,
    executor: Executor | None = None,
    dask: str | None = None,
    replay: Literal["", "r", "python"] = "",
    record: Literal["", "r", "python"] = "",
    progress: Callable[[Path, Outcome], None] | None = None,
    watch: Watcher = lambda *_: True,
) -> Report:
    """Verify every fixture below `paths` (the fixtures that travel with the package when there are none).

    With `jobs`, that many worker processes, or the workers of `executor` (any of `concurrent.futures`), or those of the
    dask cluster whose scheduler is at `dask`; these must see the fixtures under the same paths. Without, this process.
    A worker that dies costs only the case that killed it. `isolate` puts each side into a process of its own from the
    start, so that this holds here too; a case that takes more than `timeout` seconds on one side, or more than
    `memory` bytes, then fails, and either implies `isolate`.

    `replay` names a side that does not run: what it gave is read from the recordings beside the fixtures. `record`
    names a side of which these are written, for each fixture of which every case is in order.

    `trace` follows each case along its stages, its calls, or the steps of its trajectory, to where the sides part.
    `exact` has NumPy do arithmetic as R does and counts the bits that differ; it always needs a process of its own,
    started for it. An interrupted run returns what is done: whole fixtures, and of a trajectory the checkpoints that
    were reached. Raises FixtureError where `paths` holds no fixture, OverrideError where no fixture has a value of that
    name, ExpressionError for an empty term, ExecutorError where the cluster cannot be used.
    """
    started = time.perf_counter()
    if paths is None:
        paths = [bundled("fixtures")]
    elif isinstance(paths, str | Path):
        paths = [paths]
    files = find_fixtures([Path(path) for path in paths])
    isolated = WorkerOptions(timeout, memory) if isolate or timeout is not None or memory is not None else None
    by_name = frozenset(map(Path, paths))
    request = Request(keep, gradients, r, dict(overrides), by_name, exact, isolated, replay, record, trace)
    check_asked(files, keep, request.overrides)
    outcomes: dict[Path, Outcome] = {}
    here = jobs is None and executor is None and dask is None and not exact
    try:
        with contextlib.ExitStack() as stack:
            if here:
                pairs = _one_by_one(files, request, watch)
            else:
                pool = stack.enter_context(_pool(request, min(jobs or 1, len(files)), executor, dask))
                pairs = _by_pool(files, request, pool, watch)
            for path, outcome in pairs:
                outcomes[path] = outcome
                if progress:
                    progress(path, outcome)
    except KeyboardInterrupt:
        pass
    for path in files:
        outcomes.setdefault(path, Unverified(path, "interrupted", f"{path}: interrupted before it was done"))
    ordered = [outcomes[path] for path in files]
    results = [o for o in ordered if isinstance(o, FixtureResult) and o.cases]
    others = [o for o in ordered if isinstance(o, Unverified)]
    for result in (o for o in ordered if isinstance(o, FixtureResult)):
        for misfit in result.misfits:
            text = str(fixture_error(result.path, misfit.pointer, misfit.problem, misfit.expected))
            others.append(Unverified(result.path, "fixture", text))
    return Report(
        tuple(results),
        (*(o for o in others if o.kind != "on request"), *_interrupted(results)),
        tuple(o for o in others if o.kind == "on request"),
        time.perf_counter() - started,
    )


def check_asked(paths: Sequence[Path], keep: str, overrides: Mapping[str, Any]) -> None:
    """Raises ExpressionError for an empty term of `keep`, OverrideError for a name that no fixture has a value for."""
    if keep and any(term in ("", "not") for part in _terms(keep) for term in part):
        raise ExpressionError(f"{keep!r} has an empty term; expected words, joined by and, or, not")
    unknown = set(overrides)
    for path in paths if unknown else ():
        try:
            unknown -= read_fixture(path, overrides).overridden
        except FixtureError:  # said when it is verified
            return
    if unknown:
        raise OverrideError(f"no fixture has a single value named {' or '.join(sorted(unknown))}")


def _interrupted(results: Sequence[FixtureResult]) -> Iterator[Unverified]:
    for result in results:
        for case in result.cases:
            if case.interrupted and case.trajectory:
                step, steps = case.trajectory.made, case.trajectory.steps
                message = f"{result.path}: {case.id}: interrupted after {step} of {steps} steps, which are reported"
                yield Unverified(result.path, "interrupted", message)


def _one_by_one(paths: Sequence[Path], request: Request, watch: Watcher) -> Iterator[tuple[Path, Outcome]]:
    for path in paths:
        outcome = verify_file(path, request, watch)
        yield path, outcome
        if isinstance(outcome, FixtureResult) and any(case.interrupted for case in outcome.cases):
            return


def _by_pool(paths: Sequence[Path], request: Request, pool: _Pool, watch: Watcher) -> Iterator[tuple[Path, Outcome]]:
    """Results as they come; the longest fixtures first. On Ctrl-C a trajectory goes on to its next checkpoint, and
    hands over what it has.

    A fixture during which a process died is verified again with its subjects in processes of their own: so the case
    that kills fails, and every other case is whole.
    """
    pending: dict[Future[Outcome], tuple[Path, Request]] = {}

    def submit(path: Path, request: Request) -> None:
        pending[pool.submit(path, request)] = path, request

    for path in sorted(paths, key=expected_seconds, reverse=True):
        submit(path, request)
    losses: tuple[type[BaseException], ...] = (BrokenExecutor, *pool.losses)
    deaths: dict[Path, str] = {}
    stopped = following = False
    while pending:
        try:
            finished, _ = wait(pending, timeout=0.1, return_when=FIRST_COMPLETED)
            for progress in pool.reports():
                following = True
                if not watch(*progress):
                    stopped = True
                    pool.stop()
        except KeyboardInterrupt:
            if stopped or not following:
                raise
            stopped = True
            pool.stop()
            for future in [future for future in pending if future.cancel()]:
                del pending[future]
            continue
        for future in finished:
            path, own = pending.pop(future)
            try:
                outcome = future.result()
            except losses as error:
                if own.isolate is None and not stopped:
                    deaths[path] = str(error)
                    submit(path, dataclasses.replace(own, isolate=WorkerOptions()))
                    continue
                outcome = Unverified(path, "environment", f"{path}: not verified: {error}")
            except CancelledError:
                continue
            if path in deaths:
                outcome = _with_death(outcome, deaths[path])
            yield path, dataclasses.replace(outcome, path=path)


def _with_death(outcome: Outcome, how: str) -> Outcome:
    """Where nothing dies with its sides apart, it is said that something did when they shared a process."""
    if not isinstance(outcome, FixtureResult) or not outcome.ok:
        return outcome
    first, *rest = outcome.cases
    warning = f"{how} when both sides shared one; each has been verified in its own"
    first = dataclasses.replace(first, warnings=(*first.warnings, ("parity", warning)))
    return dataclasses.replace(outcome, cases=(first, *rest))


class _Pool(Protocol):
    """An executor as the suite needs it. `losses` are exceptions that say that a task was lost, not that it failed."""

    losses: tuple[type[BaseException], ...]

    def submit(self, path: Path, request: Request) -> Future[Outcome]: ...

    def reports(self) -> Iterator[tuple[str, str, int, int]]: ...

    def stop(self) -> None: ...


class _Local:
    """Processes of this machine."""

    losses: tuple[type[BaseException], ...] = ()

    def __init__(self, executor: LocalExecutor) -> None:
        self._executor = executor

    def submit(self, path: Path, request: Request) -> Future[Outcome]:
        return self._executor.submit(_verify_and_report, path, request)

    def reports(self) -> Iterator[tuple[str, str, int, int]]:
        while not self._executor.reports.empty():
            yield self._executor.reports.get()

    def stop(self) -> None:
        self._executor.stop()


class _Foreign:
    """Any executor: nothing is heard of a trajectory on its way, and what runs cannot be asked to stop."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.losses = executors.lost_by(executor)

    def submit(self, path: Path, request: Request) -> Future[Outcome]:
        request = dataclasses.replace(request, by_name=frozenset(file.absolute() for file in request.by_name))
        return self._executor.submit(_verify_beside, path.absolute(), request)

    def reports(self) -> Iterator[tuple[str, str, int, int]]:
        return iter(())

    def stop(self) -> None:
        pass


@contextlib.contextmanager
def _pool(request: Request, jobs: int, executor: Executor | None, dask: str | None) -> Iterator[_Pool]:
    if dask is not None:
        with executors.dask_executor(dask) as cluster:
            yield _Foreign(cluster)
    elif executor is not None:
        yield _Foreign(executor)
    else:
        environment = executors.environment_of_workers(exact=request.exact)
        local = LocalExecutor(jobs, environment=environment, prepare=_prepare if request.runs_r else None)
        done = False
        try:
            yield _Local(local)
            done = True
        finally:
            local.shutdown(cancel_futures=not done)


def _prepare() -> None:
    from parity import bridge
    from parity.verify import case  # noqa: F401

    bridge.start()


def _verify_and_report(path: Path, request: Request) -> Outcome:
    return verify_file(path, request, lambda *progress: executors.report(progress))


def _verify_beside(path: Path, request: Request) -> Outcome:
    return executors.beside(verify_file, path, request, exact=request.exact)


def expected_seconds(path: Path) -> float:
    """About how long a fixture will take, by what its calls ask for: their number, the steps of trajectories, the
    numbers that are handed over or asked for. Only the order matters, and nothing is wrong when it is."""
    try:
        document = json.loads(path.read_bytes())
        calls = [call for case in document["cases"] for call in case["calls"]]
        steps = sum(call["trajectory"]["steps"] for call in calls if "trajectory" in call)
        return float(5e-4 * len(calls) + 2e-3 * steps + 1e-7 * sum(_numbers(call.get("with")) for call in calls))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return 0.0  # said when it is read


def _numbers(value: object) -> int:
    """How many numbers a value holds, or may be asking for: a large whole number is most often a size."""
    if isinstance(value, dict):
        return sum(map(_numbers, value.values()))
    if isinstance(value, list):
        return sum(map(_numbers, value))
    return min(value, 1_000_000) if isinstance(value, int) and value > 0 else 1


def default_jobs() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
