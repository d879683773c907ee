"""A report in a terminal: one table, and a block for everything that failed."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Iterator, Mapping

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from parity.evidence.compare import number as exact_number
from parity.evidence.compare import python_index, r_index
from parity.evidence.finding import NOT_BROUGHT, REFUSED, Finding
from parity.evidence.trajectory import TrajectoryResult
from parity.reports.causes import cause_lines, wrapped
from parity.reports.trace import agreeing, trace_lines
from parity.reports.trajectories import bits, end, first_beyond, largest, outcome
from parity.subjects import NAME
from parity.verify.results import CaseResult, FixtureResult, GradientResult, Report, Trace, ValueResult

_WRONG = {
    "both": "both are wrong",
    "both alike": "both are alike wrong",
    "referee": "the referee is wrong: both sides are what is expected",
    "expected": "the expected value is wrong: the gradients agree with numeric differentiation",
    "nothing shown": "nothing was shown",
    "unknown": "nothing says which side is wrong: give the case an expect",
}


def wrong(blame: str | None) -> str:
    """Who is wrong, in words."""
    return "" if blame is None else _WRONG.get(blame, f"{blame} is wrong")


def evidence_of(value: ValueResult) -> str:
    """Which evidence speaks against the side, in brackets."""
    return f" ({_SPOKEN[value.blamed_by]})" if value.blamed_by in _SPOKEN and value.blame != "expected" else ""


_SPOKEN = {
    "expected": "expected value",
    "referee": "referee",
    "gradient": "numeric differentiation",
    "relation": "a relation that it breaks",
}


def number(value: object) -> str:
    """A number as a reader wants it: 17 significant digits only where fewer would not say it."""
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, float):
        return str(value)
    if value == 0 or not math.isfinite(value):
        return exact_number(value) if value != 0 or math.copysign(1, value) < 0 else "0"
    short = f"{value:.6g}"
    return short if float(short) == value else repr(value)


def size(value: float | None) -> str:
    """A magnitude in two digits."""
    if value is None:
        return "-"
    return "0" if value == 0 else f"{value:.2g}"


def amount(count: int) -> str:
    """A count in few columns: 27.6M rather than 27600036."""
    return str(count) if count < 1_000_000 else f"{count / 1e6:.1f}M"


def print_report(report: Report, console: Console) -> None:
    if report.fixtures:
        console.print(table(report))
        exact = any(fixture.bits is not None for fixture in report.fixtures)
        console.print(f"[dim]{LEGEND}; {BITS if exact else GRADIENTS}[/]", highlight=False)
        for line in _recorded(report):
            console.print(f"[dim]{escape(line)}[/]", soft_wrap=True, highlight=False)
    lines = [line for fixture in report.fixtures for case in fixture.cases for line in _differing(fixture, case)]
    if lines:
        lines.append(WHY)
    lines += [line for fixture in report.fixtures for case in fixture.cases for line in trajectory(fixture, case)]
    if lines:
        console.print()
    for line in lines:
        # In a pipe a run is one line, to be searched for; on a terminal it goes on below, indented.
        rows = wrapped(line, _width(console), "  ")
        console.print(escape("\n".join(rows)), soft_wrap=True, highlight=False)
    for fixture in report.fixtures:
        for case in fixture.cases:
            for block in failures(fixture, case, width=_width(console)):
                console.print()
                console.print(block, soft_wrap=True, highlight=False)
            if case.ok and case.trace is not None and case.trace.stages:
                title = f"{fixture.name} / {case.id}"
                brief = agreeing(case.trace)
                console.print(
                    f"[dim]{escape(f'{title} / trace: {brief}')}[/]" if brief else traced(title, case.trace),
                    soft_wrap=True,
                    highlight=False,
                )
            for warning in _warnings(fixture, case):
                console.print()
                console.print(f"[dim]{escape(warning)}[/]", soft_wrap=True, highlight=False)
    for unverified in report.unverified:
        console.print()
        console.print(f"[bold red]{unverified.kind}[/] {escape(unverified.message)}", soft_wrap=True, highlight=False)
    if report.on_request:
        console.print()
    command = "replay" if any(fixture.recorded for fixture in report.fixtures) else "run"
    for entry in report.on_request:
        hint = f"on request: parity {command} {shlex.quote(str(entry.path))}  ({entry.message})"
        console.print(f"[dim]{escape(hint)}[/]", soft_wrap=True, highlight=False)
    console.print()
    console.print(summary(report), soft_wrap=True, highlight=False)


def _width(console: Console) -> int | None:
    """What a line may take; in a pipe it goes on."""
    return console.width if console.is_terminal else None


LEGEND = (
    "ulp: worst difference of Python and R in units in the last place; allowed: largest share of the tolerance used"
)
GRADIENTS = "gradients: right by numeric differentiation, less n elements at a kink, which has no derivative"
BITS = "bits: how many differ between Python, doing arithmetic as R does, and R"


WHY = (
    "  A bit that differs although NumPy does arithmetic as R does comes from another formula, or from what exact mode "
    "does not cover: einsum, convolve, linalg, fft, float32, crossprod."
)


def _differing(fixture: FixtureResult, case: CaseResult) -> Iterator[str]:
    """The values of which bits differ in exact mode."""
    for name, differing in case.bits:
        if differing:
            yield f"{fixture.name} / {case.id} / {name}: {_counted(differing, 'bit')} of difference"


def table(report: Report) -> Table:
    """A row per subject, below its folder's name, so that 80 columns hold it."""
    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    grid.add_column("subject", overflow="fold", min_width=16)
    for title in ("cases", "values", "ulp", "allowed"):
        grid.add_column(title, justify="right", no_wrap=True)
    exact = any(fixture.bits is not None for fixture in report.fixtures)
    if exact:
        grid.add_column("bits", justify="right", no_wrap=True)
    else:
        grid.add_column("gradients", no_wrap=True)
    grid.add_column("verdict", min_width=6)
    folder = ""
    for fixture in report.fixtures:
        above, _, stem = fixture.name.rpartition("/")
        if above != folder:
            grid.add_row(f"[dim]{escape(above)}/[/]")
            folder = above
        between = list(fixture.between())
        grid.add_row(
            escape(f" {stem}" if above else stem),
            str(len(fixture.cases)),
            amount(fixture.count),
            size(worst(c.ulp.value for c in between if c.ulp)),
            share(worst(c.ratio.value for c in between if c.ratio)),
            ("-" if fixture.bits is None else str(fixture.bits)) if exact else gradient_summary(fixture),
            verdict(fixture),
        )
    return grid


