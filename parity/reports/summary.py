"""A report as Markdown, for the page of a CI job: the verdict, a table, and the block of everything that failed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.text import Text

from parity.reports.terminal import (
    amount,
    failures,
    gradient_summary,
    share,
    size,
    summary,
    verdict,
    worst,
)
from parity.verify.results import FixtureResult, Report

LIMIT = 900_000
"""GitHub refuses a summary of more than a MiB, whole; what goes beyond this many bytes is left out, and counted."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def as_markdown(report: Report, limit: int = LIMIT) -> str:
    """The verdict comes first, so that what is left out for its size never hides it."""
    head = f"### {'✅' if report.ok else '❌'} parity: {_inline(_plain(summary(report)))}\n"
    blocks = [*_blocks(report)]
    rows = [_row(fixture) for fixture in _failures_first(report)]
    parts = [head]
    room = limit - len(head.encode())
    if rows:
        parts.append(
            "\n| subject | cases | values | ulp | allowed | gradients | verdict |\n|---|--:|--:|--:|--:|---|---|\n"
        )
        # Half for the table, half for the blocks: a thousand subjects must not hide why one of them fails.
        kept = [*_within(rows, room // 2 if blocks else room)]
        parts += kept
        if len(kept) < len(rows):
            parts.append(f"\n{len(rows) - len(kept)} more subjects are not shown.\n")
        room -= sum(len(row.encode()) for row in kept)
    kept = [*_within(blocks, room)]
    parts += kept
    if len(kept) < len(blocks):
        parts.append(f"\n{len(blocks) - len(kept)} more blocks are not shown: see the log.\n")
    if report.on_request:
        names = ", ".join(f"`{_inline(str(entry.path))}`" for entry in report.on_request)
        parts.append(f"\nVerified only when named: {names}\n")
    return "".join(parts)


def _within(parts: list[str], room: int) -> Iterator[str]:
    for part in parts:
        room -= len(part.encode())
        if room < 1000:
            return
        yield part


def _failures_first(report: Report) -> list[FixtureResult]:
    return sorted(report.fixtures, key=lambda fixture: fixture.ok)


def _row(fixture: FixtureResult) -> str:
    between = [*fixture.between()]
    cells = (
        fixture.name,
        str(len(fixture.cases)),
        amount(fixture.count),
        size(worst(c.ulp.value for c in between if c.ulp)),
        share(worst(c.ratio.value for c in between if c.ratio)),
        gradient_summary(fixture),
        f"{'✅' if fixture.ok else '❌'} {_plain(verdict(fixture))}",
    )
    return f"| {' | '.join(map(_inline, cells))} |\n"


def _blocks(report: Report) -> Iterator[str]:
    for entry in report.unverified:
        yield f"\n**{entry.kind}**\n{_fenced(entry.message)}"
    for fixture in report.fixtures:
        for case in fixture.cases:
            for block in failures(fixture, case):
                yield f"\n{_fenced(_plain(block))}"


def _plain(markup: str) -> str:
    return Text.from_markup(markup).plain


def _clean(text: str) -> str:
    return _CONTROL.sub(lambda one: one[0].encode("unicode_escape").decode("ascii"), text)


def _fenced(text: str) -> str:
    """A block of code, whose fence is longer than any run of backticks in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{_clean(text)}\n{fence}\n"


def _inline(text: str) -> str:
    """Text that is no markup, in one line, fit for a cell of a table."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!&$])", r"\\\1", _clean(text).replace("\n", " "))
