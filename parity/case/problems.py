"""What is wrong with a fixture, said so that it can be mended: file, line, JSON path, what was expected."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

JsonPath = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[^\W\d]\w*")


def json_path(path: JsonPath) -> str:
    """The path as text: ("cases", 0, "make", "W") is "$.cases[0].make.W"."""
    text = "$"
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}"
        else:
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
    return text


def shown(value: object, limit: int = 40) -> str:
    """A JSON value as it stands in the file, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except ValueError:  # an integer of more digits than Python converts to text
        return "a number"
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(frozen=True)
class Finding:
    """A problem before it has a line: where in the document, and what.

    `offset` (a character of the text) is given when the path alone does not say where, as for the second
    of two equal keys. `at_key` points at the key of the last step instead of at its value.
    """

    path: JsonPath
    problem: str
    expected: str = ""
    at_key: bool = False
    offset: int | None = None


@dataclass(frozen=True)
class FixtureProblem:
    """One problem. `line` and `column` count from 1 and are None when the file could not be read at all."""

    path: Path
    line: int | None
    column: int | None
    json_path: str
    problem: str
    expected: str = ""

    def __str__(self) -> str:
        place = str(self.path) if self.line is None else f"{self.path}:{self.line}:{self.column}"
        parts = [place, self.json_path, self.problem] if self.json_path else [place, self.problem]
        text = ": ".join(parts) + (f"; expected {self.expected}" if self.expected else "")
        # What a file says may hold anything; a report line stays one line, and never fails to print.
        text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
        return text


class FixtureError(Exception):
    """A fixture that cannot be used. `problems` has everything found, in the order of the file.

    `path`, `line`, `column`, `json_path`, `problem` and `expected` are those of the first.
    """

    def __init__(self, problems: Sequence[FixtureProblem]) -> None:
        if not problems:
            raise ValueError("a FixtureError needs at least one problem")
        self.problems = tuple(problems)
        first = self.problems[0]
        self.path = first.path
        self.line = first.line
        self.column = first.column
        self.json_path = first.json_path
        self.problem = first.problem
        self.expected = first.expected
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
