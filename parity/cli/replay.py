"""`parity replay`: verify fixtures where there is no R, against what R gave when it was recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from parity.cli.common import (
    USAGE,
    bundled_option,
    console,
    isolation_options,
    jobs_option,
    json_option,
    output_for_json,
    paths_argument,
    places,
    status_of,
    stop,
    verified,
)


@click.command(short_help="Verify fixtures without R, against what R gave when it was recorded.")
@paths_argument
@bundled_option
@click.option(
    "-k",
    "keep",
    metavar="EXPR",
    default="",
    help="Only cases whose 'subject/case id' contains EXPR; terms may be joined by and, or, not.",
)
@click.option(
    "--side",
    type=click.Choice(["r", "python"]),
    default="r",
    show_default=True,
    help="The side that is not run.",
)
@jobs_option
@isolation_options
@json_option
def replay(
    paths: tuple[Path, ...],
    bundled: bool,
    keep: str,
    side: Literal["r", "python"],
    jobs: int | None,
    isolate: bool,
    timeout: float | None,
    dask: str | None,
    json_path: Path | None,
) -> None:
    """Verify the fixtures in PATHS against the recordings beside them. R does not run, and need not be installed.

    A recording that is missing, stale (the inputs of a case or the R sources changed) or changed by hand fails, and
    the command that writes it anew is named. The verdict is "recorded": R's own gradients, and that it gives the same
    again, are seen only where it runs.

    \b
    Examples:
      parity replay
      parity replay fixtures/layers/affine.json -k 'wiki 5.6.1'
      parity replay fixtures --jobs 4 --json report.json
    """
    where = places(paths, bundled=bundled)
    from parity.reports.json_report import Destination
    from parity.reports.terminal import print_report

    destination = Destination(json_path) if json_path is not None else None
    if dask is not None and jobs is not None:
        stop("--dask has workers of its own; leave out --jobs", USAGE)
    if destination is not None and (problem := destination.problem()):
        stop(f"{json_path}: {problem}", USAGE)
    to_stdout = destination is not None and destination.is_stdout
    with output_for_json(to_stdout):
        report = verified(
            where, keep=keep, jobs=jobs, overrides={}, isolate=isolate, timeout=timeout, dask=dask, replay=side
        )
    print_report(report, console(stderr=to_stdout))
    if destination is not None:
        try:
            destination.write(report)
        except OSError as error:
            stop(f"{json_path}: cannot be written: {error.strerror}", USAGE)
    raise SystemExit(status_of(report))
