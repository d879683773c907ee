"""Type commands into a real shell, and keep what they print.

One bash reads all lines of a session, so that a `cd` or an assignment holds for the next line. `parity` and `python`
are those that this process runs with.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from parity.consoles.process import SECONDS, answer
from parity.consoles.transcript import ConsoleError, Entry, Transcript


def shell_lines(block: Iterable[str]) -> tuple[str, ...]:
    """The lines to be typed. Raises ConsoleError where the last one is continued by nothing."""
    lines = tuple(line.rstrip() for line in block if line.strip())
    if lines and lines[-1].endswith("\\"):
        raise ConsoleError(f"the shell lines end inside an unfinished command: {lines[-1]!r}")
    return lines


def shell_session(
    lines: Sequence[str], folder: Path, *, width: int = 80, paths: Sequence[Path] = (), seconds: float = SECONDS
) -> Transcript:
    """Run the lines in `folder`; an entry has failed where its exit status is not 0.

    A command that goes on over several lines ends each but the last with a backslash. Raises ConsoleError where there
    is no bash, or where the shell stops before the last line.
    """
    commands = [*_commands(lines)]
    if not commands:
        return Transcript("shell", ())
    bash = shutil.which("bash")
    if bash is None:
        raise ConsoleError("there is no bash, which shell-session blocks are typed into", "shell")
    mark = secrets.token_hex(8)
    script = "".join(
        f"{{\n{chr(10).join(command)}\n}} 2>&1 </dev/null; printf '@{mark}@%d\\n' $?\n" for command in commands
    )
    environment = {name: value for name, value in os.environ.items() if name != "BASH_ENV"} | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
        "PYTHONUTF8": "1",
        "PYTHON_COLORS": "0",
        "NO_COLOR": "1",
        "COLUMNS": str(width),
    }
    # A command fails where any part of its pipeline does: `parity run | tail` too.
    here = f"set -o pipefail; cd -- {shlex.quote(str(folder))} || exit\n"
    output = answer([bash, "--noprofile", "--norc"], here + script, environment, seconds, "The shell")
    pieces = output.split(f"@{mark}@")
    if len(pieces) != len(commands) + 1:
        stopped = commands[min(len(pieces) - 1, len(commands) - 1)]
        raise ConsoleError(f"the shell stopped at {stopped[0]!r}: {pieces[-1].strip() or 'it exits'}", "shell")
    entries = []
    printed = pieces[0]
    for command, piece in zip(commands, pieces[1:], strict=True):
        status, _, after = piece.partition("\n")
        entries.append(Entry(command, _ended(printed.replace(f"{folder}/", "")), status != "0"))
        printed = after
    return Transcript("shell", tuple(entries))


def _commands(lines: Sequence[str]) -> Iterator[tuple[str, ...]]:
    command: list[str] = []
    for line in lines:
        command.append(line)
        if not line.endswith("\\"):
            yield tuple(command)
            command = []
    if command:
        yield tuple(command)


def _ended(printed: str) -> str:
    return printed + "\n" if printed and not printed.endswith("\n") else printed
