"""Type lines into a real R console, and keep what it prints.

`r_session` starts one process for many sessions; each begins in an empty workspace. The R code that this takes lies
in `r/*.R`, and the loading of sources and the reset of a session's state beside R's subject, which needs both, too.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from parity import subjects
from parity.consoles.process import SECONDS, Marks, answer
from parity.consoles.transcript import ConsoleError, Transcript
from parity.fixture.model import Fixture
from parity.fixture.values import R_OBJECT

Formals = Mapping[str, tuple[str, ...]]

_OWN = Path(__file__).parent / "r"
_SHARED = Path(subjects.__file__).parent / "r_side"


def r_session(
    blocks: Sequence[Sequence[str]],
    *,
    width: int = 80,
    packages: Mapping[str, Path] | None = None,
    directories: Sequence[Path | None] | None = None,
    seconds: float = SECONDS,
) -> list[Transcript]:
    """Run each block in an empty workspace of one real R, and return one transcript a block.

    `packages` maps the names of packages that are not installed to their source folders: `library(name)` and
    `name::f` work with them. An error is shown as the console shows it and the session goes on, as it does for a
    person.
    """
    if not blocks:
        return []
    marks = Marks("r")
    typed = [r_lines(block) for block in blocks]
    columns = max(10, width)
    script = [_setup(marks, packages or {}, columns)]
    for number, lines in enumerate(typed):
        directory = str(((directories[number] if directories else None) or Path.cwd()).absolute())
        # The mark is joined by R, so that the echo of this very line is not taken for its output.
        script.append(f".console.reset({_parted(marks.begin(number))}, {r_string(directory)})\n")
        script.extend(f"{line}\n" for line in lines)
        script.append(f"cat({_parted(marks.end(number))}, '\\n', sep = '')\n")
    output = answer(_command(), "".join(script), _environment(columns), seconds, "R")
    return [marks.transcript(number, lines, output) for number, lines in enumerate(typed)]


def r_lines(block: Sequence[str]) -> tuple[str, ...]:
    """The block as it has to be typed: without empty lines, each of which would answer with a bare prompt."""
    return tuple(line for text in block for line in text.split("\n") if line.strip())


def r_formals(
    fixtures: Sequence[Fixture], *, packages: Mapping[str, Path] | None = None, seconds: float = SECONDS
) -> list[dict[str, tuple[str, ...]]]:
    """For each fixture, the formals of the R functions its calls go to, as R itself names them."""
    if not fixtures:
        return []
    marks = Marks("r")
    script = [_setup(marks, packages or {}, 80), f".formals <- {_defined((_OWN / 'formals.R').read_text('utf-8'))}"]
    for number, fixture in enumerate(fixtures):
        package, base, expression = r_parts(fixture.r)
        names = sorted({r_function(base, call.do) for case in fixture.cases for call in case.calls})
        files = [str(path.resolve()) for path in fixture.r_source]
        asked = (_strings(names), r_string(package), _strings(files), r_string(expression))
        script.append(f".formals({_parted(marks.word)}, {number}L, {', '.join(asked)})\n")
    output = answer(_command(), "".join(script), _environment(80), seconds, "R")
    found: list[dict[str, tuple[str, ...]]] = [{} for _ in fixtures]
    for line in output.splitlines():
        word, *rest = line.split("\t")
        if word == marks.word and len(rest) >= 2:
            found[int(rest[0])][rest[1]] = tuple(name for name in rest[2:] if name)
    return found


def r_parts(r: str) -> tuple[str, str, str]:
    """A fixture's `r` as its package, the name that its functions begin with, and its expression, "" where it has none.

    An expression is one function; in the console it gets the name f.
    """
    if not R_OBJECT.fullmatch(r):
        return "", "f", r
    package, _, base = r.rpartition("::")
    return package, base, ""


def r_function(base: str, do: str) -> str:
    """`Affine`, `forward` -> `Affine.forward`; `do: call` is the function itself."""
    return base if do == "call" else f"{base}.{do}"


def r_string(text: str) -> str:
    """`text` as an R string literal."""
    return json.dumps(text, ensure_ascii=False)


def _strings(texts: Sequence[str]) -> str:
    return f"c({', '.join(map(r_string, texts))})" if texts else "character()"


def _parted(mark: str) -> str:
    return f"paste0('{mark[:1]}', '{mark[1:]}')"


def _defined(function: str) -> str:
    """A function's text as a line's value, with the loader and the reset around it."""
    shared = "".join((_SHARED / name).read_text("utf-8") for name in ("load.R", "reset.R"))
    return f"local({{\n{shared}{function}}})\n"


def _setup(marks: Marks, packages: Mapping[str, Path], width: int) -> str:
    folders = ", ".join(f"`{name}` = {r_string(str(folder.absolute()))}" for name, folder in packages.items())
    setup = _defined((_OWN / "setup.R").read_text("utf-8")).rstrip("\n")
    # Prompts change with the first line: the marks are joined by R, so that no echo of this line is one.
    prompts = ", ".join(_parted(prompt) for prompt in marks.prompts)
    return f"({setup})({_parted(marks.failure)}, c({prompts}), list({folders}), {width}L)\n"


def _command() -> list[str]:
    place = shutil.which("R")
    if place is None and os.environ.get("R_HOME"):
        place = shutil.which(str(Path(os.environ["R_HOME"], "bin", "R")))
    if place is None:
        raise ConsoleError("R was not found on the PATH, so its console cannot be shown. Install R (r-base-core).")
    return [place, "--vanilla", "--quiet"]


def _environment(width: int) -> dict[str, str]:
    # An R embedded in this process leaves its own settings behind, which a second R should not inherit.
    dropped = {"R_HOME", "R_SESSION_TMPDIR", "R_ENVIRON", "R_PROFILE", "R_DEFAULT_PACKAGES"}
    environment = {k: v for k, v in os.environ.items() if k not in dropped}
    locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    return environment | {"LC_ALL": locale, "LANGUAGE": "en", "COLUMNS": str(width), "NO_COLOR": "1"}
