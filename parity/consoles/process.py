"""A console as a process: all lines in through its standard input, all that it prints out of one pipe.

Prompts, and the lines around a session, carry a mark that no output can contain while the process runs, which is how
a line's output is told from the next line's prompt. The marks are gone from the `Transcript`.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field

from parity.consoles.transcript import PROMPTS, ConsoleError, Entry, Language, Transcript

SECONDS = 120.0
NAMES = {"python": "Python", "r": "R"}


@dataclass(frozen=True)
class Marks:
    """The marks of one process."""

    language: Language
    word: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def prompts(self) -> tuple[str, str]:
        first, more = PROMPTS[self.language]
        return f"@{self.word}@{first}", f"@{self.word}@{more}"

    @property
    def failure(self) -> str:
        """What the console prints beside an error."""
        return f"@{self.word}@failure"

    def begin(self, number: int) -> str:
        return f"B{self.word}:{number}"

    def end(self, number: int) -> str:
        return f"E{self.word}:{number}"

    def transcript(self, number: int, lines: Sequence[str], output: str) -> Transcript:
        """What the process printed in session `number`, in which `lines` were typed."""
        begin = output.find(f"{self.begin(number)}\n")
        end = output.find(f"{self.end(number)}\n", begin)
        name = NAMES[self.language]
        if begin < 0 or end < 0:
            typed = next(iter(lines), "")
            raise ConsoleError(
                f"the {name} console stopped in the session that begins with {typed!r}: "
                "a line of it quits, or its last expression is unfinished",
                self.language,
                number,
            )
        text = output[begin:end].partition("\n")[2]
        pieces = re.split(rf"@{self.word}@(>>> |\.\.\. |> |\+ )", text)
        prompts, bodies = pieces[1::2], pieces[2::2]
        # The last prompt belongs to the hidden line that prints the end mark.
        if len(prompts) != len(lines) + 1:
            raise ConsoleError(
                f"the {name} console read a line itself, in the session that begins with {lines[0]!r}",
                self.language,
                number,
            )
        entries: list[Entry] = []
        first = PROMPTS[self.language][0]
        for prompt, body, line in zip(prompts, bodies, lines, strict=False):
            # R repeats each line that it reads from a pipe, as a terminal would show it; Python does not.
            printout = body.partition("\n")[2] if self.language == "r" else body
            failed = self.failure in printout
            printout = printout.replace(f"{self.failure}\n", "")
            if prompt == first or not entries:
                entries.append(Entry((line,), printout, failed))
            else:
                last = entries[-1]
                entries[-1] = Entry((*last.source, line), last.output + printout, last.failed or failed)
        return Transcript(self.language, tuple(entries))


def answer(command: list[str], script: str, environment: dict[str, str], seconds: float, name: str) -> str:
    """Feed `script` to a console's standard input; standard output and error come back as one text.

    It starts in an empty folder: what it looks for before the first line is not found in a stranger's files.
    """
    with tempfile.TemporaryDirectory() as nowhere, tempfile.TemporaryFile() as lines:
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
                cwd=nowhere,
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
