"""`parity record`: write what R gave beside each fixture, or say how what it gives now has drifted from it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import click

from parity.cli.running import (
    AGREE,
    DISAGREE,
    ENVIRONMENT,
    USAGE,
    bundled_option,
    console,
    interrupts_raise,
    isolation_options,
    jobs_option,
    paths_argument,
    places,
    status_of,
    stop,
    verified,
)


@click.command(short_help="Write what R gives beside the fixtures, to be replayed without R.")
@paths_argument
@bundled_option
@click.option(
    "--side",
    type=click.Choice(["r", "python"]),
    default="r",
    show_default=True,
    help="Whose results are written.",
)
@click.option("--check", is_flag=True, help="Write nothing: run the side, and say what it gives otherwise than then.")
@jobs_option
@isolation_options
def record(
    paths: tuple[Path, ...],
    bundled: bool,
    side: Literal["r", "python"],
    check: bool,
    jobs: int | None,
    isolate: bool,
    timeout: float | None,
    dask: str | None,
) -> None:
    """Verify the fixtures in PATHS on both sides and write what R gave: `recorded/affine.r.json` beside `affine.json`.

    A recording holds the values bit for bit, warnings and errors, what ran (R, its packages, its BLAS), and digests of
    the inputs and of the R sources. Where a case fails nothing is written; a declared divergence is recorded as it is.
    Commit the recordings; `parity replay` takes them where there is no R.

    \b
    Examples:
      parity record
      parity record fixtures/layers/affine.json
      parity record --check                     how far a newer R has drifted
      parity record --side python fixtures      for R's own tests, without Python
    """
    where = places(paths, bundled=bundled)
    if check:
        if jobs is not None or dask is not None or isolate or timeout is not None:
            stop("--check runs one side in this process; leave out --jobs, --dask, --isolate and --timeout", USAGE)
        _check(where, side)
    from parity.reports.terminal import print_report

    report = verified(where, jobs=jobs, overrides={}, isolate=isolate, timeout=timeout, dask=dask, record=side)
    print_report(report, console())
    for fixture in report.fixtures:
        if fixture.written is not None:
            click.echo(f"recorded {os.path.relpath(fixture.written)}: {_counted(len(fixture.cases), 'case')}")
        else:
            wrong = sum(not case.ok for case in fixture.cases) + len(fixture.misfits)
            click.echo(
                f"not recorded {fixture.path}: {_counted(wrong, 'case')} of it not in order, see above", err=True
            )
    raise SystemExit(status_of(report))


def _check(where: list[Path], side: Literal["r", "python"]) -> None:
    from parity.bridge import RUnavailable
    from parity.fixture.read import FixtureError, find_fixtures, fixture_error, read_fixture
    from parity.subjects import MisfitError
    from parity.subjects.needs import NeedsError
    from parity.subjects.recorded import beside_fixture
    from parity.verify.record import drift

    interrupts_raise()
    status = AGREE
    try:
        files = find_fixtures(where)
    except FixtureError as error:
        stop(str(error), USAGE)
    for file in files:
        try:
            fixture = read_fixture(file)
            if fixture.on_request and file not in where:
                continue
            outcome = drift(fixture, side, beside_fixture(file, side))
        except FixtureError as error:
            click.echo(str(error), err=True)
            status = max(status, USAGE)
            continue
        except MisfitError as error:
            click.echo(str(fixture_error(file, error.pointer, error.problem, error.expected)), err=True)
            status = max(status, USAGE)
            continue
        except (RUnavailable, NeedsError) as error:
            stop(str(error), ENVIRONMENT)
        _print(outcome)
        status = max(status, AGREE if outcome.ok else DISAGREE)
    raise SystemExit(status)


def _print(outcome: object) -> None:
    from parity.reports.drift import lines

    for line in lines(outcome):  # type: ignore[arg-type]
        click.echo(line)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
