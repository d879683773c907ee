"""Where each value and key of a JSON text stands, and what `json` lets pass. Used once something is wrong.

Reading a good file never comes here: `json.loads` is faster. This scanner walks the same text and remembers
offsets; strings and numbers are left to the standard library's decoder.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from parity.case.problems import Finding, JsonPath

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_CONSTANT = re.compile(r"-?(?:Infinity|NaN)")
_WORD = re.compile(r"true|false|null")
_RUN = re.compile(r"[\w.+-]+")

# The names that fixtures give to the numbers JSON lacks.
_SPELLED = {"NaN": "NaN", "Infinity": "Inf", "-Infinity": "-Inf", "-NaN": "NaN"}


class _Malformed(Exception):
    """The text stops being JSON at `offset`."""

    def __init__(self, offset: int, problem: str, expected: str) -> None:
        super().__init__(problem)
        self.offset = offset
        self.problem = problem
        self.expected = expected


@dataclass
class Positions:
    """Offsets of the values and of the keys by path, and the findings made on the way."""

    values: dict[JsonPath, int] = field(default_factory=dict)
    keys: dict[JsonPath, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def offset(self, finding: Finding) -> int:
        """Where `finding` points: its own offset, its key, its value, or the nearest enclosing value."""
        if finding.offset is not None:
            return finding.offset
        if finding.at_key and finding.path in self.keys:
            return self.keys[finding.path]
        path = finding.path
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, 0)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Both from 1, columns in characters, as editors count."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def scan(text: str) -> Positions:
    """Walk `text`. A text that is not JSON gives a finding at the first place where it goes wrong."""
    scanner = _Scanner(text)
    try:
        end = scanner.space(scanner.value(scanner.space(0)))
        if end < len(text):
            raise _Malformed(end, "text after the end of the JSON value", "nothing more")
    except _Malformed as error:
        problem = f"malformed JSON: {error.problem}"
        scanner.found.findings.append(Finding(tuple(scanner.path), problem, error.expected, offset=error.offset))
    return scanner.found


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.path: list[str | int] = []
        self.found = Positions()
        self.decoder = json.JSONDecoder()

    def space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def value(self, at: int) -> int:
        """Scan the value that begins at `at`; returns the offset behind it."""
        self.found.values.setdefault(tuple(self.path), at)
        first = self.text[at : at + 1]
        if first == "{":
            return self.object(at)
        if first == "[":
            return self.array(at)
        if first == '"':
            return self.string(at)[1]
        if constant := _CONSTANT.match(self.text, at):
            spelled = _SPELLED[constant.group()]
            self.note(at, f'{constant.group()} is not JSON; write "{spelled}" as a string')
            return constant.end()
        if match := _WORD.match(self.text, at) or _NUMBER.match(self.text, at):
            if len(match.group()) > 4000:
                self.note(at, f"a number of {len(match.group())} digits", "a number that fits a double")
            return match.end()
        if not first:
            raise _Malformed(at, "the file ends too early", "a value")
        if first == "'":
            raise _Malformed(at, "a single quote", 'text in double quotes (")')
        if first == "/":
            raise _Malformed(at, "a comment", 'a value (JSON has no comments; use "note")')
        run = _RUN.match(self.text, at)
        raise _Malformed(at, f"found '{run.group()[:40] if run else first}'", "a value")

    def object(self, at: int) -> int:
        seen: dict[str, int] = {}
        after = self.space(at + 1)
        if self.text[after : after + 1] == "}":
            return after + 1
        while True:
            start = after
            if self.text[start : start + 1] != '"':
                self.refuse(start, "}", "a key in double quotes")
            key, after = self.string(start)
            self.path.append(key)
            if key in seen:
                line = line_and_column(self.text, seen[key])[0]
                self.note(start, f"duplicate key '{key}' (first on line {line})", "each key once")
            seen.setdefault(key, start)
            self.found.keys.setdefault(tuple(self.path), start)
            after = self.space(after)
            if self.text[after : after + 1] != ":":
                self.refuse(after, "", "':' after the key")
            after = self.space(self.value(self.space(after + 1)))
            self.path.pop()
            if self.text[after : after + 1] == "}":
                return after + 1
            if self.text[after : after + 1] != ",":
                self.refuse(after, "", "',' or '}'")
            after = self.space(after + 1)

    def array(self, at: int) -> int:
        after = self.space(at + 1)
        if self.text[after : after + 1] == "]":
            return after + 1
        index = 0
        while True:
            if self.text[after : after + 1] == "]":
                self.refuse(after, "]", "a value")
            self.path.append(index)
            after = self.space(self.value(after))
            self.path.pop()
            if self.text[after : after + 1] == "]":
                return after + 1
            if self.text[after : after + 1] != ",":
                self.refuse(after, "", "',' or ']'")
            after = self.space(after + 1)
            index += 1

    def string(self, at: int) -> tuple[str, int]:
        try:
            text, end = self.decoder.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated"):
                raise _Malformed(at, "text that is never closed", 'a closing "') from None
            if error.msg.startswith("Invalid control"):
                raise _Malformed(error.pos, "a line break or control character inside text", "\\n or \\t") from None
            raise _Malformed(error.pos, "a wrong \\ escape inside text", '\\" \\\\ \\/ \\n \\t or \\uXXXX') from None
        if "\0" in text:
            self.note(at, "text with \\u0000", "text without it (R cannot hold it)")
        if any("\ud800" <= character <= "\udfff" for character in text):
            self.note(at, "text with half of a surrogate pair", "both halves, or the character itself")
        return text, end

    def note(self, offset: int, problem: str, expected: str = "") -> None:
        self.found.findings.append(Finding(tuple(self.path), problem, expected, offset=offset))

    def refuse(self, at: int, closing: str, expected: str) -> None:
        """Always raises; `closing` is the bracket that a comma too many would stand before."""
        here = self.text[at : at + 1]
        if not here:
            raise _Malformed(at, "the file ends too early", expected)
        if closing and here == closing:
            comma = self.text.rindex(",", 0, at)
            raise _Malformed(comma, f"a comma before '{closing}'", "no comma after the last entry")
        if here == "'":
            raise _Malformed(at, "a single quote", 'text in double quotes (")')
        if self.text.startswith(("//", "/*"), at):
            raise _Malformed(at, "a comment", 'none (JSON has no comments; use "note")')
        run = _RUN.match(self.text, at)
        raise _Malformed(at, f"found '{run.group()[:40] if run else here}'", expected)
