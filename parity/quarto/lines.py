"""The lines of all pairs of a document, typed into one Python and one R, and what they show."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parity import bridge
from parity.quarto.errors import PairError


@dataclass(frozen=True)
class Stretch:
    """Lines up to one that was answered, and the answer; the last may have none."""

    code: str
    answer: str


@dataclass(frozen=True)
class Typed:
    """The lines of one side of a pair, and the values that they show, in order. R's stay in R: `values` counts them."""

    stretches: tuple[Stretch, ...]
    values: tuple[Any, ...]


class PythonConsole:
    """What a line defines is there for the lines after it."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def type(self, text: str) -> Typed:
        """Raises PairError where a line fails."""
        try:
            statements = ast.parse(text).body
        except SyntaxError as error:
            raise PairError(f"Python: {_said(error)}, in {_line(text, error.lineno or 1)!r}") from error
        answers, values = [], []
        for statement in statements:
            answered = io.StringIO()
            try:
                with contextlib.redirect_stdout(answered), contextlib.redirect_stderr(answered):
                    value = self._value(statement)
                    if value is not None:
                        print(repr(value))
                        values.append(_as_shown(value))
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                raise PairError(f"Python: {_said(error)}, in {_line(text, statement.lineno)!r}") from error
            answers.append(answered.getvalue())
        ends = [statement.end_lineno or statement.lineno for statement in statements]
        return Typed(tuple(_stretches(text, ends, answers)), tuple(values))

    def _value(self, statement: ast.stmt) -> Any:
        """What a console would show of the statement, or None."""
        if isinstance(statement, ast.Expr):
            return eval(compile(ast.Expression(statement.value), "<pair>", "eval", dont_inherit=True), self.names)
        exec(compile(ast.Module([statement], []), "<pair>", "exec", dont_inherit=True), self.names)
        return None


class RConsole:
    """The same in the global environment of the R of this process."""

    def __init__(self) -> None:
        # Where nothing that the lines define is in the way.
        space = bridge.below_base()
        bridge.evaluate_file(Path(__file__).with_name("lines.R"), space)
        self._typed = bridge.function("typed", envir=space)
        self._hand_over = bridge.function("hand_over", envir=space)
        self._shown = 0

    def type(self, text: str) -> Typed:
        """Raises PairError where a line fails. `values` are the places of the values among all that R has shown."""
        said = self._typed(text)
        if error := str(said["error"][0]):
            at = int(said["line"][0])
            raise PairError(f"R: {error}" + (f", in {_line(text, at)!r}" if at else ""))
        before, self._shown = self._shown, int(said["shown"][0])
        ends, answers = [int(end) for end in said["ends"]], [str(answer) for answer in said["answers"]]
        return Typed(tuple(_stretches(text, ends, answers)), tuple(range(before, self._shown)))

    def hand_over(self, places: Sequence[int], names: Sequence[str]) -> None:
        """Put the values at these places where `getOption("parity.shown")` finds them, by these names."""
        self._hand_over(places[0], np.array(names))


def _as_shown(value: Any) -> Any:
    """A copy, as far as there can be one: what a later line changes in it was not shown."""
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


def _stretches(text: str, ends: Sequence[int], answers: Sequence[str]) -> Iterator[Stretch]:
    lines = text.split("\n")
    start = 0
    for end, answer in zip(ends, answers, strict=True):
        if answer.strip("\n"):
            yield Stretch("\n".join(lines[start:end]), answer.strip("\n"))
            start = max(start, end)
    if "\n".join(lines[start:]).strip():
        yield Stretch("\n".join(lines[start:]).strip("\n"), "")


def _line(text: str, number: int) -> str:
    return text.split("\n")[number - 1].strip()


def _said(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(error)).strip().rpartition("\n")[2]
