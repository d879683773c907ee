"""What explains a value that failed, in words: for a terminal, for a page, and as the list of all that is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len

from parity.diagnose.difference import Diagnosis
from parity.diagnose.search import AGAIN, ALONE
from parity.subjects import NAME
from parity.verify.results import ValueResult

NOTHING_FITS = {"en": "nothing that is known fits", "ko": "알려진 원인 가운데 맞는 것이 없다"}
_AND = {"en": " and ", "ko": ", 그리고 "}
_FIT = {
    "en": ("to the tolerance", "explains {percent} % of the difference"),
    "ko": ("허용 오차 안에서 맞음", "차이의 {percent}%를 설명함"),
}


@dataclass(frozen=True)
class Told:
    """A diagnosis in one language: what was seen, how well it fits, and of each cause what it means and mends.

    `mends` are lines of code by the side in which they would stand.
    """

    says: str
    code: str = ""
    fit: str = ""
    causes: tuple[tuple[str, Mapping[str, str]], ...] = ()


def told(value: ValueResult, language: str = "en") -> Told | None:
    """None where there was nothing to be explained."""
    diagnosis = value.diagnosis
    if diagnosis is None:
        return None
    if not diagnosis.causes:
        return Told(NOTHING_FITS[language])
    whole, part = _FIT[language]
    return Told(
        says=_AND[language].join(cause.says[language] for cause in diagnosis.causes),
        code=diagnosis.code,
        fit=whole if diagnosis.share == 1.0 else part.format(percent=_percent(diagnosis)),
        causes=tuple(
            (cause.means[language], _of_the_guilty(cause.mend, diagnosis.about or value.blame))
            for cause in diagnosis.causes
        ),
    )


def _percent(diagnosis: Diagnosis) -> int:
    """What is not all of it is never rounded up to all of it."""
    return min(99, round(100 * diagnosis.share))


def _of_the_guilty(mend: Mapping[str, str], guilty: str | None) -> Mapping[str, str]:
    """The line of the side that is to be mended; of both, where that is not known."""
    return {side: line for side, line in mend.items() if guilty not in mend or side == guilty}


def cause_lines(value: ValueResult, width: int | None = None) -> Iterator[str]:
    """For a terminal: the cause, below it what it usually comes from, and the line of code that would mend it.

    Prose goes on below, indented, where it is wider than `width` columns; code stays on its line.
    """
    cause = told(value)
    if cause is None:
        return
    fit = f" ({cause.code}, {cause.fit})" if cause.code else ""
    yield from wrapped(f"cause: {cause.says}{fit}", width, "  ")
    for means, mends in cause.causes:
        yield from wrapped(f"  {means}", width, "    ")
        for number, (side, line) in enumerate(mends.items()):
            yield f"  {'or' if number else 'mend'} in {NAME[side]}: {line}"


def wrapped(line: str, width: int | None, indent: str) -> Iterator[str]:
    """At spaces, in columns of a terminal (a Korean letter takes two); the line as it is without a width."""
    if width is None or cell_len(line) <= width:
        yield line
        return
    first, *words = line.lstrip().split(" ")
    row = f"{line[: len(line) - len(line.lstrip())]}{first}"
    for word in words:
        if cell_len(f"{row} {word}") > width:
            yield row
            row = f"{indent}{word}"
        else:
            row += f" {word}"
    yield row


def reference(language: str) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Every code that there is, in the order in which they are tried: what it means, and the lines that mend it."""
    codes = dict.fromkeys(hypothesis.code for hypothesis in (*ALONE, *AGAIN))
    for code in codes:
        entries = [hypothesis for hypothesis in (*ALONE, *AGAIN) if hypothesis.code == code]
        mend = {side: re.sub(r"\{[a-z]+\}", "...", line) for side, line in entries[0].mend.items()}
        yield code, entries[0].means[language], mend
