"""The command `parity`. Exit status: 0 agree, 1 disagree, 2 bad usage or fixture, 3 environment, 130 interrupted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from rich.console import Console

    from parity.fixture.model import Fixture
    from parity.verify.results import Report

AGREE, DISAGREE, USAGE, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 130


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 agree, 1 disagree, 2 bad usage or bad fixture, 3 environment (no R, or R died).",
)
@click.version_option(package_name="parity-r", message="parity %(version)s")
def main() -> None:
    """Prove that a Python and an R implementation agree, in outputs and gradients, and show it side by side.

    \b
    Example:
      parity run                        every fixture that travels with parity
      parity run my/fixtures -k softmax your own, those whose name or case says softmax
    """


def _overrides(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, object]:
    """NAME=VALUE pairs; a value is read as JSON where it is JSON, else as text."""
    import json

    pairs: dict[str, object] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{text!r} is no NAME=VALUE")
        try:
            pairs[name] = json.loads(value)
        except ValueError:
            pairs[name] = value
        if isinstance(pairs[name], list | dict):
            raise click.BadParameter(f"{name} can be set to a number, a text or a truth value, not to {value}")
    return pairs


_jobs = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Worker processes, each with its own R. Default: one per core.",
)
_set = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_overrides,
    help="Replace a value of the fixtures, such as steps=500; nothing is expected of a case that is changed so.",
)


@main.command(short_help="Verify fixtures: Python against R, expected values, gradients.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-k",
    "keep",
    metavar="EXPR",
    default="",
    help="Only cases whose 'subject/case id' contains EXPR; terms may be joined by and, or, not.",
)
@_jobs
@_set
@click.option(
    "--exact",
    is_flag=True,
    help="Let NumPy do arithmetic the way R does, and count the bits that differ; without gradient checks.",
)
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path), metavar="FILE", help="Write the whole report as JSON too."
)
def run(
    paths: tuple[Path, ...],
    keep: str,
    jobs: int | None,
    json_path: Path | None,
    overrides: dict[str, object],
    exact: bool,
) -> None:
    """Verify the fixtures in PATHS (files or folders): Python against R, each against expected values and gradients.

    Without PATHS: ./fixtures where there is one, else the fixtures that travel with parity.

    \b
    Examples:
      parity run
      parity run fixtures/layers/affine.json -k 'wiki 5.6.1'
      parity run fixtures/layers -k 'relu or sigmoid' --json report.json
      parity run fixtures/training --set steps=500 --set seed=7
      parity run fixtures/layers --exact
    """
    from parity.reports.json_report import write_json
    from parity.reports.terminal import print_report

    if json_path is not None and not json_path.parent.is_dir():
        _stop(f"{json_path}: there is no folder {json_path.parent}; expected a file in an existing folder", USAGE)
    report = _verified(paths, keep, jobs, overrides, exact=exact)
    print_report(report, _console())
    if json_path is not None:
        try:
            write_json(report, json_path)
        except OSError as error:
            _stop(f"{json_path}: cannot be written: {error.strerror}", USAGE)
    raise SystemExit(_status(report))


@main.command(short_help="Write a comparison page for each fixture, in Korean and English.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder for the pages; what else is in it stays.",
)
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Only this language. Default: both.")
@_jobs
@_set
def pages(paths: tuple[Path, ...], out: Path, lang: str | None, jobs: int | None, overrides: dict[str, object]) -> None:
    """Write a comparison page for each fixture: Markdown for a GitHub wiki, and HTML that opens from disk.

    Every number on a page comes from running the code while the page is written.

    \b
    Examples:
      parity pages --out pages
      parity pages fixtures/layers/affine.json --out pages --lang ko
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _stop(f"{out}: {error.strerror}; expected a folder that can be made", USAGE)
    if not os.access(out, os.W_OK):
        _stop(f"{out}: cannot be written to; expected a folder that can", USAGE)
    from parity.consoles.transcript import ConsoleError
    from parity.reports.pages import PagesError, write_pages
    from parity.reports.terminal import print_report

    report = _verified(paths, "", jobs, overrides)
    print_report(report, _console())
    if report.unverified:
        click.echo("parity: no page was written, because not every fixture could be verified", err=True)
        raise SystemExit(_status(report))
    from parity.cli import environment
    from parity.fixture.read import read_fixture

    results = [(read_fixture(result.path, overrides), result) for result in report.fixtures]
    try:
        written = write_pages(
            results,
            out=out,
            languages=(lang,) if lang else None,
            packages=_packages([fixture for fixture, _ in results]),
            on_request=[read_fixture(left.path, overrides) for left in report.on_request],
            versions={check.name: check.value for check in environment.examine() if check.ok},
        )
    except PagesError as error:
        _stop(str(error), USAGE)
    except ConsoleError as error:
        _stop(str(error), ENVIRONMENT)
    click.echo(f"pages: {written}")
    raise SystemExit(_status(report))


