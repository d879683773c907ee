"""What a console session looks like on the screen, as a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Language = Literal["python", "r", "shell"]

PROMPTS: Mapping[Language, tuple[str, str]] = {
    "python": (">>> ", "... "),
    "r": ("> ", "+ "),
    "shell": ("$ ", "> "),
}


class ConsoleError(Exception):
    """A console could not be started, did not finish, or was left inside an unfinished expression.

    `session` is the number of the session in which that happened, where it is known, and `language` its language.
    """

    def __init__(self, message: str, language: Language | None = None, session: int | None = None) -> None:
        super().__init__(message)
        self.language, self.session = language, session


@dataclass(frozen=True)
class Entry:
    """The lines of one input, without prompts, and everything printed before the next prompt; `failed` by an error."""

    source: tuple[str, ...]
    output: str = ""
    failed: bool = False


@dataclass(frozen=True)
class Transcript:
    """One session, kept apart into input and output."""

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

        return Transcript(self.language, tuple(Entry(e.source, cut(e.output), e.failed) for e in self.entries))

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
                    entries.insert(0, Entry(entry.source[count:], entry.output, entry.failed))
                    entry = Entry(entry.source[:count])
                count -= len(entry.source)
                piece.append(entry)
            pieces.append(Transcript(self.language, tuple(piece)))
        return pieces
