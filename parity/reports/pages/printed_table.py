"""A table that a source prints, with the numbers that Python and R compute next to its own: the directive `table`.

The table is written as any in Markdown. Its first column says which number a row is about: `step`, of a trajectory, or
the name of a value whose members the column lists. The other columns are named after values, or freely.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from parity.reports.pages.markdown import Markdown, code, table
from parity.reports.pages.trajectory import cell, scalars, single_numbers
from parity.verify.results import CaseResult

Words = Mapping[str, str]


@dataclass(frozen=True)
class PrintedTable:
    """A printed table by column, beside the case of that name."""

    case: str
    columns: Mapping[str, tuple[float | str, ...]]


def printed_table(lines: tuple[str, ...]) -> PrintedTable:
    """`case: ...`, then a Markdown table. Raises ValueError."""
    case = lines[0].removeprefix("case:").strip() if lines and lines[0].startswith("case:") else ""
    if not case:
        raise ValueError("a table without `case: ...` on its first line")
    rows = [[one.strip() for one in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in lines[1:]]
    if len(rows) < 3 or not all(re.fullmatch(r":?-+:?", one) for one in rows[1]):
        raise ValueError("a table without rows; expected a head, a line of dashes, and a row for each number")
    head, _, *body = rows
    if len(set(head)) != len(head) or any(len(row) != len(head) for row in body):
        raise ValueError("a table whose columns do not fit its head")
    return PrintedTable(case, {name: tuple(_value(row[n]) for row in body) for n, name in enumerate(head)})


def beside(reference: PrintedTable, result: CaseResult, words: Words) -> Markdown:
    """The printed numbers with ours next to them. Raises ValueError where nothing of the table is in the case."""
    first, *names = reference.columns
    run = result.trajectory
    if first == "step":
        steps = [_step(value) for value in reference.columns[first]]
        if None in steps or run is None:
            raise ValueError("a table by `step` of a case without a trajectory, or with steps that are no numbers")
        columns = {
            name: dict(zip([s for s in steps if s is not None], reference.columns[name], strict=True)) for name in names
        }
        return scalars(run, columns, words)
    ours = single_numbers(result)
    head: list[str] = [code(first), "Python", "R"]
    head += [words["printed"] if name == "printed" else Markdown(f"{code(name)} {words['printed']}") for name in names]
    rows: list[list[object]] = []
    for number, member in enumerate(reference.columns[first]):
        pair = ours.get(f"{first}.{member}", ("–", "–"))
        rows.append(
            [
                code(str(member)),
                *(cell(one) for one in pair),
                *(cell(reference.columns[name][number]) for name in names),
            ]
        )
    if not any(f"{first}.{member}" in ours for member in reference.columns[first]):
        raise ValueError(f"the table's first column, {first}, names no number that the case compares")
    return table(head, rows, right=range(1, len(head)))


def _value(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word


def _step(value: object) -> int | None:
    if isinstance(value, int | float) and math.isfinite(value) and value == int(value):
        return int(value)
    return None
