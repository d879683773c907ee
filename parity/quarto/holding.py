"""Two sides of a pair, or of a fixture, held against each other, and the sentence that stands below them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parity import bridge
from parity.check.door import examine
from parity.check.draft import ATOL, RTOL, Request
from parity.check.errors import CheckError
from parity.check.references import caller
from parity.diagnose import Difference, diagnose
from parity.evidence.compare import python_index, r_index
from parity.quarto.errors import PairDisagreement, PairError
from parity.quarto.lines import RConsole
from parity.reports.terminal import failures, number
from parity.verify.results import CaseResult, Report, ValueResult
from parity.verify.suite import run

MOST = 1_000_000
"""Elements of an array that is looked at as a cause; what is larger would keep the reader of a preview waiting."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "agree": "Python and R agree",
        "differ": "Python and R differ, as they are meant to",
        "shown": "{values}, {elements}, at most {worst} apart; allowed: rtol {rtol}, atol {atol}.",
        "equal": "{values}, {elements}, equal; allowed: rtol {rtol}, atol {atol}.",
        "cases": "{cases}, {elements}.",
        "value": "{:,} value",
        "element": "{:,} element",
        "case": "{:,} case",
        "plural": "s",
    },
    "ko": {
        "agree": "Python과 R이 일치한다",
        "differ": "Python과 R이 다르며, 달라야 한다",
        "shown": "{values}, {elements}, 차이는 최대 {worst}. 허용 오차는 rtol {rtol}, atol {atol}.",
        "equal": "{values}, {elements}, 차이 없음. 허용 오차는 rtol {rtol}, atol {atol}.",
        "cases": "{cases}, {elements}.",
        "value": "값 {:,}개",
        "element": "원소 {:,}개",
        "case": "사례 {:,}개",
        "plural": "",
    },
}


@dataclass(frozen=True)
class Asked:
    """How a pair is to be held: within which tolerance, or, with `differs`, why it does not agree."""

    rtol: float = RTOL
    atol: float = ATOL
    differs: str = ""


@dataclass(frozen=True)
class Verdict:
    """The sentence in two parts: what was found, and how much of it there is."""

    found: str
    more: str


def hold(
    python: Sequence[Any], r: RConsole, places: Sequence[int], asked: Asked, inputs: Mapping[str, Any], language: str
) -> Verdict:
    """The values that Python's lines show against those that R's show, one after the other.

    `inputs` are arrays that may explain a difference. Raises PairDisagreement, and PairError where there is nothing to
    hold against each other.
    """
    if not python and not places:
        raise PairError(
            "shows nothing; expected a value on either side, as the last line of it or on a line of its own"
        )
    if len(python) != len(places):
        counts = [_counted("value", len(side), WORDS["en"]) for side in (python, places)]
        raise PairDisagreement(f"Python shows {counts[0]} and R {counts[1]}; expected as many of either")
    names = [f"value {place + 1}" for place in range(len(python))]
    values = dict(zip(names, python, strict=True))
    r.hand_over(places, names)
    request = Request(arguments={}, rtol=asked.rtol, atol=asked.atol)
    try:
        report = examine(lambda: values, "function() getOption('parity.shown')", request, by=caller())
    except CheckError as error:
        raise PairError(str(error)) from error
    (case,) = report.fixtures[0].cases
    if not asked.differs:
        if not report.ok:
            raise PairDisagreement("\n".join(["the two differ", *_told(case, values, asked, inputs, language)]))
        return _agreement(report, len(values), asked, WORDS[language])
    told = "\n".join(_told(case, values, asked, inputs, language))
    if report.ok:
        raise PairDisagreement(f"agrees; expected a difference: {asked.differs}")
    if case.problems or not all(value.ok or _is_difference(value) for value in case.values):
        raise PairDisagreement(f"is no difference between two values; expected one: {asked.differs}\n{told}")
    return Verdict(WORDS[language]["differ"], asked.differs)


def hold_fixture(path: Path, language: str) -> Verdict:
    """The cases of a fixture. Raises PairDisagreement, and PairError where it cannot be verified."""
    report = run([path], jobs=1)
    for one in (*report.unverified, *report.on_request):
        raise PairError(one.message)
    if not report.ok:
        blocks = [block for fixture in report.fixtures for case in fixture.cases for block in failures(fixture, case)]
        raise PairDisagreement("\n".join(["the two differ", *blocks]))
    words = WORDS[language]
    cases = sum(len(fixture.cases) for fixture in report.fixtures)
    counts = {"cases": _counted("case", cases, words), "elements": _counted("element", report.count, words)}
    return Verdict(words["agree"], words["cases"].format(**counts))


def _agreement(report: Report, values: int, asked: Asked, words: Mapping[str, str]) -> Verdict:
    between = [value.between for fixture in report.fixtures for case in fixture.cases for value in case.values]
    worst = max((one.absolute.value for one in between if one is not None and one.absolute is not None), default=0.0)
    sentence = words["shown" if worst else "equal"]
    numbers = {"rtol": number(asked.rtol), "atol": number(asked.atol), "worst": f"{worst:.1e}"}
    counts = {"values": _counted("value", values, words), "elements": _counted("element", report.count, words)}
    return Verdict(words["agree"], sentence.format(**counts, **numbers))


def _counted(what: str, count: int, words: Mapping[str, str]) -> str:
    return words[what].format(count) + (words["plural"] if count != 1 else "")


def _is_difference(value: ValueResult) -> bool:
    """Whether the sides show something each, and not the same."""
    between = value.between
    return between is not None and not between.ok and between.reason not in ("vacuous", "missing")


def _told(
    case: CaseResult, values: Mapping[str, Any], asked: Asked, inputs: Mapping[str, Any], language: str
) -> Iterator[str]:
    for problem in case.problems:
        yield f"  {problem.message}"
    for value in case.values:
        if value.ok:
            continue
        name = value.name.removeprefix("out.")
        where = f" at {python_index(value.index)} (R: {r_index(value.index)})" if value.index else ""
        numbers = "".join(f", {side} has {there}" for side, there in value.numbers.items())
        yield f"  {name}{where}{numbers}"
        if value.between is not None and value.between.message:
            yield f"    {value.between.message}"
        if name in values and (cause := _cause(name, values[name], asked, inputs, language)):
            yield f"    cause: {cause}"


def _cause(name: str, python: Any, asked: Asked, inputs: Mapping[str, Any], language: str) -> str:
    r = bridge.read(bridge.evaluate("getOption('parity.shown')"), (name,)).get(name)
    arrays = [np.asarray(side) for side in (python, r) if isinstance(side, (np.ndarray, int, float))]
    if len(arrays) != 2 or any(one.dtype.kind not in "biuf" or not 0 < one.size <= MOST for one in arrays):
        return ""
    difference = Difference(
        arrays[1].astype(float),
        arrays[0].astype(float),
        rtol=asked.rtol,
        atol=asked.atol,
        subject="r",
        standard="python",
        inputs=inputs,
    )
    diagnosis = diagnose(difference)
    return "; ".join(cause.says[language] for cause in diagnosis.causes) if diagnosis else ""


__all__ = ["Asked", "Verdict", "hold", "hold_fixture"]
