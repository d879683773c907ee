"""Many fixtures verified: in this process, or in workers that a crash of R cannot take the run down with."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from parity.case.read import FixtureError, find_fixtures, fixture_error, read_fixture
from parity.results import FixtureResult, Report, Unverified

Outcome = FixtureResult | Unverified


@dataclass(frozen=True)
class Request:
    """`keep` is an expression over "fixture/case id" (see `matches`); `r` False leaves R out, deliberately."""

    keep: str = ""
    gradients: bool = True
    r: bool = True


def bundled(name: str) -> Path:
    """A folder of data that travels with the package, from a wheel or in a checkout."""
    here = Path(__file__).resolve().parent
    inside = here / "bundled" / name
    return inside if inside.is_dir() else here.parent / name


def matches(expression: str, title: str) -> bool:
    """Whether `title` contains the words of the expression: terms joined by " or ", " and ", negated by "not "."""
    title = title.casefold()

    def holds(term: str) -> bool:
        term = term.strip()
        return term[4:].strip() not in title if term.startswith("not ") else term in title

    return any(all(map(holds, re.split(r"\band\b", part))) for part in re.split(r"\bor\b", expression.casefold()))


def verify_file(path: Path, request: Request) -> Outcome:
    """One fixture, read and verified; what does not fit is an `Unverified`, never an exception."""
    # Imported here so that naming the suite does not start anything.
    from parity import bridge
    from parity.subjects import MisfitError
    from parity.verify import Options, verify

    try:
        fixture = read_fixture(path)
        options = Options(
            ("python", "r") if request.r else ("python",),
            request.gradients,
            lambda name, case: matches(request.keep, f"{name}/{case}"),
        )
        return verify(fixture, options)
    except FixtureError as error:
        return Unverified(path, "fixture", str(error))
    except MisfitError as error:
        return Unverified(path, "fixture", str(fixture_error(path, error.pointer, error.problem, error.expected)))
    except bridge.RUnavailable as error:
        return Unverified(path, "environment", str(error))


def run(
    paths: Sequence[str | Path] | str | Path | None = None,
    *,
    keep: str = "",
    jobs: int | None = None,
    gradients: bool = True,
    r: bool = True,
    progress: Callable[[Path, Outcome], None] | None = None,
) -> Report:
    """Verify every fixture below `paths` (the fixtures that travel with the package when there are none).

    With `jobs`, that many worker processes; without, this process. Raises FixtureError where `paths` holds
    no fixture. An interrupted run returns what is done, the rest as `Unverified` of kind "interrupted".
    """
    started = time.perf_counter()
    if paths is None:
        paths = [bundled("fixtures")]
    elif isinstance(paths, str | Path):
        paths = [paths]
    found = find_fixtures([Path(path) for path in paths])
    request = Request(keep, gradients, r)
    outcomes: dict[Path, Outcome] = {}
    done = _one_by_one(found, request) if jobs is None else _in_workers(found, request, jobs)
    try:
        for path, outcome in done:
            outcomes[path] = outcome
            if progress:
                progress(path, outcome)
    except KeyboardInterrupt:
        for path in found:
            outcomes.setdefault(path, Unverified(path, "interrupted", f"{path}: interrupted before it was done"))
    ordered = [outcomes[path] for path in found]
    return Report(
        tuple(o for o in ordered if isinstance(o, FixtureResult) and o.cases),
        tuple(o for o in ordered if isinstance(o, Unverified)),
        time.perf_counter() - started,
    )


def _one_by_one(paths: Sequence[Path], request: Request) -> Iterator[tuple[Path, Outcome]]:
    for path in paths:
        yield path, verify_file(path, request)


def _in_workers(paths: Sequence[Path], request: Request, jobs: int) -> Iterator[tuple[Path, Outcome]]:
    """A worker that dies takes the unfinished fixtures with it; each of those then gets a worker of its own."""
    left = list(paths)
    try:
        for path, outcome in _pool(left, request, min(jobs, len(left))):
            left.remove(path)
            yield path, outcome
    except BrokenProcessPool:
        for path in list(left):
            try:
                yield from _pool([path], request, 1)
            except BrokenProcessPool:
                yield path, Unverified(path, "environment", f"{path}: R died while it was verified")


def _pool(paths: Sequence[Path], request: Request, jobs: int) -> Iterator[tuple[Path, Outcome]]:
    others = set(multiprocessing.active_children())
    # Spawned, not forked: a copy of a process in which R runs is not a working R.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_interrupts_to_the_parent)
    try:
        pending: dict[Future[Outcome], Path] = {pool.submit(verify_file, path, request): path for path in paths}
        while pending:
            finished, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in finished:
                yield pending.pop(future), future.result()
    except BaseException:
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def default_jobs() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
