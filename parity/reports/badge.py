"""A report as a badge: what shields.io reads (JSON), or a picture (SVG)."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape

from parity.reports.terminal import as_recorded
from parity.verify.results import Report

LABEL = "Python = R"
FORMS = (".json", ".svg")

GOOD = ("agree", "recorded")
_COLOURS = {"agree": "#2e7d32", "recorded": "#1565c0", "fail": "#c62828", "not verified": "#5f6368"}
_NAMES = {"agree": "brightgreen", "recorded": "blue", "fail": "red", "not verified": "lightgrey"}


def as_badge(report: Report, path: Path) -> str:
    """In the form that the name of the file asks for. Raises ValueError for any other."""
    if path.suffix == ".json":
        return as_endpoint(report)
    if path.suffix == ".svg":
        return as_svg(report)
    raise ValueError(f"{path}: expected a file that ends in .json (shields.io's endpoint) or .svg")


def as_endpoint(report: Report) -> str:
    """The JSON of a shields.io endpoint badge."""
    kind, message = _message(report)
    badge = {"schemaVersion": 1, "label": LABEL, "message": message, "color": _NAMES[kind], "isError": kind not in GOOD}
    return json.dumps(badge, ensure_ascii=False, indent=1) + "\n"


def as_svg(report: Report) -> str:
    """Texts are stretched to the widths that were computed for them, so that any font fits."""
    kind, message = _message(report)
    left, right = _width(LABEL), _width(message)
    whole = left + right + 40
    texts = "".join(
        f'<text x="{x}" y="14" textLength="{width}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        for x, width, text in ((10, left, LABEL), (left + 30, right, message))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" '
        f'aria-label="{escape(f"{LABEL}: {message}")}"><title>{escape(f"{LABEL}: {message}")}</title>'
        f'<clipPath id="r"><rect width="{whole}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left + 20}" height="20" fill="#444"/>'
        f'<rect x="{left + 20}" width="{right + 20}" height="20" fill="{_COLOURS[kind]}"/></g>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{texts}</g></svg>\n'
    )


def _message(report: Report) -> tuple[str, str]:
    """What kind of verdict, and its words."""
    cases = [case for fixture in report.fixtures for case in fixture.cases]
    wrong = sum(not case.ok for case in cases)
    if wrong:
        return "fail", f"{wrong} of {len(cases)} fail"
    if not report.ok:
        return "not verified", "not verified"
    known = sum(case.divergence is not None for case in cases)
    word = as_recorded(cases)
    return word, f"{word} ({len(cases) - known})" + (f", {known} known to differ" if known else "")


def _width(text: str) -> int:
    """About as wide as Verdana of 11 pixels is."""
    return sum(4 if letter in " ,.:il1" else 8 if letter in "mwMW=" else 7 for letter in text)
