"""What the commands share: where fixtures are looked for, how a run is watched, how a command ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

    from parity.fixture.model import Fixture
    from parity.verify.results import Report

AGREE, DISAGREE, USAGE, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 130

F = TypeVar("F", bound=Callable[..., Any])


class Stopped(SystemExit):
    """The command ends here, and has said why."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(status)
        self.message = message


def stop(message: str, status: int) -> NoReturn:
    click.echo(f"parity: {message}", err=True)
    raise Stopped(message, status)


def interrupts_raise() -> None:
    """From here on Ctrl-C is a KeyboardInterrupt, to be cleaned up after. Called when the imports are done."""
    begin = click.get_current_context().find_root().obj
    if begin is not None:
        begin()


def console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, emoji=False)


# -- options ---------------------------------------------------------------------------------------------------


def _overrides(_context: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> dict[str, object]:
    """NAME=VALUE pairs; a value is read as JSON where it is JSON, else as text."""
    import json

    pairs: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{text!r} is no NAME=VALUE")
        if name in pairs:
            raise click.BadParameter(f"{name} is set twice")
        try:
            pairs[name] = json.loads(value)
        except ValueError:
            pairs[name] = value
        if isinstance(pairs[name], list | dict):
            raise click.BadParameter(f"{name} can be set to a number, a text or a truth value, not to {value}")
    return pairs


def paths_argument(command: F) -> F:
    return click.argument("paths", nargs=-1, type=click.Path(path_type=Path))(command)


def bundled_option(command: F) -> F:
    return click.option(
        "--bundled", is_flag=True, help="The worked subject that travels with parity, instead of PATHS."
    )(command)


def jobs_option(command: F) -> F:
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="Worker processes, each with its own R. Default: one per core.",
    )(command)


def set_option(command: F) -> F:
    return click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_overrides,
        help="Replace a value of the fixtures, such as steps=500; nothing is expected of a case that is changed so.",
    )(command)


def _duration(_context: click.Context, _option: click.Parameter, seconds: float | None) -> float | None:
    if seconds is not None and not 0 < seconds < float("inf"):
        raise click.BadParameter(f"{seconds:g} is no time to wait: expected seconds, more than 0")
    return seconds


def isolation_options(command: F) -> F:
    """Where the code under test runs, and for how long."""
    for option in (
        click.option(
            "--dask",
            metavar="ADDRESS",
            help="Verify on the workers of the dask cluster whose scheduler is there, each with its own R.",
        ),
        click.option(
            "--timeout",
            type=float,
            metavar="SECONDS",
            callback=_duration,
            help="A case that takes longer on one side fails, and the others are verified. Implies --isolate.",
        ),
        click.option(
            "--isolate",
            is_flag=True,
            help="Each side in a process of its own from the start. (One that dies gets one in any case.)",
        ),
    ):
        command = option(command)
    return command


# -- fixtures --------------------------------------------------------------------------------------------------


def places(paths: Sequence[Path], *, bundled: bool = False) -> list[Path]:
    """Where fixtures are looked for: PATHS, else ./fixtures; those that travel with parity only when asked for."""
    if bundled:
        if paths:
            stop(f"--bundled stands instead of PATHS, and {paths[0]} is one: leave out either", USAGE)
        from parity.verify import suite

        return [suite.bundled("fixtures")]
    if paths or Path("fixtures").is_dir():
        return list(paths) or [Path("fixtures")]
    command = click.get_current_context().command_path
    more = " NAME" if click.get_current_context().info_name == "show" else ""
    stop(
        f"there is no folder fixtures here: name files or folders ({command}{more} PATHS), "
        f"or take the worked subject that travels with parity ({command}{more} --bundled)",
        USAGE,
    )


def verified(
    where: Sequence[Path],
    *,
    keep: str = "",
    jobs: int | None,
    overrides: Mapping[str, object],
    exact: bool = False,
    trace: bool = False,
    isolate: bool = False,
    timeout: float | None = None,
    dask: str | None = None,
    replay: Literal["", "r", "python"] = "",
    record: Literal["", "r", "python"] = "",
) -> Report:
    """The report on the fixtures in `where`, with a progress bar where there is a terminal to show it on."""
    from parity.fixture.read import FixtureError, find_fixtures
    from parity.reports.progress import RunProgress
    from parity.verify import suite

    interrupts_raise()
    try:
        files = find_fixtures(where)
        with RunProgress(console(stderr=True), len(files)) as bar:
            report = suite.run(
                where,
                keep=keep,
                jobs=min(jobs or suite.default_jobs(), len(files)),
                overrides=overrides,
                exact=exact,
                trace=trace,
                isolate=isolate,
                timeout=timeout,
                dask=dask,
                replay=replay,
                record=record,
                progress=bar.verified,
                watch=bar.reached,
            )
    except (FixtureError, suite.ExpressionError, suite.OverrideError) as error:
        stop(str(error), USAGE)
    except suite.ExecutorError as error:
        stop(str(error), ENVIRONMENT)
    if not report.fixtures and not report.unverified:
        if report.on_request and not keep:
            only = ", ".join(str(entry.path) for entry in report.on_request)
            stop(f"every fixture here is verified only when its file is named: {only}", USAGE)
        stop(f"no case of {', '.join(map(str, where))} has {keep!r} in its name", USAGE)
    return report


def status_of(report: Report) -> int:
    kinds = {unverified.kind for unverified in report.unverified}
    if "interrupted" in kinds:
        return INTERRUPTED
    if kinds & {"environment", "internal"}:
        return ENVIRONMENT
    if "fixture" in kinds:
        return USAGE
    return AGREE if report.ok else DISAGREE


@contextlib.contextmanager
def output_for_json(apart: bool) -> Iterator[None]:
    """What the code under test, or a program that it starts, writes past Python and R goes to standard error."""
    if not apart:
        yield
        return
    sys.stdout.flush()
    original = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(original, 1)
        os.close(original)


def packages_beside(fixtures: Sequence[Fixture]) -> dict[str, Path]:
    """The R packages that the fixtures name and whose sources lie beside them."""
    from parity.subjects.r import package_source

    sources = {}
    for fixture in fixtures:
        package = fixture.r.rpartition("::")[0]
        source = package_source(package, fixture.path) if package else None
        if source is not None:
            sources[package] = source
    return sources
