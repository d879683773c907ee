"""Measured tolerances in a terminal and as JSON: a table per fixture, and a sentence for whatever is to be said."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from parity.reports.json_report import as_text
from parity.reports.terminal import size
from parity.tolerance.measure import FixtureTolerance, Group, Outcome, Unmeasured, ValueTolerance
from parity.tolerance.propose import CAP, MARGIN, Proposal

LEGEND = (
    f"moves: how far an ulp of the inputs takes a value, on either side; apart: how far the sides are from each other; "
    f"proposed: {MARGIN:g} times what is needed; now: what is to be said of the tolerance that there is"
)


def print_tolerances(outcomes: Sequence[Outcome], console: Console) -> None:
    measured = [outcome for outcome in outcomes if isinstance(outcome, FixtureTolerance)]
    for fixture in measured:
        _print_fixture(fixture, console)
    for outcome in outcomes:
        if isinstance(outcome, Unmeasured):
            style = "dim" if outcome.kind == "on request" else "bold red"
            message = f"{outcome.path}: {outcome.message}" if outcome.kind == "on request" else outcome.message
            console.print(f"[{style}]{outcome.kind}[/] {escape(message)}", soft_wrap=True, highlight=False)
    if measured:
        console.print(f"[dim]{LEGEND}[/]", highlight=False)
        console.print(summary(measured), highlight=False)


def _print_fixture(fixture: FixtureTolerance, console: Console) -> None:
    for group in fixture.groups:
        if not group.values:
            continue
        cases = "1 case" if len(group.cases) == 1 else f"{len(group.cases)} cases"
        console.print(
            f"[bold]{escape(fixture.name)}[/]  rtol {group.rtol:g}, atol {group.atol:g}  [dim]({cases})[/]",
            highlight=False,
        )
        console.print(_table(group))
        for sentence in sentences(group):
            console.print(Padding(escape(sentence), (0, 0, 0, 2), expand=False), highlight=False)
    for sentence in remarks(fixture):
        console.print(Padding(f"[dim]{escape(sentence)}[/]", (0, 0, 0, 2), expand=False), highlight=False)
    if any(group.values for group in fixture.groups):
        console.print()


def _table(group: Group) -> Table:
    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    grid.add_column("  value", overflow="fold", min_width=8)
    for title in ("moves", "apart"):
        grid.add_column(title, justify="right", no_wrap=True)
    grid.add_column("proposed", no_wrap=True)
    grid.add_column("now", min_width=12)
    grid.add_column("because", overflow="fold")
    for value in group.values:
        grid.add_row(
            f"  {escape(value.name)}",
            "-" if value.discrete or not value.moves else size(max(value.moves.values())),
            size(value.judgement.apart),
            "exact" if value.discrete else "-" if value.until or value.unmoved else pair(value.proposal),
            now(value),
            "" if value.discrete else because(value.proposal, value.sums, value.products),
        )
    return grid


def pair(proposal: Proposal | None) -> str:
    return "none" if proposal is None else f"{proposal.rtol:g}, {proposal.atol:g}"


def now(value: ValueTolerance) -> str:
    """The weightiest thing that is to be said."""
    if value.differs:
        return "[bold red]a difference[/]"
    if value.swallows:
        count = "" if value.judgement.flat else f" {value.judgement.swallowed}"
        return f"[bold red]swallows{count}[/]" if value.is_swallowed else f"[yellow]swallows{count}[/]"
    if value.is_tight:
        return "[yellow]tight[/]"
    if value.is_loose:
        return f"[yellow]loose {value.judgement.loose:.0f} x[/]"
    if value.discrete:
        return "jumps" if value.jumps else "equal"
    if value.until:
        return f"step {value.until}"
    if value.unmoved:
        return "unmoved"
    return "exact" if value.judgement.exact else "fits"


def because(proposal: Proposal | None, sums: Sequence[int], products: bool) -> str:
    """Where the need comes from: the condition of what asks most, and the longest sums."""
    if proposal is None:
        return ""
    parts = []
    if proposal.condition and proposal.swing:
        parts.append(f"condition {short(proposal.condition)}: {size(proposal.swing)}")
    if sums:
        parts.append(f"sums of {max(sums)}{' products' if products else ''}")
    return "; ".join(parts)


def short(value: float) -> str:
    """A number of times: 2.7, 510, 3e4."""
    if value < 10000:
        return f"{value:.2g}" if value < 100 else f"{value:.0f}"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def sentences(group: Group) -> Iterator[str]:
    """What is to be said of one tolerance."""
    for value in group.values:
        yield from _of_value(value)
    unmoved = [value.name for value in group.values if value.unmoved and not value.until]
    if unmoved:
        yield f"no input that was moved reaches {', '.join(dict.fromkeys(unmoved))}: nothing can be told"
    apart = [value for value in group.values if value.judgement.apart]
    alike = [value.name for value in apart if value.bits == 0]
    if alike:
        yield f"exact mode: 0 bits differ in {', '.join(alike)}: summation order alone (or NumPy's own exp, tanh, ...)"
    for value in apart:
        if value.bits:
            bits = "1 bit differs" if value.bits == 1 else f"{value.bits} bits differ"
            yield f"exact mode: {bits} in {value.name}: another formula, or what exact mode does not cover"
    if group.is_loose and group.judgement.loose is not None:
        yield f"loose: {group.judgement.loose:.0f} times what any of these values needs"
    if any(value.until for value in group.values):
        yield "of a trajectory the first checkpoint was looked at: its tolerance is for the whole, and is not judged"
    if group.proposal is not None and not group.judgement.exact:
        sums = tuple(length for value in group.values for length in value.sums)
        why = because(group.proposal, sums, any(value.products for value in group.values))
        text = f'proposed for all: "rtol": {group.proposal.rtol:g}, "atol": {group.proposal.atol:g}'
        yield f"{text}  ({why})" if why else text


def _of_value(value: ValueTolerance) -> Iterator[str]:
    judgement, name = value.judgement, value.name
    sides = " and ".join(value.moves)
    if value.differs and value.discrete:
        yield f"{name}: the sides differ, and rounding does not enter: a difference"
    elif value.differs and judgement.times == float("inf"):
        yield f"{name}: the sides differ where rounding moves nothing: a difference"
    elif value.differs:
        times = short(judgement.times)
        yield f"{name}: {sides} differ by {times} times what an ulp of the inputs moves either: a difference"
    elif judgement.far and value.known:
        yield f"{name}: a known divergence"
    elif judgement.far and value.bits == 0:
        times = short(judgement.times)
        yield f"{name}: apart by {times} times what an ulp of the inputs moves, yet by summation order alone"
    if judgement.swallowed:
        yield (
            f"{name}: the tolerance swallows {judgement.swallowed} of {value.count} numbers: 0 passes in their place"
        )
    if judgement.flat:
        yield f"{name}: the tolerance swallows what the numbers differ by: one number in place of all would pass"
    if value.is_tight:
        yield (
            f"{name}: tight: an ulp of the inputs moves {judgement.tight} of {value.count} numbers further than the "
            "tolerance allows"
        )
    if value.unstable is not None:
        side, factor = value.unstable
        yield (
            f"{name}: an ulp of the inputs moves {side} {short(factor)} times as far as the other side, whose way of "
            f"computing keeps more digits; only {CAP:g} times the other's moves count"
        )
    if value.jumps:
        what = f"an ulp of {' or '.join(value.jumping)}" if value.jumping else "an ulp of the inputs"
        by = f" (by {size(value.largest_jump)})" if value.largest_jump else ""
        numbers = "1 element" if value.jumps == 1 else f"{value.jumps} elements"
        yield f"{name}: {what} makes {numbers} jump{by}: a step, not a condition; left out"
    if "no proposal" in value.codes:
        yield (
            f"{name}: nothing is proposed: an ulp of the inputs moves most of the numbers by a thousandth of "
            f"themselves or more (by {size(value.needed)} at most): what covers that would hide any difference"
        )


def remarks(fixture: FixtureTolerance) -> Iterator[str]:
    """What was not done, and why."""
    for one in fixture.left:
        yield f"{fixture.name}{_of_cases(one.cases)}: {one.input} was left alone: {one.why}"
    cases: dict[str, list[str]] = {}
    for case, why in fixture.unmeasured.items():
        cases.setdefault(why, []).append(case)
    for why, names in cases.items():
        yield f"{fixture.name}{_of_cases(names)}: not measured: {why}"
    for text in fixture.failed:
        yield f"{fixture.name}: {text}"
    if fixture.exact:
        yield f"{fixture.name}: exact mode is not possible here: {fixture.exact}"


def _of_cases(names: Sequence[str]) -> str:
    return f" / {names[0]}" if len(names) == 1 else f", {len(names)} cases"


def summary(fixtures: Sequence[FixtureTolerance]) -> str:
    values = [value for fixture in fixtures for value in fixture.values()]
    counts = {
        "a difference": sum(value.differs for value in values),
        "swallowed, in part or whole": sum(value.swallows for value in values),
        "tight": sum(value.is_tight for value in values),
        "loose": sum(value.is_loose for value in values),
    }
    summary_of_counts = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing to be said"
    most = max((fixture.evaluations for fixture in fixtures), default=0)
    total = "1 value" if len(values) == 1 else f"{len(values)} values"
    return f"{total}: {summary_of_counts}; a case was carried out {most} times on a side at most"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """All that was measured. `codes` are stable words: difference, swallows, tight, loose, unstable, jumps,
    no proposal, unmoved, exact, summation order."""
    return as_text({"fixtures": [_with_codes(outcome) for outcome in outcomes]})


def _with_codes(outcome: Outcome) -> dict[str, object]:
    if isinstance(outcome, Unmeasured):
        return _fields(outcome)
    groups = [
        {
            **_fields(group),
            "loose": group.is_loose,
            "values": [{**_fields(value), "codes": value.codes} for value in group.values],
        }
        for group in outcome.groups
    ]
    return {**_fields(outcome), "groups": groups}


def _fields(one: Group | ValueTolerance | Outcome) -> dict[str, object]:
    return {each.name: getattr(one, each.name) for each in dataclasses.fields(one)}
