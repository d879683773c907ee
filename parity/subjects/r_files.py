"""The R files of a fixture, sourced as their author would: statement by statement, in their folder, in a time."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from parity import bridge
from parity.fixture.model import Fixture
from parity.subjects import MisfitError, go_back
from parity.subjects.needs import NeedsError, remedy
from parity.subjects.observation import printable
from parity.subjects.places import told
from parity.subjects.r_functions import own

SECONDS = 60.0
"""How long the files of a fixture may take to load, where no one says otherwise."""

_NO_PACKAGE = re.compile(r"there is no package called \W?([A-Za-z][A-Za-z0-9.]*)")


def load_files(fixture: Fixture, envir: bridge.RValue, tell: Callable[[str], None], seconds: float) -> None:
    """Source the files in the environment. `tell` hears of each line that may take time.

    Raises MisfitError where that fails or takes too long, NeedsError where a package is missing.
    """
    folder = fixture.path.parent.resolve()
    end = time.monotonic() + seconds
    for index, file in enumerate(fixture.r_source):
        name = told(str(file), folder)
        before = os.getcwd()
        try:
            file.stat()
            statements = own("statements_of").keep(file=str(file.absolute()))
            os.chdir(file.parent)
            for line, which in _parts(statements):
                tell(f"{name}:{line}")
                left = max(end - time.monotonic(), 0.001)
                own("run_statements").keep(code=statements.element("code"), which=which, envir=envir, seconds=left)
        except FileNotFoundError as error:
            problem, expected = f"there is no file {error.filename}", "an R file, relative to the fixture"
            raise MisfitError(("r_source", index), problem, expected, whole=True) from error
        except bridge.RError as error:
            raise _refused(error, fixture, index, name, seconds) from error
        finally:
            go_back(before)


def _parts(statements: bridge.RValue) -> Iterator[tuple[int, np.ndarray]]:
    """The statements in groups, each with its first line: what only names functions takes no time and goes at once."""
    kept = bridge.read(statements, ("line", "plain"))
    lines, plain = (np.atleast_1d(kept[key]) for key in ("line", "plain"))
    group: list[int] = []
    for number in range(len(lines)):
        if plain[number]:
            group.append(number)
            continue
        if group:
            yield int(lines[group[0]]), np.array(group, dtype=np.int32) + 1
            group = []
        yield int(lines[number]), np.array([number + 1], dtype=np.int32)
    if group:
        yield int(lines[group[0]]), np.array(group, dtype=np.int32) + 1


def _refused(error: bridge.RError, fixture: Fixture, index: int, name: str, seconds: float) -> Exception:
    folder = fixture.path.parent.resolve()
    where = place(error, folder)
    message = printable(error.message).replace(str(fixture.r_source[index].absolute()), name)
    if "reached elapsed time limit" in message:
        problem = f"{name} was still running after {seconds:g} s" + (f", at {where}" if where else "")
        expected = (
            "a file that defines functions (what trains or plots stands under `if (sys.nframe() == 0L)`), "
            "or more time by --timeout"
        )
        return MisfitError(("r_source", index), problem, expected, whole=True)
    lacking = packages_lacking([message, *(one.message for one in bridge.take_conditions()[0])])
    if lacking:
        problem = f"R has no package {', '.join(lacking)}, which {where or name} asks for"
        return NeedsError(f"{fixture.path}: {problem}; {remedy('r', lacking)}")
    problem = f"R could not load {name}: {message}" + (f" ({where})" if where else "")
    return MisfitError(("r_source", index), problem, "R files that load", whole=True)


def packages_lacking(messages: Sequence[str]) -> list[str]:
    """The packages that messages of R say are not there."""
    return list(dict.fromkeys(match[1] for message in messages if (match := _NO_PACKAGE.search(message))))


def place(error: bridge.RError, folder: Path) -> str:
    """Where it happened, as "port.R:12"; "" where R does not know."""
    file, _, line = error.where.rpartition(":")
    with contextlib.suppress(ValueError):
        return f"{told(file, folder)}:{int(line)}" if file else ""
    return error.where
