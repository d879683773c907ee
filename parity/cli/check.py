"""`parity check`: one Python function against one R function, for inputs that are named on the command line."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from parity.cli.outputs import Outputs, outputs_options
from parity.cli.running import ENVIRONMENT, USAGE, interrupts_raise, stop

F = TypeVar("F", bound=Callable[..., Any])


def _pairs(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE, each name once."""
    pairs: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{text!r} is no NAME=VALUE")
        if name in pairs:
            raise click.BadParameter(f"{name} is given twice")
        pairs[name] = value
    return pairs


def _shapes(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    shapes = {}
    for name, text in _pairs(context, option, given).items():
        if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)*", text, re.ASCII):
            raise click.BadParameter(f"{name}={text} is no shape: expected extents such as {name}=5,3")
        shapes[name] = tuple(map(int, text.split(",")))
    return shapes


def _read_out(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    values = {}
    for name, text in _pairs(context, option, given).items():
        python, equals, r = text.partition("=")
        if not (python and equals and r):
            raise click.BadParameter(f"{name}={text} is no NAME=PYTHON=R, such as coef=params='coef(.)'")
        values[name] = (python, r)
    return values


def _several(flag: str, name: str, what: str, callback: Any = _pairs, metavar: str = "NAME=VALUE") -> Callable[[F], F]:
    return click.option(flag, name, multiple=True, metavar=metavar, callback=callback, help=what)


@click.command(short_help="One Python function against one R function, for inputs given here.")
@click.argument("python")
@click.argument("r", required=False)
@_several("--with", "inputs", "An input of both: JSON, else a text, or a file (CSV, TSV, NPY, NPZ, JSON, Parquet).")
@_several("--random", "shapes", "An input drawn from the standard normal, of this shape.", _shapes, "NAME=5,3")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="The seed of --random.")
@_several("--python", "only_python", "An input of Python alone.")
@_several("--r", "only_r", "An input of R alone.")
@_several("--rename", "renamed", "What an input is called in R.", _pairs, "NAME=R_NAME")
@_several("--make", "make", "An argument of the constructor, where PYTHON is a class.")
@click.option("--do", metavar="METHOD", help="The method to call, where PYTHON is a class. In R it is R.METHOD.")
@click.option("--backward", metavar="METHOD", help="The method that gives gradients, which are checked too.")
@_several("--values", "values", "What to read out of the results, and where it is.", _read_out, "NAME=PYTHON=R")
@_several("--expect", "expect", "A value from elsewhere, by name; the result itself is called out.")
@click.option("--key", multiple=True, metavar="COLUMN", help="A column by which the rows of a data frame are known.")
@click.option("--rtol", type=float, help="Allowed difference as a share of Python's value.  [default: 1e-9]")
@click.option("--atol", type=float, help="Allowed difference next to zero.  [default: 0]")
@click.option("--r-source", multiple=True, metavar="FILE", help="An R file to source before.")
@click.option("--stages", metavar="FILE", help="A JSON list of the stages that both are made of. Implies --trace.")
@click.option("--trace", is_flag=True, help="Follow the stages, or else the calls, to where the sides part.")
@click.option(
    "--referee", metavar="CODE", help="A third implementation, which judges the two: as PYTHON, or as R without a file."
)
@click.option("--digits", type=click.IntRange(17), metavar="N", help="The referee computes in N digits, by mpmath.")
@click.option("--isolate", is_flag=True, help="Each side in a process of its own.")
@click.option("--timeout", type=float, metavar="SECONDS", help="For one side. Implies --isolate.")
@click.option("--save", metavar="FILE", help="Write the fixture that `parity run` verifies to the same verdict.")
@outputs_options
def check(
    python: str,
    r: str | None,
    inputs: dict[str, str],
    shapes: dict[str, tuple[int, ...]],
    seed: int,
    only_python: dict[str, str],
    only_r: dict[str, str],
    renamed: dict[str, str],
    make: dict[str, str],
    do: str | None,
    backward: str | None,
    values: dict[str, tuple[str, str]],
    expect: dict[str, str],
    key: Sequence[str],
    rtol: float | None,
    atol: float | None,
    r_source: Sequence[str],
    stages: str | None,
    trace: bool,
    referee: str | None,
    digits: int | None,
    isolate: bool,
    timeout: float | None,
    save: str | None,
    **paths_of_outputs: Path | None,
) -> None:
    """Hold the function PYTHON against the function R.

    PYTHON is file.py:name or module:name; R is file.R::name, package::name or an R expression. JSON lists of numbers
    are arrays. A CSV file of numbers alone is a matrix, one with a first row of names is a data frame; arrays.npz:x is
    one array of several. Without R, the function PYTHON alone is held against --expect, or its gradients.

    \b
    Examples:
      parity check port.py:scale port.R::scale --random x=5,3
      parity check port.py:scale port.R::scale --with x=x.csv --with k=3 --rtol 1e-12
      parity check numpy:median stats::median --with a=[3,1,2] --rename a=x
      parity check fit.py:ols 'function(d) lm(y ~ x, d)' --with d=d.csv --values 'coef=params=coef(.)'
    """
    from parity import bridge
    from parity.check.door import examine
    from parity.check.draft import ATOL, RTOL, Request
    from parity.check.errors import CheckError
    from parity.check.references import Caller
    from parity.subjects.needs import NeedsError

    interrupts_raise()
    twice = sorted(set(inputs) & set(shapes))
    if twice:
        stop(f"--random: {twice[0]} is given by --with too; expected it once", USAGE)
    if digits is not None and referee is None:
        stop("--digits: there is no --referee; expected one, which computes in so many digits", USAGE)
    outputs = Outputs.of(**paths_of_outputs)
    with outputs.around():
        try:
            request = Request(
                arguments={**_values(inputs, ""), **_random(shapes, seed)},
                only={language: _values(own, "") for language, own in (("python", only_python), ("r", only_r)) if own},
                names={"r": renamed} if renamed else None,
                make=_values(make, "") or None,
                do=do,
                backward=backward,
                values=values or None,
                expect=_values(expect, "expect ") or None,
                expected_by="the command line" if expect else None,
                key=key or None,
                rtol=RTOL if rtol is None else rtol,
                atol=ATOL if atol is None else atol,
                r_source=r_source,
                stages=_stages(stages) if stages is not None else (),
                trace=trace,
                referee={"mpmath": referee, "digits": digits} if digits is not None else referee,
                isolate=isolate,
                timeout=timeout,
                save=save,
            )
            repeat = shlex.join(["parity", *sys.argv[1:]])
            report = examine(python, r, request, by=Caller(Path.cwd() / "check", ""), repeat=repeat)
        except CheckError as error:
            stop(str(error), USAGE)
        except (bridge.RUnavailable, NeedsError) as error:
            stop(str(error), ENVIRONMENT)
    outputs.finish(report)


def _values(given: dict[str, str], where: str) -> dict[str, Any]:
    return {name: _value(text, f"{where}{name}") for name, text in given.items()}


def _stages(path: str) -> list[dict[str, Any]]:
    import json

    try:
        entry = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        stop(f"--stages: {path} cannot be read: {error}", USAGE)
    if not isinstance(entry, list) or not all(isinstance(stage, dict) for stage in entry):
        stop(f"--stages: {path} is no list of stages; expected the list that a fixture has", USAGE)
    return entry


def _value(text: str, name: str) -> Any:
    """A file where the text ends like one, JSON where it is JSON, else the text."""
    import json

    from parity.check.files import arrays, is_file, read

    if is_file(text):
        return read(text, name)
    try:
        return arrays(json.loads(text))
    except ValueError:
        return text


def _random(shapes: dict[str, tuple[int, ...]], seed: int) -> dict[str, Any]:
    import numpy as np

    stream = np.random.RandomState(seed)
    return {name: stream.standard_normal(shape) for name, shape in shapes.items()}
