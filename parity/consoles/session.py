"""Type lines into a real Python console and a real R console, and keep what the consoles print.

`python_session` and `r_session` each start one process for many sessions. Every line goes in through standard
input, exactly as a person would type it; the process prints its own prompts, results, warnings and errors to one
pipe, so their order is the console's order. Prompts carry a mark that no output can contain while the process runs,
which is how a line's output is told from the next line's prompt; the mark is gone from the `Transcript`.
"""

from __future__ import annotations

import codeop
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from parity.fixture.model import Fixture

Language = Literal["python", "r"]
Formals = Mapping[str, tuple[str, ...]]

PROMPTS: Mapping[Language, tuple[str, str]] = {"python": (">>> ", "... "), "r": ("> ", "+ ")}
NUMPY_LINE = 75  # numpy's own linewidth, which does not follow the terminal
SECONDS = 120.0


class ConsoleError(Exception):
    """A console could not be started, did not finish, or was left inside an unfinished expression."""


@dataclass(frozen=True)
class Entry:
    """The lines of one input, without prompts, and everything printed before the next prompt."""

    source: tuple[str, ...]
    output: str = ""


@dataclass(frozen=True)
class Transcript:
    """What one session looks like on the screen, kept apart into input and output."""

    language: Language
    entries: tuple[Entry, ...]

    @property
    def text(self) -> str:
        """The console's own text: prompts, lines, output; no prompt after the last output."""
        first, more = PROMPTS[self.language]
        parts: list[str] = []
        for entry in self.entries:
            for number, line in enumerate(entry.source):
                parts.append(f"{more if number else first}{line}\n")
            parts.append(entry.output)
        return "".join(parts)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for entry in self.entries for line in entry.source)

    def shortened(self, most: int = 40, head: int = 12, tail: int = 4) -> Transcript:
        """The same, with the middle of any longer output replaced by a line that says how much is left out."""

        def cut(output: str) -> str:
            body = output.rstrip("\n")
            lines = body.split("\n")
            if len(lines) <= most:
                return output
            middle = f"[… {len(lines) - head - tail} …]"
            return "\n".join([*lines[:head], middle, *lines[-tail:]]) + output[len(body) :]

        return Transcript(self.language, tuple(Entry(e.source, cut(e.output)) for e in self.entries))

    def split(self, counts: Sequence[int]) -> list[Transcript]:
        """Cut into consecutive transcripts that hold `counts[k]` source lines each."""
        if sum(counts) != len(self.lines):
            raise ValueError(f"{sum(counts)} lines wanted from a transcript of {len(self.lines)}")
        pieces: list[Transcript] = []
        entries = list(self.entries)
        for count in counts:
            piece: list[Entry] = []
            while count > 0 and entries:
                entry = entries.pop(0)
                if len(entry.source) > count:  # the cut falls inside one input: its output goes with the end
                    entries.insert(0, Entry(entry.source[count:], entry.output))
                    entry = Entry(entry.source[:count])
                count -= len(entry.source)
                piece.append(entry)
            pieces.append(Transcript(self.language, tuple(piece)))
        return pieces


# --------------------------------------------------------------------------------------------------- Python


def python_lines(block: Iterable[str]) -> tuple[str, ...]:
    """The block as it has to be typed: an indented body that the next line leaves is closed by an empty line.

    Empty lines at the first prompt are dropped. A block that ends inside an expression raises `ConsoleError`.
    """
    typed: list[str] = []
    open_lines: list[str] = []

    def state(lines: Sequence[str]) -> str:
        try:
            # The console itself will say what there is to warn of.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return "more" if codeop.compile_command("\n".join(lines), symbol="single") is None else "done"
        except (SyntaxError, ValueError, OverflowError):
            return "wrong"

    def feed(line: str) -> None:
        typed.append(line)
        open_lines.append(line)
        if state(open_lines) != "more":
            open_lines.clear()

    for text in block:
        for line in text.split("\n"):
            if not open_lines and not line.strip():
                continue
            if open_lines and state([*open_lines, line]) == "wrong" and state([*open_lines, ""]) == "done":
                feed("")
            feed(line)
    if open_lines:
        if state([*open_lines, ""]) != "done":
            raise ConsoleError(f"the Python lines end inside an unfinished expression: {open_lines[0]!r}")
        feed("")
    return tuple(typed)