def worst(values: Iterable[float]) -> float | None:
    return max(values, default=None)


def share(ratio: float | None) -> str:
    if ratio is None:
        return "-"
    return "0" if ratio == 0 else f"{100 * ratio:.2g} %" if ratio < 1 else f"{ratio:.2g} x"


def gradient_summary(fixture: FixtureResult) -> str:
    checks = [gradient.check for gradient in fixture.gradients()]
    if not checks:
        return "-"
    kinks = sum(check.kinks for check in checks)
    text = f"{sum(check.ok for check in checks)}/{len(checks)}"
    return f"{text} -{kinks}" if kinks else text


def verdict(fixture: FixtureResult) -> str:
    wrong = sum(not case.ok for case in fixture.cases)
    if wrong:
        return f"[bold red]{_fail(wrong)}[/]"
    count = sum(case.divergence is not None for case in fixture.cases)
    word = as_recorded(fixture.cases)
    return f"[yellow]{word}, {count} known[/]" if count else f"[green]{word}[/]"


def as_recorded(cases: Iterable[CaseResult]) -> str:
    """The word for a good verdict: what was held against a recording was not seen to agree with a side that ran."""
    return "recorded" if any(case.recorded for case in cases) else "agree"


def _recorded(report: Report) -> Iterator[str]:
    """Which sides did not run, and what of them could not be seen."""
    fixtures = [fixture for fixture in report.fixtures if fixture.recorded]
    for side in dict.fromkeys(side for fixture in fixtures for side in fixture.recorded):
        versions = dict.fromkeys(str(fixture.recorded[side].get(side, "")) for fixture in fixtures)
        known = ", ".join(filter(None, versions))
        unseen = any("sources" in fixture.recorded.get(side, {}) for fixture in fixtures)
        ran = f"{NAME.get(side, side)} {known}".strip()
        yield (
            f"recorded: {NAME.get(side, side)} did not run; the values are held against what {ran} gave when it was "
            "recorded. Its own gradients and relations, and that it gives the same again, are not checked."
            + (" Its sources are not here, so that nothing says whether they are the same." if unseen else "")
        )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _warnings(fixture: FixtureResult, case: CaseResult) -> Iterator[str]:
    """What the code under test warned of, once each."""
    for language, text in dict.fromkeys(case.warnings):
        yield f"{fixture.name} / {case.id}: {language} warned: {text.strip()}"


