"""Results as tables of Markdown."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from parity.comparison import Comparison, python_index, r_index
from parity.reports.pages.labels import said
from parity.reports.pages.markdown import Markdown, code, table, text
from parity.results import CaseResult, FixtureResult, ValueResult

Words = Mapping[str, str]


def verdict(ok: bool, divergence: str | None, words: Words) -> Markdown:
    if ok and divergence:
        return Markdown(words["diverge"])
    return Markdown(words["agree"] if ok else words["fail"])


def subject_verdict(result: FixtureResult, words: Words) -> Markdown:
    """Agree or not; a subject all of whose differences are known says so."""
    known = next((case.divergence for case in result.cases if case.divergence), None)
    return verdict(result.ok, known, words)


def verdict_table(result: FixtureResult, words: Words, cases: Collection[str] = ()) -> Markdown:
    """One row per compared value; only the named cases if any are named."""
    head = [words[n] for n in _COLUMNS]
    rows: list[list[object]] = []
    for case in result.cases:
        if cases and case.id not in cases:
            continue
        title: object = case.id
        for value in case.values:
            rows.append([title, *_value_row(case, value, words)])
            title = Markdown("")
        if not case.values:
            said_so = verdict(case.ok, case.divergence, words)
            rows.append([title, Markdown("–"), Markdown("–"), said_so, *[Markdown("–")] * (len(head) - 4)])
    return table(head, rows, right=(4, 5, 6, 8))


# The verdict comes early: on a telephone the last columns are out of sight.
_COLUMNS = ("case", "call", "value", "verdict", "elements", "absolute", "ulp", "where", "share", "expected")


def _value_row(case: CaseResult, value: ValueResult, words: Words) -> list[object]:
    between = value.comparisons.get("python-r")
    count = max((c.count for c in value.comparisons.values()), default=0)
    against = [value.comparisons.get("python-expected"), value.comparisons.get("r-expected")]
    return [
        code(value.call),
        code(value.name),
        verdict(value.ok, _known(case, value), words),
        str(count),
        number(between.absolute.value) if between and between.absolute else Markdown("–"),
        number(between.ulp.value) if between and between.ulp else Markdown("–"),
        _where(between),
        share(between.ratio.value) if between and between.ratio else Markdown("–"),
        Markdown(" · ".join(_against(c) for c in against)) if any(against) else Markdown("–"),
    ]


def _known(case: CaseResult, value: ValueResult) -> str | None:
    """The name of the known difference, where it is this value that differs."""
    differs = any(not c.ok for c in value.comparisons.values())
    differs = differs or any(not g.check.ok and g.check.gradient == value.name for g in case.gradients)
    return case.divergence if differs else None


def _against(comparison: Comparison | None) -> str:
    if comparison is None:
        return "–"
    sign = "✓" if comparison.ok else "✗"
    return f"{sign} {share(comparison.ratio.value)}" if comparison.ratio else sign


def _where(comparison: Comparison | None) -> Markdown:
    """The worst place as both languages count, zero-based and one-based; nothing where nothing differs."""
    worst = comparison and (comparison.absolute or comparison.ratio)
    if not worst or not worst.index or worst.value == 0:
        return Markdown("–")
    return Markdown(f"{code(python_index(worst.index))} · {code(r_index(worst.index))}")


def gradient_table(result: FixtureResult, words: Words) -> Markdown:
    head = [words[n] for n in ("case", "language", "gradient", "verdict", "checked", "kinks", "error", "allowed")]
    rows: list[list[object]] = []
    for case in result.cases:
        title: object = case.id
        for gradient in case.gradients:
            check = gradient.check
            checked = words["directions"].format(n=check.directions) if check.directions else str(check.checked)
            known = case.divergence if not check.ok else None
            rows.append([
                title,
                {"python": "Python", "r": "R"}.get(gradient.language, gradient.language),
                Markdown(f"{code(check.gradient)} = ∂{code(check.of)}/∂{code(check.wrt)}"),
                # A known difference is a failed check in a case that holds.
                verdict(check.ok or bool(known and case.ok), known, words),
                checked,
                str(check.kinks),
                number(check.error),
                number(check.allowed),
            ])  # fmt: skip
            title = Markdown("")
    return table(head, rows, right=(4, 5, 6, 7)) if rows else Markdown("")


def failures(result: FixtureResult) -> list[Markdown]:
    """One line for each thing that went wrong, as the verifier says it; known differences are told apart."""
    lines: list[Markdown] = []
    for case in result.cases:
        if case.ok:
            continue
        for value in case.values:
            for pair, comparison in value.comparisons.items():
                if not comparison.ok:
                    place = code(f"{value.call} {value.name}")
                    lines.append(Markdown(f"{text(case.id)}: {place} ({text(pair)}): {text(comparison.message)}"))
        for gradient in case.gradients:
            if not gradient.check.ok:
                place = code(gradient.check.gradient)
                lines.append(
                    Markdown(f"{text(case.id)}: {place} ({text(gradient.pair)}): {text(gradient.check.message)}")
                )
        for problem in case.problems:
            place = code(f"{problem.language} {problem.call}")
            lines.append(Markdown(f"{text(case.id)}: {place}: {text(problem.kind)}: {text(problem.message)}"))
    return lines


def divergences(result: FixtureResult, language: str) -> list[Markdown]:
    return [
        Markdown(f"{text(case.id)}: {text(said(case.divergence_reason, language))}")
        for case in result.cases
        if case.divergence
    ]


def number(value: float) -> str:
    """A magnitude in two digits."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return "∞" if value > 0 else str(value)
    return f"{value:.2g}"


def share(value: float) -> str:
    """A part of what is allowed, as a percentage."""
    if not math.isfinite(value):
        return "∞"
    percent = 100 * value
    if percent == 0:
        return "0%"
    return "<0.1%" if percent < 0.1 else f"{percent:.2g}%" if percent < 10 else f"{percent:.0f}%"