_PYTHON_SETUP = """\
import sys, types
_console = types.ModuleType("_console")
exec('''
import builtins, os, sys, warnings
def end(mark):
    print(mark)
def reset(mark, directory, linewidth):
    names = sys.modules["__main__"].__dict__
    for name in [n for n in names if n not in KEEP]:
        del names[name]
    builtins.__dict__.pop("_", None)
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", None)
        if type(names) is dict:
            names.pop("__warningregistry__", None)
    warnings.resetwarnings()
    warnings.filters[:] = FILTERS
    os.chdir(directory)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.set_printoptions(**PRINT)
        numpy.set_printoptions(linewidth=linewidth)
        numpy.seterr(**ERRORS)
    print(mark)
import numpy
PRINT = numpy.get_printoptions(); PRINT.pop("override_repr", None)
ERRORS = numpy.geterr()
FILTERS = list(warnings.filters)
KEEP = set()
''', _console.__dict__)
sys.modules["_console"] = _console
sys.ps1, sys.ps2 = {first!r}, {more!r}
del sys, types, _console
__import__("sys").modules["_console"].KEEP.update(globals())
"""


def python_session(
    blocks: Sequence[Sequence[str]],
    *,
    width: int = 80,
    directories: Sequence[Path | None] | None = None,
    paths: Sequence[Path] = (),
    seconds: float = SECONDS,
) -> list[Transcript]:
    """Run each block in an empty `__main__` of one interactive Python, and return one transcript a block.

    What this process can import, that one can too, and what lies in `paths` and in the working directory. NumPy
    breaks its lines at 75 characters, as it does on any terminal, or earlier if `width` is less. Warnings that
    Python shows once are shown once a block.
    """
    if not blocks:
        return []
    mark = secrets.token_hex(8)
    typed = [python_lines(block) for block in blocks]
    script = [_PYTHON_SETUP.replace("{first!r}", repr(f"@{mark}@>>> ")).replace("{more!r}", repr(f"@{mark}@... "))]
    for number, lines in enumerate(typed):
        directory = str(((directories[number] if directories else None) or Path.cwd()).absolute())
        call = f"reset('B' '{mark}:{number}', {directory!r}, {min(width, NUMPY_LINE)})"
        script.append(f"__import__('sys').modules['_console'].{call}\n")
        script.extend(f"{line}\n" for line in lines)
        script.append(f"__import__('sys').modules['_console'].end('E' '{mark}:{number}')\n")
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONHOME")}
    environment |= {
        "PYTHONPATH": os.pathsep.join(
            dict.fromkeys(str(Path(p).absolute()) for p in [*map(str, paths), str(Path.cwd()), *sys.path])
        ),
        "PYTHONUTF8": "1",
        "PYTHON_BASIC_REPL": "1",
        "PYTHON_COLORS": "0",
        "NO_COLOR": "1",
        "COLUMNS": str(width),
    }
    output = _pipe([sys.executable, "-q", "-i", "-u"], "".join(script), environment, seconds, "Python")
    return [_read("python", mark, number, lines, output) for number, lines in enumerate(typed)]


# -------------------------------------------------------------------------------------------------------- R

