"""Type lines into a real Python console, and keep what it prints.

`python_session` starts one process for many sessions; each begins in an empty `__main__`. What consoles of different
versions print differently for the same lines comes out the same: the name of what was typed, and the source lines
and carets that later ones add to a traceback.
"""

from __future__ import annotations

import codeop
import os
import re
import sys
import warnings
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path

from parity.consoles import workspace
from parity.consoles.process import SECONDS, Marks, answer
from parity.consoles.transcript import ConsoleError, Entry, Transcript

NUMPY_LINE = 75  # numpy's own linewidth, which does not follow the terminal


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


_START = """\
import sys
sys.path[:] = [place for place in sys.path if place]
import types
_console = types.ModuleType("_console")
exec(compile(open({path!r}, encoding="utf-8").read(), "<console>", "exec"), _console.__dict__)
sys.modules["_console"] = _console
del sys, types, _console
__import__("sys").modules["_console"].start({prompts!r}, {failure!r}, {paths!r})
"""


def python_session(
    blocks: Sequence[Sequence[str]],
    *,
    width: int = 80,
    directories: Sequence[Path | None] | None = None,
    paths: Sequence[Path] = (),
    seconds: float = SECONDS,
    executable: str = sys.executable,
) -> list[Transcript]:
    """Run each block in an empty `__main__` of one interactive Python, and return one transcript a block.

    What this process can import, that one can too, and what lies in `paths` and in the working directory. NumPy
    breaks its lines at 75 characters, as it does on any terminal, or earlier if `width` is less. Warnings that
    Python shows once are shown once a block.
    """
    if not blocks:
        return []
    marks = Marks("python")
    typed = [python_lines(block) for block in blocks]
    script = [
        _START.format(
            path=workspace.__file__,
            prompts=marks.prompts,
            failure=marks.failure,
            paths=list(dict.fromkeys(str(path.absolute()) for path in (*paths, Path.cwd()))),
        )
    ]
    for number, lines in enumerate(typed):
        directory = str(((directories[number] if directories else None) or Path.cwd()).absolute())
        call = f"reset({marks.begin(number)!r}, {directory!r}, {min(width, NUMPY_LINE)})"
        script.append(f"__import__('sys').modules['_console'].{call}\n")
        script.extend(f"{line}\n" for line in lines)
        script.append(f"__import__('sys').modules['_console'].end({marks.end(number)!r})\n")
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONHOME")}
    # The folders of the project come last, in `start`: what is installed is not hidden by a file that lies there.
    last = {path.absolute() for path in (*paths, Path.cwd())}
    own = [place for place in sys.path if place and Path(place).absolute() not in last]
    environment |= {
        "PYTHONPATH": os.pathsep.join(own if executable == sys.executable else ()),
        "PYTHONUTF8": "1",
        "PYTHON_BASIC_REPL": "1",
        "PYTHON_COLORS": "0",
        "NO_COLOR": "1",
        "COLUMNS": str(width),
    }
    output = answer([executable, "-q", "-i", "-u"], "".join(script), environment, seconds, "Python")
    transcripts = [marks.transcript(number, lines, output) for number, lines in enumerate(typed)]
    folders = [*(d for d in directories or () if d), *paths, Path.cwd(), *map(Path, filter(None, sys.path))]
    return [_same_everywhere(transcript, folders) for transcript in transcripts]


def _same_everywhere(transcript: Transcript, folders: Sequence[Path]) -> Transcript:
    entries = [
        Entry(e.source, python_output(e.output, transcript.lines, folders), e.failed) for e in transcript.entries
    ]
    return Transcript(transcript.language, tuple(entries))


# ---------------------------------------------------------------------------- the same from every version

# Python 3.13 numbers what is typed: "<stdin>-96"; its own console calls it "<python-input-96>".
_TYPED = re.compile(r"<(?:stdin|python-input)(?:-\d+)?>(?:-\d+)?")
_FRAME = re.compile(r'  File "([^"]+)", line \d+, in ')
_WARNING = re.compile(r"<stdin>:\d+: \w+: ")
_LIBRARY = re.compile(r"/(?:site-packages|dist-packages|lib/python\d[\d.]*)/((?!site-packages|dist-packages).+)")
_PLACE = re.compile(r'(?m)^(  File "|)(/[^"\n]*?)(", line |:\d+: \w+: )')


def python_output(output: str, typed: Sequence[str] = (), folders: Sequence[Path] = ()) -> str:
    """What a console printed in a session of the lines `typed`, without what only some versions of Python print.

    A file in a traceback or a warning is named as seen from the one of `folders` that it lies in.
    """
    lines = _TYPED.sub("<stdin>", output).splitlines(keepends=True)
    text = "".join(_without_additions(lines, {line.strip() for line in typed}))
    return _PLACE.sub(lambda place: f"{place[1]}{_shortened(place[2], folders)}{place[3]}", text)


def _without_additions(lines: Sequence[str], typed: Container[str]) -> Iterator[str]:
    """Carets below a line of a traceback, and lines that were typed, given again: the reader has them above."""
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        yield line
        if frame := _FRAME.match(line):
            source = 0
            while at < len(lines) and lines[at].startswith("    "):
                if frame[1] != "<stdin>" and source == 0:
                    yield lines[at]
                source += 1
                at += 1
        elif _WARNING.match(line) and at < len(lines) and lines[at].startswith("  ") and lines[at].strip() in typed:
            at += 1


def _shortened(path: str, folders: Sequence[Path]) -> str:
    """A file's path without where it lies on this machine."""
    library = re.search(
        r"/(?:site-packages|dist-packages|lib/python\d[\d.]*)/((?!site-packages|dist-packages).+)", path
    )
    if library:
        return library[1]
    above = [str(folder.absolute()) for folder in folders if path.startswith(f"{folder.absolute()}/")]
    return path[len(max(above, key=len)) + 1 :] if above else path.rpartition("/")[2]
