"""Results as tables of Markdown."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from parity.evidence.compare import Comparison, python_index, r_index
from parity.reports.pages.labels import wording
from parity.reports.pages.markdown import Markdown, code, table, text
from parity.reports.terminal import number as exact
from parity.verify.results import CaseResult, FixtureResult, GradientResult, ValueResult

Words = Mapping[str, str]

_LANGUAGES = {"python": "Python", "r": "R"}


def verdict(ok: bool, divergence: str | None, words: Words) -> Markdown:
    if ok and divergence:
        return Markdown(words["diverge"])
    return Markdown(words["agree"] if ok else words["fail"])


def subject_verdict(result: FixtureResult, words: Words) -> Markdown:
    """Agree or not; a subject all of whose differences are known says so."""
    divergence = next((case.divergence for case in result.cases if case.divergence), None)
    return verdict(result.ok, divergence, words)


def case_summary(case: CaseResult, words: Words) -> str:
    """A case in a line: the verdict, how much was compared, how far the two languages are apart."""
    parts = [str(verdict(case.ok, case.divergence, words))]
    between = [c for value in case.values if (c := value.between)]
    apart = [c.absolute.value for c in between if c.absolute]
    if between:
        value = number(max(apart)) if apart else "–"
        parts.append(words["case_line"].format(count=f"{sum(c.count for c in between):,}", value=value))
    checks = [gradient for gradient in case.gradients if gradient.check.ok]
    if checks:
        parts.append(words["case_gradients"].format(count=len(checks)))
    return " · ".join(parts)


def case_table(case: CaseResult, words: Words) -> Markdown:
    """One row per compared value."""
    rows = [_value_row(case, value, words) for value in case.values]
    return table([words[n] for n in _COLUMNS], rows, right=(3, 4, 5, 7)) if rows else Markdown("")


# The verdict comes early: on a telephone the last columns are out of sight.
_COLUMNS = ("call", "value", "verdict", "elements", "absolute", "ulp", "where", "share", "expected")


def _value_row(case: CaseResult, value: ValueResult, words: Words) -> list[object]:
    between = value.between
    count = max((c.count for c in value.comparisons.values()), default=0)
    against = value.against_truth
    divergence = _divergence(case, value)
    return [
        code(value.call),
        code(value.name),
        # A known difference is a failed comparison in a case that holds.
        verdict(value.ok or bool(divergence and case.ok), divergence, words),
        str(count),
        number(between.absolute.value) if between and between.absolute else Markdown("–"),
        number(between.ulp.value) if between and between.ulp else Markdown("–"),
        _where(between),
        share(between.ratio.value) if between and between.ratio else Markdown("–"),
        Markdown(" · ".join(_against(c) for c in against)) if any(against) else Markdown("–"),
    ]


def _divergence(case: CaseResult, value: ValueResult) -> str | None:
    """The name of the known difference, where this value differs; that of a gradient stands in the gradients' table."""
    return case.divergence if any(not c.ok for c in value.comparisons.values()) else None


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


def gradient_table(case: CaseResult, words: Words) -> Markdown:
    """One row per gradient check of a case."""
    head = [words[n] for n in ("language", "gradient", "verdict", "checked", "kinks", "error", "allowed")]
    rows: list[list[object]] = []
    for gradient in case.gradients:
        check = gradient.check
        checked = words["directions"].format(n=check.directions) if check.directions else str(check.checked)
        divergence = case.divergence if not check.ok else None
        rows.append([
            _LANGUAGES.get(gradient.language, gradient.language),
            _derivative(gradient),
            # A known difference is a failed check in a case that holds.
            verdict(check.ok or bool(divergence and case.ok), divergence, words),
            checked,
            str(check.kinks),
            # Where nothing could be checked there is no error.
            *(Markdown("–") if math.isnan(n) else number(n) for n in (check.error, check.allowed)),
        ])  # fmt: skip
    return table(head, rows, right=(3, 4, 5, 6)) if rows else Markdown("")


def gradient_summary(result: FixtureResult, words: Words, cases: Collection[str] = ()) -> Markdown:
    """One row per gradient and language, over all cases or the named ones: the worst, and how many there were."""
    head = [words[n] for n in ("gradient", "language", "verdict", "cases", "checked", "kinks", "share", "worst_case")]
    groups: dict[tuple[str, str], list[tuple[CaseResult, GradientResult]]] = {}
    for case in result.cases:
        for gradient in case.gradients if not cases or case.id in cases else ():
            groups.setdefault((str(_derivative(gradient)), gradient.language), []).append((case, gradient))
    rows: list[list[object]] = []
    for (derivative, language), members in sorted(groups.items(), key=lambda group: list(groups).index(group[0])):
        wrong = [(case, g) for case, g in members if not g.check.ok]
        unknown = [case for case, _ in wrong if not (case.ok and case.divergence)]
        divergence = wrong[0][0].divergence if wrong and not unknown else None
        shares = [(_share(g), case) for case, g in members if g.check.ok]
        worst = max(shares, key=lambda pair: pair[0], default=None)
        rows.append([
            Markdown(derivative),
            _LANGUAGES.get(language, language),
            verdict(not unknown, divergence, words),
            str(len(members)),
            f"{sum(g.check.checked for _, g in members):,}",
            f"{sum(g.check.kinks for _, g in members):,}",
            share(worst[0]) if worst else Markdown("–"),
            unknown[0].id if unknown else worst[1].id if worst else Markdown("–"),
        ])  # fmt: skip
    return table(head, rows, right=(3, 4, 5, 6)) if rows else Markdown("")


