"""Many fixtures verified: in this process, or in workers that a crash of R cannot take the run down with."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import re
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from types import MappingProxyType
from typing import Any

from parity.fixture.read import FixtureError, find_fixtures, fixture_error, read_fixture
from parity.verify.results import FixtureResult, Report, Unverified

Outcome = FixtureResult | Unverified


@dataclass(frozen=True)
class Request:
    """`keep` is an expression over "fixture/case id" (see `matches`); `r` False leaves R out, deliberately.

    `overrides` replace values of the fixtures by name. `named` are the files that were asked for by name, as a
    fixture "on request" must be. `exact` has NumPy do arithmetic as R does, and leaves the gradient checks out.
    """

    keep: str = ""
    gradients: bool = True
    r: bool = True
    overrides: Mapping[str, Any] = field(default_factory=dict)
    named: frozenset[Path] = frozenset()
    exact: bool = False


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
    from parity.verify.case import Options, verify

    try:
        fixture = read_fixture(path, request.overrides)
        if fixture.on_request and path not in request.named:
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
            lambda case, made, steps: watch(fixture.name, case, made, steps),
        )
        return verify(fixture, options)
    except FixtureError as error:
        return Unverified(path, "fixture", str(error))
    except MisfitError as error:
        return Unverified(path, "fixture", str(fixture_error(path, error.pointer, error.problem, error.expected)))
    except (bridge.RUnavailable, NeedsError) as error:
        return Unverified(path, "environment", str(error))
    except Exception as error:  # whatever one fixture does to us, the others are verified
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        told = f"{path}: parity itself failed: {type(error).__name__}: {error} ({place})"
        return Unverified(path, "internal", told)


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
    progress: Callable[[Path, Outcome], None] | None = None,
    watch: Watcher = lambda *_: True,
) -> Report:
    """Verify every fixture below `paths` (the fixtures that travel with the package when there are none).

    With `jobs`, that many worker processes; without, this process. `exact` has NumPy do arithmetic as R does and
    counts the bits that differ; it always needs a process of its own, started for it. An interrupted run returns what
    is done: whole fixtures, and of a trajectory the checkpoints that were reached. Raises FixtureError where `paths`
    holds no fixture, OverrideError where no fixture has a value of that name, ExpressionError for an empty term.
    """
    started = time.perf_counter()
    if paths is None:
        paths = [bundled("fixtures")]
    elif isinstance(paths, str | Path):
        paths = [paths]
    found = find_fixtures([Path(path) for path in paths])
    request = Request(keep, gradients, r, dict(overrides), frozenset(map(Path, paths)), exact)
    if keep and any(term in ("", "not") for part in _terms(keep) for term in part):
        raise ExpressionError(f"{keep!r} has an empty term; expected words, joined by and, or, not")
    _check_overrides(found, request.overrides)
    outcomes: dict[Path, Outcome] = {}
    if jobs is None and not exact:
        done = _one_by_one(found, request, watch)
    else:
        done = _in_workers(found, request, jobs or 1, watch)
    try:
        for path, outcome in done:
            outcomes[path] = outcome
            if progress:
                progress(path, outcome)
    except KeyboardInterrupt:
        pass
    for path in found:
        outcomes.setdefault(path, Unverified(path, "interrupted", f"{path}: interrupted before it was done"))
    ordered = [outcomes[path] for path in found]
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


def _check_overrides(paths: Sequence[Path], overrides: Mapping[str, Any]) -> None:
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
                made, steps = case.trajectory.made, case.trajectory.steps
                message = f"{result.path}: {case.id}: interrupted after {made} of {steps} steps, which are reported"
                yield Unverified(result.path, "interrupted", message)


def _one_by_one(paths: Sequence[Path], request: Request, watch: Watcher) -> Iterator[tuple[Path, Outcome]]:
    for path in paths:
        outcome = verify_file(path, request, watch)
        yield path, outcome
        if isinstance(outcome, FixtureResult) and any(case.interrupted for case in outcome.cases):
            return


def _in_workers(paths: Sequence[Path], request: Request, jobs: int, watch: Watcher) -> Iterator[tuple[Path, Outcome]]:
    """A worker that dies takes the unfinished fixtures with it; each of those then gets a worker of its own."""
    left = list(paths)
    try:
        for path, outcome in _pool(left, request, min(jobs, len(left)), watch):
            left.remove(path)
            yield path, outcome
    except BrokenProcessPool:
        for path in list(left):
            try:
                yield from _pool([path], request, 1, watch)
            except BrokenProcessPool:
                told = f"{path}: the process died while it was verified: R, or the code under test, ended it"
                yield path, Unverified(path, "environment", told)


def _pool(paths: Sequence[Path], request: Request, jobs: int, watch: Watcher) -> Iterator[tuple[Path, Outcome]]:
    """Results as they come. On Ctrl-C a trajectory goes on to its next checkpoint, and hands over what it has."""
    others = set(multiprocessing.active_children())
    # Spawned, not forked: a copy of a process in which R runs is not a working R.
    context = multiprocessing.get_context("spawn")
    messages: SimpleQueue[tuple[str, str, int, int]] = context.SimpleQueue()
    stop = context.Event()
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin_worker, initargs=(messages, stop))
    with _environment_of_workers(exact=request.exact):
        pending: dict[Future[Outcome], Path] = {pool.submit(_verify_in_worker, path, request): path for path in paths}
    following = False
    try:
        while pending:
            try:
                finished, _ = wait(pending, timeout=0.1, return_when=FIRST_COMPLETED)
                while not messages.empty():
                    following = True
                    if not watch(*messages.get()):
                        stop.set()
            except KeyboardInterrupt:
                if stop.is_set() or not following:
                    raise
                stop.set()
                for future in [future for future in pending if future.cancel()]:
                    del pending[future]
                continue
            for future in finished:
                yield pending.pop(future), future.result()
    except BaseException:
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _environment_of_workers(*, exact: bool) -> Iterator[None]:
    """What processes that are started meanwhile find in their environment, where NumPy and BLAS read it when loaded.

    One BLAS thread each, unless the user says otherwise: the workers share the cores, and several threads add in an
    order of their own.
    """
    from parity.exact import environment

    before = dict(os.environ)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.update(environment() if exact else {})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


_messages: SimpleQueue[tuple[str, str, int, int]]
_stop: Event


def _begin_worker(messages: SimpleQueue[tuple[str, str, int, int]], stop: Event) -> None:
    """Ctrl-C is the parent's business: it asks the workers to stop at the next checkpoint."""
    global _messages, _stop
    _messages, _stop = messages, stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        # R sets a handler of its own while it sleeps or waits; a blocked signal does not reach that either.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _verify_in_worker(path: Path, request: Request) -> Outcome:
    def watch(fixture: str, case: str, made: int, steps: int) -> bool:
        _messages.put((fixture, case, made, steps))
        return not _stop.is_set()

    return verify_file(path, request, watch)


def default_jobs() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
