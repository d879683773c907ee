"""`parity show`: one subject's two sources and two consoles, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parity.cli.running import (
    ENVIRONMENT,
    USAGE,
    bundled_option,
    console,
    interrupts_raise,
    packages_beside,
    paths_argument,
    places,
    stop,
)

if TYPE_CHECKING:
    from parity.fixture.model import Fixture


@click.command(short_help="Two sources and two console sessions side by side.")
@click.argument("name")
@paths_argument
@bundled_option
def show(name: str, paths: tuple[Path, ...], bundled: bool) -> None:
    """Show the two sources and two console sessions of a subject side by side.

    NAME is a fixture file, or a subject ("affine", "layers/affine") that is looked for in PATHS; without PATHS, in
    ./fixtures.

    \b
    Examples:
      parity show affine
      parity show my/fixtures/softmax.json
      parity show softmax my/fixtures
      parity show affine --bundled
    """
    from parity.consoles.transcript import ConsoleError
    from parity.fixture.read import fixture_error
    from parity.reports.pages.page_consoles import run_consoles
    from parity.reports.pages.sources import python_source, r_source
    from parity.reports.show import column_width, render_show
    from parity.subjects import MisfitError

    interrupts_raise()
    fixture = fixture_of(name, paths, bundled=bundled)
    packages = packages_beside([fixture])
    screen = console()
    try:
        python = python_source(fixture)
        (consoles,), _ = run_consoles([fixture], packages=packages, width=column_width(screen.width))
    except MisfitError as error:
        stop(str(fixture_error(fixture.path, error.pointer, error.problem, error.expected)), USAGE)
    except ConsoleError as error:
        stop(str(error), ENVIRONMENT)
    typed = consoles.main
    screen.print(
        render_show(
            fixture,
            python_source=python,
            r_source=r_source(fixture, packages),
            python_transcript=typed.python if typed else None,
            r_transcript=typed.r if typed else None,
            width=screen.width,
        )
    )


def fixture_of(name: str, paths: Sequence[Path], *, bundled: bool) -> Fixture:
    """The fixture that `name` means: a file, a whole name, or the last part of one."""
    from difflib import get_close_matches

    from parity.fixture.read import FixtureError, find_fixtures, fixture_name, read_fixture

    try:
        if name.endswith(".json"):
            if bundled or paths:
                more = "--bundled" if bundled else str(paths[0])
                stop(f"{name} is a file and says all that is to be shown; {more} is too much", USAGE)
            return read_fixture(Path(name))
        files = {fixture_name(path): path for path in find_fixtures(places(paths, bundled=bundled))}
        matching = [title for title in files if title == name or title.rpartition("/")[2] == name]
        if len(matching) > 1:
            stop(f"{name} may be {' or '.join(matching)}: say which", USAGE)
        if not matching:
            near = get_close_matches(name, [*files, *(title.rpartition("/")[2] for title in files)], n=3)
            hint = f"did you mean {' or '.join(dict.fromkeys(near))}?" if near else f"there are {', '.join(files)}"
            stop(f"there is no subject {name}; {hint}", USAGE)
        return read_fixture(files[matching[0]])
    except FixtureError as error:
        stop(str(error), USAGE)