_R_SETUP = r"""
options(error = expression(NULL), showErrorCalls = FALSE, keep.source = TRUE)
options(device = function(...) grDevices::pdf(NULL))
local({
  home <- as.environment("Autoloads")
  kept.search <- search()
  kept.options <- options()
  assign(".console.reset", function(mark, directory) {
    while (length(extra <- which(!search() %in% kept.search))) detach(pos = extra[1], character.only = TRUE)
    options(kept.options[setdiff(names(kept.options), c("prompt", "continue"))])
    RNGkind("default", "default", "default")
    rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())
    setwd(directory)
    cat(mark, "\n", sep = "")
  }, envir = home)
  # A package that is still a folder of sources: a namespace filled from its R files, attached by library().
  sources <- list()
  load.sources <- function(name) {
    if (name %in% loadedNamespaces()) return(asNamespace(name))
    folder <- sources[[name]]
    info <- parseNamespaceFile(basename(folder), dirname(folder), mustExist = FALSE)
    imports <- new.env(parent = .BaseNamespaceEnv)
    attr(imports, "name") <- paste0("imports:", name)
    space <- new.env(parent = imports)
    core <- new.env(parent = baseenv())
    assign(".__NAMESPACE__.", core, envir = space)
    assign(".packageName", name, envir = space)
    assign("spec", c(name = name, version = "0.0"), envir = core)
    assign("exports", new.env(parent = baseenv()), envir = core)
    assign("imports", list(base = TRUE), envir = core)
    assign("path", folder, envir = core)
    assign("dynlibs", NULL, envir = core)
    assign("S3methods", matrix(NA_character_, 0L, 4L), envir = core)
    for (one in info$imports) {
      from <- asNamespace(one[[1L]])
      names <- if (length(one) > 1L) one[[2L]] else getNamespaceExports(from)
      for (n in names) assign(n, get(n, envir = from), envir = imports)
    }
    for (file in list.files(file.path(folder, "R"), "[.][RrSsQq]$", full.names = TRUE))
      sys.source(file, envir = space, keep.source = FALSE)
    exported <- info$exports
    for (pattern in info$exportPatterns) exported <- union(exported, ls(space, pattern = pattern, all.names = TRUE))
    if (!length(info$exports) && !length(info$exportPatterns)) exported <- ls(space)
    exported <- setdiff(exported, c(".__NAMESPACE__.", ".packageName"))
    list2env(as.list(structure(exported, names = exported)), get("exports", envir = core))
    .Internal(registerNamespace(name, space))
    if (length(info$S3methods)) registerS3methods(info$S3methods, name, space)
    space
  }
  assign(".console.sources", function(name, folder) {
    sources[[name]] <<- folder
    load.sources(name)
    invisible()
  }, envir = home)
  attach.sources <- function(name) {
    label <- paste0("package:", name)
    if (!label %in% search()) {
      space <- load.sources(name)
      attach(mget(getNamespaceExports(space), envir = space), pos = 2L, name = label, warn.conflicts = FALSE)
    }
    invisible(.packages())
  }
  assign("library", function(package, ...) {
    call <- sys.call()
    named <- isTRUE(list(...)$character.only)
    name <- if (missing(package)) "" else if (named) package else as.character(substitute(package))
    if (length(name) == 1L && name %in% names(sources)) return(attach.sources(name))
    call[[1L]] <- quote(library)
    eval(call, list(library = base::library), parent.frame())
  }, envir = home)
})
"""


def r_session(
    blocks: Sequence[Sequence[str]],
    *,
    preamble: Sequence[str] = (),
    width: int = 80,
    packages: Mapping[str, Path] | None = None,
    directories: Sequence[Path | None] | None = None,
    seconds: float = SECONDS,
) -> list[Transcript]:
    """Run each block in an empty workspace of one real R, and return one transcript a block.

    `packages` maps the names of packages that are not installed to their source folders: `library(name)` and
    `name::f` work with them. `preamble` is run once, before all, and not shown. An error is shown as the console
    shows it and the session goes on, as it does for a person.
    """
    if not blocks:
        return []
    mark = secrets.token_hex(8)
    typed = [tuple(line for text in block for line in text.split("\n") if line.strip()) for block in blocks]
    script = [_R_SETUP, *(f"{line}\n" for line in _source_folders(packages or {})), *(f"{line}\n" for line in preamble)]
    script.append(f"options(prompt = '@{mark}@> ', continue = '@{mark}@+ ', width = {max(10, width)}L)\n")
    for number, lines in enumerate(typed):
        directory = str(((directories[number] if directories else None) or Path.cwd()).absolute())
        # "B" and the mark are joined by R, so that the echo of this very line is not taken for its output.
        reset = f".console.reset(paste0('B', '{mark}:{number}'), {r_string(directory)})"
        script.append(f"{reset}; options(width = {max(10, width)}L)\n")
        script.extend(f"{line}\n" for line in lines)
        script.append(f"cat(paste0('E', '{mark}:{number}'), '\\n', sep = '')\n")
    output = _pipe(_r_command(), "".join(script), _r_environment(width), seconds, "R")
    return [_read("r", mark, number, lines, output) for number, lines in enumerate(typed)]


