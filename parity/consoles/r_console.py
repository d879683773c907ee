"""Type lines into a real R console, and keep what it prints.

`r_session` starts one process for many sessions; each begins in an empty workspace. The R code that this takes lies
in `r/*.R`; the loading of sources, the reset of a session's state and the plan of a call's arguments lie beside R's
subject, which needs them, too.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parity import subjects
from parity.consoles.language_case import case_in
from parity.consoles.process import SECONDS, Marks, answer
from parity.consoles.transcript import ConsoleError, Transcript
from parity.fixture.model import Call, Case, Fixture
from parity.fixture.values import R_OBJECT

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


@dataclass(frozen=True)
class CallPlan:
    """How the formals of an R function are filled in one call.

    `takes` are the names of its formals in their order, "..." among them, and none where they are unknown. `sources`
    says of each argument where it comes from: "with", "state", "results" or "make". `maker` is the function that makes
    the object whose method is called, where one is made; a `generic` method gets the object as its first argument.
    """

    takes: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    maker: str = ""
    generic: bool = False


def r_plans(
    cases: Sequence[tuple[Fixture, Case]], *, packages: Mapping[str, Path] | None = None, seconds: float = SECONDS
) -> list[tuple[CallPlan, ...]]:
    """For each call of each case, how R itself says that its formals are filled, by the rules that run it.

    A function that R does not find gets the arguments of the call alone, by name.
    """
    if not cases:
        return []
    marks = Marks("r")
    script = [_setup(marks, packages or {}, 80), f".plans <- {_defined((_OWN / 'plans.R').read_text('utf-8'))}"]
    r_cases = [case_in(case, "r") for _, case in cases]
    for number, ((fixture, _), case) in enumerate(zip(cases, r_cases, strict=True)):
        package, base, expression = r_parts(fixture.r)
        files = [str(path.resolve()) for path in fixture.r_source]
        subject = (r_string(package), _strings(files), r_string(expression), _strings([*case.make]))
        made = f"{r_string(base)}, {'TRUE' if fixture.factory else 'FALSE'}"
        setup = r_string(case.setup.get("r", ""))
        calls = ",\n".join(_call_to_plan(base, case, place) for place in range(len(case.calls)))
        script.append(
            f".plans({_parted(marks.word)}, {number}L, {', '.join(subject)}, {made}, {setup}, list(\n{calls}))\n"
        )
    output = answer(_command(), "".join(script), _environment(80), seconds, "R")
    answers: dict[tuple[int, int, str], list[str]] = {}
    for line in output.splitlines():
        word, *rest = line.split("\t")
        if word == marks.word and len(rest) >= 3:
            answers[int(rest[0]), int(rest[1]), rest[2]] = rest[3:]
    plans = []
    for number, case in enumerate(r_cases):
        of_case = []
        for place, call in enumerate(case.calls):
            if (number, place, "from") in answers:
                takes, argument, source = (answers[number, place, what] for what in ("takes", "argument", "from"))
                of_case.append(CallPlan(tuple(takes), tuple(zip(argument, source, strict=True))))
            elif (number, place, "object") in answers:
                maker, *generic = answers[number, place, "object"]
                of_case.append(dataclasses.replace(by_name(call), maker=maker, generic=bool(generic)))
            else:
                of_case.append(by_name(call))
        plans.append(tuple(of_case))
    return plans


def by_name(call: Call) -> CallPlan:
    """The plan of a call to a function of which nothing is known."""
    return CallPlan((), tuple((name, "with") for name in call.arguments))


def _call_to_plan(base: str, case: Case, place: int) -> str:
    """A call and what earlier ones leave it, as `plans.R` asks for it."""
    earlier = [call for call in case.calls[:place] if "r" not in call.raises]
    names = {
        "with": list(case.calls[place].arguments),
        "state": list(dict.fromkeys(name for call in earlier for name in left_by(case, call))),
        "results": list(dict.fromkeys(call.do for call in earlier)),
    }
    arguments = ", ".join(f"{key} = {_strings(value)}" for key, value in names.items())
    call = case.calls[place]
    named = f"name = {r_string(r_function(base, call.do))}, do = {r_string(call.do)}"
    return f"list({named}, code = {r_string(call.instead.get('r', ''))}, {arguments})"


def left_by(case: Case, call: Call) -> dict[str, str]:
    """What of a call's result goes into later calls as state: R's name for the argument -> its name in the result."""
    renamed = case.names.get("r", {})
    return {renamed.get(name, name): name for name in (*call.updates, *call.state)}


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
    """A function's text as a line's value, with what it shares with R's subject around it."""
    source = "".join(file.read_text("utf-8") for file in sorted(_SHARED.glob("*.R")))
    return f"local({{\n{source}{function}}})\n"


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
