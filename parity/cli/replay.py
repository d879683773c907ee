"""`parity replay`: verify fixtures where there is no R, against what R gave when it was recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from parity.cli.outputs import Outputs, outputs_options
from parity.cli.running import (
    USAGE,
    bundled_option,
    isolation_options,
    jobs_option,
    paths_argument,
    places,
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
@outputs_options
def replay(
    paths: tuple[Path, ...],
    bundled: bool,
    keep: str,
    side: Literal["r", "python"],
    jobs: int | None,
    isolate: bool,
    timeout: float | None,
    dask: str | None,
    **paths_of_outputs: Path | None,
) -> None:
    """Verify the fixtures in PATHS against the recordings beside them. R does not run, and need not be installed.

    A recording that is missing, stale (the inputs of a case or the R sources changed) or changed by hand fails, and
    the command that writes it anew is named. The verdict is "recorded": R's own gradients, and that it gives the same
    again, are seen only where it runs.

    \b
    Examples:
      parity replay
      parity replay fixtures/layers/affine.json -k 'wiki 5.6.1'
      parity replay fixtures --jobs 4 --junitxml parity.xml
    """
    if dask is not None and jobs is not None:
        stop("--dask has workers of its own; leave out --jobs", USAGE)
    outputs = Outputs.of(**paths_of_outputs)
    with outputs.around():
        report = verified(
            places(paths, bundled=bundled),
            keep=keep,
            jobs=jobs,
            overrides={},
            isolate=isolate,
            timeout=timeout,
            dask=dask,
            replay=side,
        )
    outputs.finish(report)