def r_formals(
    fixtures: Sequence[Fixture], *, packages: Mapping[str, Path] | None = None, seconds: float = SECONDS
) -> list[dict[str, tuple[str, ...]]]:
    """For each fixture, the formals of the R functions its calls go to, as R itself names them."""
    if not fixtures:
        return []
    mark = secrets.token_hex(8)
    script = [_R_SETUP, *(f"{line}\n" for line in _source_folders(packages or {}))]
    script.append(
        f"tell <- function(k, name, f) if (is.function(f)) cat('\\n', paste(c('{mark}', k, name, "
        "names(formals(args(f)))), collapse = '\\t'), '\\n', sep = '')\n"
    )
    for number, fixture in enumerate(fixtures):
        package, _, base = fixture.r.rpartition("::")
        names = sorted({r_function(base, call.do) for case in fixture.cases for call in case.calls})
        if fixture.r_source:
            files = ", ".join(r_string(str(path)) for path in fixture.r_source)
            script.append(
                f"space <- new.env(); for (file in c({files})) try(sys.source(file, envir = space, chdir = TRUE))\n"
            )
        else:
            space = f"asNamespace({r_string(package)})" if package else "globalenv()"
            script.append(f"space <- tryCatch({space}, error = function(e) new.env())\n")
        script.extend(f"tell({number}, {r_string(n)}, get0({r_string(n)}, envir = space))\n" for n in names)
    output = _pipe(_r_command(), "".join(script), _r_environment(80), seconds, "R")
    found: list[dict[str, tuple[str, ...]]] = [{} for _ in fixtures]
    for line in output.splitlines():
        told, *rest = line.split("\t")
        if told == mark and len(rest) >= 2:
            found[int(rest[0])][rest[1]] = tuple(name for name in rest[2:] if name)
    return found


def r_function(base: str, do: str) -> str:
    """`Affine`, `forward` -> `Affine.forward`; `do: call` is the function itself."""
    return base if do == "call" else f"{base}.{do}"


def r_string(text: str) -> str:
    """`text` as an R string literal."""
    return json.dumps(text, ensure_ascii=False)


def _source_folders(packages: Mapping[str, Path]) -> list[str]:
    return [f".console.sources({r_string(n)}, {r_string(str(p.absolute()))})" for n, p in packages.items()]


def _r_command() -> list[str]:
    found = shutil.which("R")
    if found is None and os.environ.get("R_HOME"):
        found = shutil.which(str(Path(os.environ["R_HOME"], "bin", "R")))
    if found is None:
        raise ConsoleError("R was not found on the PATH, so its console cannot be shown. Install R (r-base-core).")
    return [found, "--vanilla", "--quiet"]


def _r_environment(width: int) -> dict[str, str]:
    # An R embedded in this process leaves its own settings behind, which a second R should not inherit.
    dropped = {"R_HOME", "R_SESSION_TMPDIR", "R_ENVIRON", "R_PROFILE", "R_DEFAULT_PACKAGES"}
    environment = {k: v for k, v in os.environ.items() if k not in dropped}
    locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    return environment | {"LC_ALL": locale, "LANGUAGE": "en", "COLUMNS": str(width), "NO_COLOR": "1"}


# ----------------------------------------------------------------------------------------------- processes


def _pipe(command: list[str], script: str, environment: dict[str, str], seconds: float, name: str) -> str:
    """Feed `script` to a console's standard input; standard output and error come back as one text."""
    with tempfile.TemporaryFile() as lines:
        # A file, not a pipe: the console reads at its own pace and nobody waits for anybody.
        lines.write(script.encode("utf-8"))
        lines.seek(0)
        try:
            process = subprocess.Popen(
                command,
                stdin=lines,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise ConsoleError(f"{name} could not be started: {error}") from error
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise ConsoleError(f"{name} did not finish the console sessions within {seconds:g} seconds") from error
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
    return output.decode("utf-8", "replace").replace("\r\n", "\n")


def _read(language: Language, mark: str, number: int, lines: Sequence[str], output: str) -> Transcript:
    begin = output.find(f"B{mark}:{number}\n")
    end = output.find(f"E{mark}:{number}\n", begin)
    name = {"python": "Python", "r": "R"}[language]
    if begin < 0 or end < 0:
        shown = next(iter(lines), "")
        raise ConsoleError(
            f"the {name} console stopped in the session that begins with {shown!r}: "
            "a line of it quits, or its last expression is unfinished"
        )
    text = output[begin:end].partition("\n")[2]
    pieces = re.split(rf"@{mark}@(>>> |\.\.\. |> |\+ )", text)
    prompts, bodies = pieces[1::2], pieces[2::2]
    # The last prompt belongs to the hidden line that prints the end mark.
    if len(prompts) != len(lines) + 1:
        raise ConsoleError(f"the {name} console read a line itself, in the session that begins with {lines[0]!r}")
    entries: list[Entry] = []
    first = PROMPTS[language][0]
    for prompt, body, line in zip(prompts, bodies, lines, strict=False):
        # R repeats each line that it reads from a pipe, as a terminal would show it; Python does not.
        printed = body.partition("\n")[2] if language == "r" else body
        if prompt == first or not entries:
            entries.append(Entry((line,), printed))
        else:
            last = entries[-1]
            entries[-1] = Entry((*last.source, line), last.output + printed)
    return Transcript(language, tuple(entries))