@main.command(short_help="Two sources and two console sessions side by side.")
@click.argument("name")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def show(name: str, paths: tuple[Path, ...]) -> None:
    """Show the two sources and two console sessions of a subject side by side.

    NAME is a subject ("affine", "layers/affine") or a fixture file.

    \b
    Examples:
      parity show affine
      parity show my/fixtures/softmax.json
    """
    from parity.consoles.transcript import ConsoleError
    from parity.fixture.read import fixture_error
    from parity.reports.pages.page_consoles import run_consoles
    from parity.reports.pages.sources import python_source, r_source
    from parity.reports.show import column_width, render_show
    from parity.subjects import MisfitError

    fixture = _named(name, paths)
    packages = _packages([fixture])
    console = _console()
    try:
        python = python_source(fixture)
        (consoles,), _ = run_consoles([fixture], packages=packages, width=column_width(console.width))
    except MisfitError as error:
        _stop(str(fixture_error(fixture.path, error.pointer, error.problem, error.expected)), USAGE)
    except ConsoleError as error:
        _stop(str(error), ENVIRONMENT)
    typed = consoles.main
    console.print(
        render_show(
            fixture,
            python_source=python,
            r_source=r_source(fixture, packages),
            python_transcript=typed.python if typed else None,
            r_transcript=typed.r if typed else None,
            width=console.width,
        )
    )


@main.command(short_help="Versions, BLAS libraries, what is missing and the remedy.")
def doctor() -> None:
    """Say which Python, R, NumPy, rpy2 and BLAS are used, what is missing, and the remedy.

    \b
    Example:
      parity doctor
    """
    from rich.table import Table

    from parity.cli.environment import examine, healthy

    checks = examine()
    grid = Table.grid(padding=(0, 2, 0, 0))
    for check in checks:
        mark = "[green]ok[/]" if check.ok else "[bold red]missing[/]" if check.required else "[yellow]optional[/]"
        grid.add_row(mark, check.name, check.value + (f"\n[bold]remedy:[/] {check.remedy}" if check.remedy else ""))
    _console().print(grid)
    raise SystemExit(AGREE if healthy(checks) else ENVIRONMENT)


def _verified(
    paths: tuple[Path, ...], keep: str, jobs: int | None, overrides: dict[str, object], *, exact: bool = False
) -> Report:
    """The report on `paths`, with a progress bar where there is a terminal to show it on."""
    from parity.fixture.read import FixtureError, find_fixtures
    from parity.reports.progress import RunProgress
    from parity.verify import suite

    places = _places(paths)
    try:
        found = find_fixtures(places)
        with RunProgress(_console(stderr=True), len(found)) as shown:
            report = suite.run(
                places,
                keep=keep,
                jobs=min(jobs or suite.default_jobs(), len(found)),
                overrides=overrides,
                exact=exact,
                progress=shown.verified,
                watch=shown.reached,
            )
    except (FixtureError, suite.ExpressionError, suite.OverrideError) as error:
        _stop(str(error), USAGE)
    if not report.fixtures and not report.unverified:
        _stop(f"no case of {', '.join(map(str, places))} has {keep!r} in its name", USAGE)
    return report


def _named(name: str, paths: tuple[Path, ...]) -> Fixture:
    """The fixture that `name` means: a file, a whole name, or the last part of one."""
    from difflib import get_close_matches

    from parity.fixture.read import FixtureError, find_fixtures, fixture_name, read_fixture

    try:
        if name.endswith(".json"):
            return read_fixture(Path(name))
        found = {fixture_name(path): path for path in find_fixtures(_places(paths))}
        matching = [n for n in found if n == name or n.rpartition("/")[2] == name]
        if len(matching) > 1:
            _stop(f"{name} may be {' or '.join(matching)}: say which", USAGE)
        if not matching:
            near = get_close_matches(name, [*found, *(n.rpartition("/")[2] for n in found)], n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(found)}"
            _stop(f"there is no subject {name}; {hint}", USAGE)
        return read_fixture(found[matching[0]])
    except FixtureError as error:
        _stop(str(error), USAGE)


def _places(paths: tuple[Path, ...]) -> list[Path]:
    from parity.verify import suite

    return list(paths) or [Path("fixtures") if Path("fixtures").is_dir() else suite.bundled("fixtures")]


def _status(report: Report) -> int:
    kinds = {unverified.kind for unverified in report.unverified}
    if "interrupted" in kinds:
        return INTERRUPTED
    if kinds & {"environment", "internal"}:
        return ENVIRONMENT
    if "fixture" in kinds:
        return USAGE
    return AGREE if report.ok else DISAGREE


def _packages(fixtures: list[Fixture]) -> dict[str, Path]:
    """The R packages that the fixtures name and whose sources lie beside them."""
    from parity.subjects.r import package_source

    found = {}
    for fixture in fixtures:
        package = fixture.r.rpartition("::")[0]
        source = package_source(package, fixture.path) if package else None
        if source is not None:
            found[package] = source
    return found


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, emoji=False)


def _stop(message: str, status: int) -> NoReturn:
    click.echo(f"parity: {message}", err=True)
    raise SystemExit(status)
