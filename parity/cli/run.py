"""`parity run`: verify fixtures, print the table, write the report."""

from __future__ import annotations

from pathlib import Path

import click

from parity.cli.outputs import Outputs, outputs_options
from parity.cli.running import (
    USAGE,
    bundled_option,
    isolation_options,
    jobs_option,
    paths_argument,
    places,
    set_option,
    stop,
    verified,
)


@click.command(short_help="Verify fixtures: Python against R, expected values, gradients.")
@paths_argument
@bundled_option
@click.option(
    "-k",
    "keep",
    metavar="EXPR",
    default="",
    help="Only cases whose 'subject/case id' contains EXPR; terms may be joined by and, or, not.",
)
@jobs_option
@isolation_options
@set_option
@click.option(
    "--exact",
    is_flag=True,
    help="Let NumPy do arithmetic the way R does, and count the bits that differ; without gradient checks.",
)
@click.option(
    "--trace",
    is_flag=True,
    help="Follow each case along its stages, its calls or the steps of its trajectory, to where the sides part.",
)
@outputs_options
def run(
    paths: tuple[Path, ...],
    bundled: bool,
    keep: str,
    jobs: int | None,
    overrides: dict[str, object],
    exact: bool,
    trace: bool,
    isolate: bool,
    timeout: float | None,
    dask: str | None,
    **paths_of_outputs: Path | None,
) -> None:
    """Verify the fixtures in PATHS (files or folders): Python against R, each against expected values and gradients.

    Without PATHS: those in ./fixtures.

    \b
    Examples:
      parity run
      parity run fixtures/layers/affine.json -k 'wiki 5.6.1'
      parity run fixtures/layers -k 'relu or sigmoid' --json report.json
      parity run fixtures/training --set steps=500 --set seed=7
      parity run fixtures/layers --exact
      parity run my/pipeline.json --trace
      parity run my/fixtures --timeout 30
      parity run --junitxml parity.xml --summary "$GITHUB_STEP_SUMMARY" --badge parity.svg
      parity run --bundled
    """
    if dask is not None and (jobs is not None or exact):
        stop(f"--dask has workers of its own; leave out {'--jobs' if jobs is not None else '--exact'}", USAGE)
    outputs = Outputs.of(**paths_of_outputs)
    with outputs.around():
        report = verified(
            places(paths, bundled=bundled),
            keep=keep,
            jobs=jobs,
            overrides=overrides,
            exact=exact,
            trace=trace,
            isolate=isolate,
            timeout=timeout,
            dask=dask,
        )
    if trace and not any(case.trace for fixture in report.fixtures for case in fixture.cases):
        click.echo("parity: --trace: no case here has stages, several calls or a trajectory", err=True)
    outputs.finish(report)