def _fail(cases: int) -> str:
    return "1 case fails" if cases == 1 else f"{cases} cases fail"


def summary(report: Report) -> str:
    cases = [case for fixture in report.fixtures for case in fixture.cases]
    wrong = sum(not case.ok for case in cases)
    parts = [
        _counted(len(report.fixtures), "subject"),
        _counted(len(cases), "case"),
        f"{report.count:,} values compared",
    ]
    if report.unverified:
        parts.append(f"{len(report.unverified)} not verified")
    conclusion = f"[bold green]{as_recorded(cases)}[/]" if report.ok else f"[bold red]{_fail(wrong)}[/]"
    if not wrong and not report.ok:
        conclusion = "[bold red]not verified[/]"
    return f"{', '.join(parts)} in {report.seconds:.1f} s: {conclusion}"


def trajectory(fixture: FixtureResult, case: CaseResult) -> Iterator[str]:
    """How a run that was made step by step went; nothing for any other case."""
    run = case.trajectory
    if run is None:
        return
    parts = [_agreement(case, run)]
    differing = bits(run)
    if differing is not None:
        parts.append(
            "1 bit differs over the whole run" if differing == 1 else f"{differing} bits differ over the whole run"
        )
    most = largest(run)
    if most is not None and most.largest == 0:
        parts.append("no difference at all")
    elif most is not None:
        parts.append(f"largest difference {size(most.largest)} ({most.name}, step {most.step})")
    ends = [f"{name} {_both(sides)}" for name, sides in end(run).items()]
    if ends:
        parts.append(f"at the end {', '.join(ends)}")
    progress = f"{run.steps} steps" if run.made == run.steps else f"stopped after {run.made} of {run.steps} steps"
    yield f"{fixture.name} / {case.id}: {progress}, {'; '.join(parts)}"


def _agreement(case: CaseResult, run: TrajectoryResult) -> str:
    kind, first = outcome(case, run), run.departure
    if not any(value.between is not None for value in case.values):
        return "nothing compared"
    if first is None:
        throughout = "as recorded throughout" if case.recorded else "agree throughout"
        return throughout if kind == "agree" else "do not agree (see below)"
    place = first.name
    # In a series the place is the step itself.
    if first.index and first.name not in run.series:
        place += f"{python_index(first.index)} (R: {r_index(first.index)})"
    apart = f"{size(first.error)}, allowed {size(first.allowed)}"
    return f"first beyond the tolerance at step {first_beyond(first)} in {place}: {apart}"


def _both(sides: Mapping[str, float]) -> str:
    """A number of both sides: once, where six digits are the same."""
    texts = {side: f"{value:.6g}" for side, value in sides.items()}
    if len(texts) == 2 and len(set(texts.values())) == 1:
        return f"{next(iter(texts.values()))} in both"
    return ", ".join(f"{value} ({side})" for side, value in texts.items())


