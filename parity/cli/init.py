"""`parity init`: a first fixture, or a first test, from the signatures of two functions."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import click

from parity.cli.running import ENVIRONMENT, USAGE, interrupts_raise, stop


@click.command(short_help="A first fixture, or test, from two signatures.")
@click.argument("python")
@click.argument("r")
@click.option("--test", "as_a_test", is_flag=True, help="Write a test for pytest instead of a fixture.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to. Default: NAME.json in ./fixtures, test_NAME.py in ./tests, or here where there is no such folder.",
)
def init(python: str, r: str, as_a_test: bool, out: Path | None) -> None:
    """Write a first fixture that holds the function or class PYTHON against R, to be filled in.

    PYTHON is file.py:name or module:name; R is file.R::name, package::name or an R expression. Arguments are matched by
    name, and inputs for them guessed; of several guesses the first is taken that both sides answer. No file is ever
    written over.

    \b
    Examples:
      parity init port.py:scale port.R::scale
      parity init numpy:median stats::median --out median.json
      parity init layers.py:Affine layers.R::Affine --test
    """
    from parity import bridge
    from parity.check.errors import CheckError
    from parity.check.outline import as_test, as_text, outline
    from parity.check.references import Caller, python_side, r_side
    from parity.subjects.needs import NeedsError

    interrupts_raise()
    by = Caller(Path.cwd() / "init", "")
    try:
        sides = python_side(python, by), r_side(r, (), by)
        place = _place(out, sides[0].title, as_a_test)
        if place.exists() or place.is_symlink():
            stop(f"--out: {place} is there, and is not written over; expected another file", USAGE)
        if not place.parent.is_dir():
            stop(f"--out: there is no folder {place.parent}; expected a file in an existing folder", USAGE)
        if not os.access(place.parent, os.W_OK):
            stop(f"--out: the folder {place.parent} cannot be written to", USAGE)
        # A test is not a fixture's neighbour: what it names is found from the working folder.
        first = outline(*sides, folder=Path.cwd() if as_a_test else place.parent)
        if as_a_test:
            text = as_test(first.document, _from(python, ".py:", place), _from(r, "::", place), first.title)
        else:
            text = as_text(first.document)
        with open(place, "x", encoding="utf-8") as file:
            file.write(text)
    except CheckError as error:
        stop(str(error), USAGE)
    except FileExistsError:
        stop(f"--out: {place} is there, and is not written over; expected another file", USAGE)
    except OSError as error:
        stop(f"--out: {place} cannot be written: {error.strerror}", USAGE)
    except (bridge.RUnavailable, NeedsError) as error:
        stop(str(error), ENVIRONMENT)
    click.echo(f"wrote {place}")
    for note in first.notes:
        click.echo(f"  {note}")
    command = f"{'pytest' if as_a_test else 'parity run'} {shlex.quote(str(place))}"
    if not first.answered:
        click.echo(f"no inputs that were guessed suit both sides: put in some that do, then {command}")
    elif first.agrees:
        click.echo(f"both sides answer these inputs, and agree: {command}")
    else:
        click.echo(f"both sides answer these inputs, and do not agree: {command}")


def _place(out: Path | None, title: str, as_a_test: bool) -> Path:
    if out is not None:
        suffix = ".py" if as_a_test else ".json"
        if out.suffix != suffix:
            stop(
                f"--out: {out} is no {'test' if as_a_test else 'fixture'}; expected a file that ends in {suffix}", USAGE
            )
        return out
    stem = re.sub(r"\W", "_", title).casefold()
    folder = Path("tests" if as_a_test else "fixtures")
    name = f"test_{stem}.py" if as_a_test else f"{stem}.json"
    return folder / name if folder.is_dir() else Path(name)


def _from(reference: str, mark: str, place: Path) -> str:
    """A reference to a file, as it is seen from the test's folder."""
    file, found, name = reference.partition(mark)
    path = file + (".py" if mark == ".py:" else "")
    if not found or not Path(path).is_file():
        return reference
    near = Path(os.path.relpath(path, place.parent)).as_posix()
    return f"{near}{':' if mark == '.py:' else '::'}{name}"
