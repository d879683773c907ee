"""A report as JUnit XML, for what shows test results: a suite per fixture, and in it the nodes that pytest has."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from rich.text import Text

from parity.reports.terminal import failures
from parity.verify.replayed import LABEL
from parity.verify.results import CaseResult, FixtureResult, Report, Unverified

KNOWN = "known divergence"
WHOLE = "case"
"""The node for what went wrong in a case, and in none of its pairs."""

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Node:
    """One test. `outcome` is "" where it passed, and `text` then empty."""

    place: str
    name: str
    outcome: Literal["", "failure", "error", "skipped"] = ""
    code: str = ""
    text: str = ""
    seconds: float = 0.0


def as_junit(report: Report) -> str:
    """A failure for each pair that does not agree, an error for what could not be verified.

    Some test fails, or is an error, exactly where `report.ok` is false.
    """
    suites = [_suite(fixture.name, [*nodes(fixture)], fixture) for fixture in report.fixtures]
    suites += [_suite(_shown(entry.path), [_unverified(entry)]) for entry in (*report.unverified, *report.on_request)]
    if not report.ok and not any(int(s.get(kind, "0")) for s in suites for kind in ("failures", "errors")):
        empty = Node("parity", "parity", "error", "empty", "nothing was verified")
        suites.append(_suite("parity", [empty]))
    counts = ("tests", "failures", "errors", "skipped")
    totals = {count: str(sum(int(suite.get(count, "0")) for suite in suites)) for count in counts}
    root = ElementTree.Element("testsuites", {"name": "parity", **totals, "time": f"{report.seconds:.3f}"})
    root.extend(suites)
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def nodes(fixture: FixtureResult) -> Iterator[Node]:
    """The nodes of the fixture's cases, under the names that pytest gives them; the first of a case has its time."""
    for case in fixture.cases:
        place = f"{_shown(fixture.path).replace('/', '.')}.{case.id}"
        seconds = case.seconds
        of_case = [*_of_case(fixture, case)]
        if not case.ok and not any(text for _, text, _ in of_case):
            of_case.append((WHOLE, _text(fixture, case, None), _code(case, None)))
        for name, text, code in of_case:
            outcome: Literal["", "failure", "error"] = "" if not text else "error" if code == "internal" else "failure"
            yield Node(place, name, outcome, code if text else "", text, seconds)
            seconds = 0.0


def _of_case(fixture: FixtureResult, case: CaseResult) -> Iterator[tuple[str, str, str]]:
    """Name, what went wrong, and its code."""
    if any(finding.kind == "divergence" for finding in case.findings):
        yield KNOWN + (LABEL if case.recorded else ""), "" if case.ok else _text(fixture, case, None), _code(case, None)
        return
    for pair in case.pairs:
        of_pair = [finding for finding in case.findings if finding.pair == pair]
        passes = bool(of_pair) and all(finding.ok for finding in of_pair)
        yield pair, "" if passes else _text(fixture, case, pair), _code(case, pair)


def _text(fixture: FixtureResult, case: CaseResult, pair: str | None) -> str:
    blocks = [*failures(fixture, case, pair)] or [*failures(fixture, case)]
    return "\n\n".join(Text.from_markup(block).plain for block in blocks) or "nothing was compared"


def _code(case: CaseResult, pair: str | None) -> str:
    return next((f.code for f in case.findings if not f.ok and pair in (None, f.pair)), "disagreement")


def _unverified(entry: Unverified) -> Node:
    outcome: Literal["skipped", "error"] = "skipped" if entry.kind == "on request" else "error"
    return Node(_shown(entry.path).replace("/", "."), entry.kind, outcome, entry.kind, entry.message)


def _shown(path: Path) -> str:
    """As pytest names a file: from the working folder, with slashes."""
    absolute = Path(os.path.abspath(path))
    return (absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else absolute).as_posix()


def _suite(name: str, of_suite: Sequence[Node], fixture: FixtureResult | None = None) -> ElementTree.Element:
    def count(outcome: str) -> str:
        return str(sum(node.outcome == outcome for node in of_suite))

    suite = ElementTree.Element(
        "testsuite",
        {
            "name": _clean(name),
            "tests": str(len(of_suite)),
            "failures": count("failure"),
            "errors": count("error"),
            "skipped": count("skipped"),
            "time": f"{fixture.seconds if fixture else 0:.3f}",
        },
    )
    for node in of_suite:
        place = {"classname": _clean(node.place), "name": _clean(node.name), "time": f"{node.seconds:.3f}"}
        case = ElementTree.SubElement(suite, "testcase", place)
        if node.outcome:
            # The first line is the place; what a list of failures shows beside it is what was seen there.
            lines = node.text.splitlines() or [""]
            message = " ".join(line.strip() for line in lines[:2])
            outcome = ElementTree.SubElement(
                case, node.outcome, {"message": _clean(message), "type": _clean(node.code)}
            )
            outcome.text = _clean(node.text)
    warnings = [
        f"{name} / {case.id}: {side} warned: {text.strip()}"
        for case in (fixture.cases if fixture else ())
        for side, text in dict.fromkeys(case.warnings)
    ]
    if warnings:
        ElementTree.SubElement(suite, "system-err").text = _clean("\n".join(warnings))
    return suite


def _clean(text: str) -> str:
    """What XML has no letter for, as Python escapes it. (A carriage return would come back as a line's end.)"""
    return _NOT_XML.sub(lambda one: one[0].encode("unicode_escape").decode("ascii"), text)
