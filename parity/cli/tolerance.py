"""`parity tolerance`: which tolerance each value needs, by what an ulp of the inputs moves, and why."""

from __future__ import annotations

from pathlib import Path

import click

from parity.cli.running import (
    AGREE,
    DISAGREE,
    ENVIRONMENT,
    USAGE,
    bundled_option,
    console,
    interrupts_raise,
    jobs_option,
    output_for_json,
    paths_argument,
    places,
    set_option,
    stop,
)


@click.command(short_help="Which tolerance each value needs, and why.")
@paths_argument
@bundled_option
@click.option("-k", "keep", metavar="EXPR", default="", help="Only cases whose 'subject/case id' contains EXPR.")
@click.option(
    "--draws", type=click.IntRange(min=1), default=20, show_default=True, help="How often the inputs are moved."
)
@jobs_option
@set_option
@click.option("--no-exact", is_flag=True, help="Do not ask exact mode whether a difference is summation order alone.")
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Write all that was measured as JSON too; - is standard output (the tables then go to standard error).",
)
def tolerance(
    paths: tuple[Path, ...],
    bundled: bool,
    keep: str,
    draws: int,
    jobs: int | None,
    overrides: dict[str, object],
    no_exact: bool,
    json_path: Path | None,
) -> None:
    """Propose a tolerance for each value of the fixtures in PATHS, by how far an ulp of the inputs moves it.

    Every float of a case is moved to its neighbour, up or down, in --draws ways; zeros, integers and labels stay. What
    the outputs then do, on each side for itself, is what rounding can do; ten times that is proposed. How far the sides
    are apart is judged by it: noise, or a difference. A case is carried out DRAWS + 6 times on a side, or about twice
    that and once for each input where something jumps.

    Exit status: 1 for a difference, or a tolerance that swallows most of the numbers of a value.

    \b
    Examples:
      parity tolerance
      parity tolerance fixtures/layers/affine.json -k 'wiki 5.6.1'
      parity tolerance my/fixtures --draws 50 --json tolerances.json
    """
    where = places(paths, bundled=bundled)
    from parity.fixture.read import FixtureError, find_fixtures
    from parity.reports.destination import Destination
    from parity.reports.progress import RunProgress
    from parity.reports.tolerance import as_json, print_tolerances
    from parity.tolerance.measure import FixtureTolerance, tolerances
    from parity.verify import suite

    interrupts_raise()
    destination = Destination(json_path) if json_path is not None else None
    if destination is not None and (problem := destination.problem()):
        stop(f"{json_path}: {problem}", USAGE)
    apart = destination is not None and destination.is_stdout
    try:
        files = find_fixtures(where)
        with output_for_json(apart), RunProgress(console(stderr=True), len(files)) as bar:
            outcomes = tolerances(
                where,
                keep=keep,
                draws=draws,
                exact=not no_exact,
                jobs=jobs or suite.default_jobs(),
                overrides=overrides,
                progress=bar.verified,
            )
    except (FixtureError, suite.ExpressionError, suite.OverrideError) as error:
        stop(str(error), USAGE)
    measured = [outcome for outcome in outcomes if isinstance(outcome, FixtureTolerance)]
    kinds = {outcome.kind for outcome in outcomes if not isinstance(outcome, FixtureTolerance)} - {"on request"}
    if not any(fixture.groups for fixture in measured) and not kinds:
        stop(f"no case of {', '.join(map(str, where))} has {keep!r} in its name", USAGE)
    print_tolerances(outcomes, console(stderr=apart))
    if destination is not None:
        try:
            destination.write(as_json(outcomes))
        except OSError as error:
            stop(f"{json_path}: cannot be written: {error.strerror}", USAGE)
    if kinds:
        raise SystemExit(USAGE if kinds == {"fixture"} else ENVIRONMENT)
    wrong = any(value.differs or value.is_swallowed for fixture in measured for value in fixture.values())
    raise SystemExit(DISAGREE if wrong else AGREE)