def failures(
    fixture: FixtureResult, case: CaseResult, only: str | None = None, *, width: int | None = None
) -> Iterator[str]:
    """One block per thing that went wrong in the case, or in the one pair `only`; nothing for a case that is ok.

    What explains a value is wrapped at `width` columns.
    """
    if case.ok:
        return
    title = f"{fixture.name} / {case.id}"
    again = fixture.repeat or f"parity {_command(case)} {shlex.quote(str(fixture.path))} -k {shlex.quote(case.id)}"
    repeat = f"  repeat: {again}"
    declared = case.divergence is not None
    for problem in case.problems:
        if problem.kind == "trace":  # the chain as a whole says it
            continue
        if only in (None, problem.pair) and not (declared and problem.kind != "divergence"):
            yield f"{_problem_block(title, problem)}\n{escape(repeat)}"
    for value in case.values:
        wrong_here = [f for f in value.findings if not f.ok and only in (None, f.pair)]
        if wrong_here and not declared:
            yield f"{_value_block(title, value, wrong_here, width)}\n{escape(repeat)}"
    if case.trace is not None and only is None:
        option = " --trace" if again.startswith("parity run ") and " --trace" not in again else ""
        yield f"{traced(title, case.trace)}\n{escape(repeat)}{option}"
    if case.unreached and not declared and only is None:
        yield f"[bold]{escape(title)}[/]\n  for that reason not compared: {escape(', '.join(case.unreached))}"
    agree = {value.name for value in case.values if value.between is not None and value.between.ok}
    for gradient in case.gradients:
        if not gradient.check.ok and not declared and only in (None, gradient.pair):
            yield f"{_gradient_block(title, gradient, gradient.check.gradient in agree)}\n{escape(repeat)}"


def _command(case: CaseResult) -> str:
    return "run" if not case.recorded else "replay" if case.recorded == ("r",) else f"replay --side {case.recorded[0]}"


def traced(title: str, trace: Trace) -> str:
    lines = "\n".join(trace_lines(trace, cause_lines))
    return f"[bold]{escape(title)} / trace[/]\n{escape(lines)}"


def _problem_block(title: str, problem: Finding) -> str:
    where = f"\n  at {problem.where}" if problem.where and problem.where != problem.call else ""
    named = problem.message.casefold().startswith(problem.subject)
    side = f"{problem.subject}: " if problem.subject and not named else ""
    call = f" / {problem.call}" if problem.call else ""
    code = "" if problem.code in (REFUSED, NOT_BROUGHT, "other error") else f"{problem.code}: "
    return f"[bold]{escape(f'{title}{call}')}[/]\n  {escape(f'{side}{code}{problem.message}{where}')}"


def _value_block(title: str, value: ValueResult, findings: list[Finding], width: int | None) -> str:
    row = next((finding.where for finding in findings if finding.where), "")
    place = f"{title} / {value.call} / {row or value.name}"
    if value.index and not row:
        place += f"{python_index(value.index)}  (R: {value.name}{r_index(value.index)})"
    room = width and width - 2
    numbers = "      ".join(f"{side}  {number(n)}" for side, n in value.numbers.items())
    told = dict.fromkeys(line for finding in findings for line in wrapped(finding.message, room, "  "))
    messages = "\n".join(f"  {escape(line)}" for line in told)
    pairs = ", ".join(f.pair for f in findings)
    comparison = "" if findings[0].code == "value" else f"\n  compared: {escape(pairs)}"
    cause = "".join(f"\n  {escape(line)}" for line in cause_lines(value, room))
    conclusion = f"{wrong(value.blame)}{evidence_of(value)}"
    together = width is None or cell_len(f"  {numbers}      {conclusion}") <= width
    between = "      " if together else "\n  "
    head = f"  {escape(numbers)}{between}" if numbers else "  "
    return f"[bold]{escape(place)}[/]\n{head}[bold red]{escape(conclusion)}[/]\n{messages}{comparison}{cause}"


def _gradient_block(title: str, gradient: GradientResult, agree: bool) -> str:
    """`agree`: both languages gave the same gradient, so that it is rather this one's forward pass that is off."""
    check = gradient.check
    place = f"{title} / gradient of {check.of} by {check.wrt}: {gradient.language}'s {check.gradient}"
    if check.index:
        place += f"{python_index(check.index)}  (R: {check.gradient}{r_index(check.index)})"
    numbers = ""
    if check.reason == "value":
        numbers = f"  analytic  {number(check.analytic)}      numeric  {number(check.numeric)}      "
        apart = f"{gradient.language}'s {check.of} and {check.gradient} do not fit together" if agree else ""
        numbers += f"[bold red]{apart or f'{gradient.language} is wrong'}[/]\n"
    return f"[bold]{escape(place)}[/]\n{numbers}  {escape(check.message)}"