def _derivative(gradient: GradientResult) -> Markdown:
    check = gradient.check
    return Markdown(f"{code(check.gradient)} = ∂{code(check.of)}/∂{code(check.wrt)}")


def _share(gradient: GradientResult) -> float:
    """The part of what is allowed that the error uses up."""
    check = gradient.check
    if check.allowed:
        return check.error / check.allowed
    return 0.0 if check.error == 0 else math.inf


def failures(case: CaseResult, words: Words) -> list[Markdown]:
    """One line for each thing that went wrong: where, as both languages count, what stands there, and who is wrong."""
    if case.ok:
        return []
    lines: list[Markdown] = []
    for problem in case.problems:
        place = code(f"{problem.subject} {problem.call}")
        words_of = f"{text(problem.code)}: {text(problem.message)}"
        lines.append(Markdown(f"{place}: {words_of}" if place else words_of))
    if case.divergence:
        return lines  # what differs is declared; the problems say what is not as declared
    lines += [Markdown(_wrong_value(value, words)) for value in case.values if not value.ok]
    lines += [Markdown(_wrong_gradient(gradient, words)) for gradient in case.gradients if not gradient.check.ok]
    return lines


def _wrong_value(value: ValueResult, words: Words) -> str:
    return f"{code(value.call)} {both_places(value.name, value.index)}: {what_differs(value, words)}."


def what_differs(value: ValueResult, words: Words) -> str:
    """What stands at the worst place on each side, who is wrong and by which evidence, and by how much."""
    wrong = [comparison for comparison in value.comparisons.values() if not comparison.ok]
    names = {**_LANGUAGES, "expected": words["expected_value"], "referee": words["referee"]}
    numbers = ", ".join(f"{names.get(side, side)} {code(exact(number))}" for side, number in value.numbers.items())
    reasons = dict.fromkeys(_off(comparison, words) for comparison in wrong)
    return ". ".join(part for part in (numbers, blamed(value, words), *reasons) if part)


def blamed(value: ValueResult, words: Words) -> str:
    """Which side is wrong, and the evidence that says so."""
    if not value.blame:
        return ""
    spoken = words.get(f"by_{value.blamed_by}", "") if value.blame != "expected" else ""
    return f"**{words[f'wrong_{value.blame}']}**" + (f" ({spoken})" if spoken else "")


def _wrong_gradient(gradient: GradientResult, words: Words) -> str:
    check = gradient.check
    language = _LANGUAGES.get(gradient.language, gradient.language)
    place = f"{language} {both_places(check.gradient, check.index)} = ∂{code(check.of)}/∂{code(check.wrt)}"
    if check.reason != "value":
        return f"{place}: {text(check.message)}."
    numbers = f"{words['analytic']} {code(exact(check.analytic))}, {words['numeric']} {code(exact(check.numeric))}"
    off = _apart(check.error, check.allowed, words)
    return f"{place}: {numbers}. **{words[f'wrong_{gradient.language}']}**. {off}."


def both_places(name: str, index: tuple[int, ...] | None) -> str:
    if not index:
        return code(name)
    return f"{code(name + python_index(index))} (R: {code(name + r_index(index))})"


def _off(comparison: Comparison, words: Words) -> str:
    """By how much, and in how many elements; anything but a plain difference as the comparison says it."""
    ours, theirs = comparison.actual, comparison.reference
    if comparison.reason != "value" or not isinstance(ours, int | float) or not isinstance(theirs, int | float):
        return text(comparison.message)
    off = _apart(abs(ours - theirs), comparison.allowed, words)
    if comparison.count == 1:
        return off
    return f"{off}; {words['differing'].format(differing=comparison.differing, count=comparison.count)}"


def _apart(error: float, allowed: float, words: Words) -> str:
    """Both numbers with as few digits as tell them apart."""
    digits = next((n for n in range(3, 17) if f"{error:.{n}g}" != f"{allowed:.{n}g}"), 17)
    return words["off_by"].format(error=f"{error:.{digits}g}", allowed=f"{allowed:.{digits}g}")


def known_difference(case: CaseResult, words: Words, language: str) -> Markdown:
    """What is said to differ, and why; nothing where nothing is."""
    if not case.divergence:
        return Markdown("")
    return Markdown(words["known_difference"].format(reason=text(wording(case.divergence_reason, language))))


def number(value: float) -> str:
    """A magnitude in two digits."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return "∞" if value > 0 else str(value)
    return f"{value:.2g}"


def share(value: float) -> str:
    """A part of what is allowed, as a percentage; how many times as much, where it is far more."""
    if not math.isfinite(value):
        return "∞"
    percent = 100 * value
    if percent == 0:
        return "0%"
    if value > 10:
        return f"{value:.2g} ×"
    return "<0.1%" if percent < 0.1 else f"{percent:.2g}%" if percent < 10 else f"{percent:.0f}%"
