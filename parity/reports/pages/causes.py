"""Why the sides differ, on a page: the box with which the page of a failing subject begins, and a line with a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from parity.reports.causes import told
from parity.reports.pages import tables
from parity.reports.pages.markdown import Markdown, code, text
from parity.subjects import NAME
from parity.verify.results import CaseResult, FixtureResult, ValueResult

Words = Mapping[str, str]

MOST = 3
"""What differs for one reason in twenty cases is said once; after three reasons a reader goes on to the cases."""


def box(result: FixtureResult, words: Words, language: str) -> Markdown:
    """What failed and why, a quotation with which the page begins; nothing where nothing failed."""
    groups = _groups(result, language)
    others = list(_others(result, words))
    parts = ["\n\n".join(_group(members, words, language)) for members in islice(groups.values(), MOST)]
    room = MOST - len(parts)
    parts += [f"✗ {line}" for line in others[:room]]
    left = sum(len(members) for members in islice(groups.values(), MOST, None)) + len(others[room:])
    if left:
        parts.append(words["and_one_more"] if left == 1 else words["and_more"].format(count=left))
    return Markdown("\n\n".join(_quoted(part) for part in parts))


def _groups(result: FixtureResult, language: str) -> dict[tuple[object, ...], list[tuple[CaseResult, ValueResult]]]:
    """The values that failed, those of one name together where the same is to be said of them."""
    groups: dict[tuple[object, ...], list[tuple[CaseResult, ValueResult]]] = {}
    for case in result.cases:
        for value in case.values if not case.ok and case.divergence is None else ():
            if not value.ok:
                key = (value.call, value.name, value.blame, value.blamed_by, repr(told(value, language)))
                groups.setdefault(key, []).append((case, value))
    return groups


def _others(result: FixtureResult, words: Words) -> Iterator[Markdown]:
    """What went wrong outside the values: errors, missing evidence, gradients."""
    for case in result.cases:
        lines = tables.failures(case, words)
        values = sum(not value.ok for value in case.values) if case.divergence is None else 0
        problems = len(case.problems) if not case.ok else 0
        for line in (*lines[:problems], *lines[problems + values :]):
            yield Markdown(f"{text(case.id)}: {line}")


def _group(members: list[tuple[CaseResult, ValueResult]], words: Words, language: str) -> Iterator[str]:
    case, value = members[0]
    where = text(case.id) if len(members) == 1 else text(words["in_cases"].format(count=len(members)))
    place = f"{code(value.call)} {tables.both_places(value.name, value.index)}"
    yield f"✗ {place} · {where}: {tables.what_differs(value, words)}."
    yield from explanation(value, words, language)


def explanation(value: ValueResult, words: Words, language: str, *, declared: bool = False) -> Iterator[Markdown]:
    """Paragraphs: the cause, what it usually means, and the line that mends it; if the difference is `declared`, that
    would make the sides agree."""
    cause = told(value, language)
    if cause is None:
        return
    yield _cause(cause.says, cause.code, cause.fit, words)
    for means, mends in cause.causes:
        yield Markdown(f"{words['means']}: {text(means)}.")
        for number, (side, line) in enumerate(mends.items()):
            word = "to_agree" if declared else "or_mend" if number else "mend"
            yield Markdown(f"{words[word].format(language=NAME[side])}: {code(line)}")


def of_case(case: CaseResult, words: Words, language: str, *, briefly: bool) -> Markdown:
    """The causes of what differs in a case, each with the values that it explains.

    A difference that the case declares is explained in full, as nothing else on the page does; of a failure
    `briefly` leaves out what the page's beginning says.
    """
    declared = case.divergence is not None
    causes: dict[str, tuple[list[str], ValueResult]] = {}
    for value in case.values:
        if not value.ok and value.diagnosis is not None:
            names, _ = causes.setdefault(repr(told(value, language)), ([], value))
            names.append(f"{code(value.call)} {code(value.name)}")
    lines = []
    for names, value in causes.values():
        first, *more = explanation(value, words, language, declared=declared)
        lines.append(
            f"- {', '.join(names)}: {first}" + "".join(f"\n  - {line}" for line in more if not briefly or declared)
        )
    return Markdown("\n".join(lines))


def _cause(says: str, name: str, fit: str, words: Words) -> Markdown:
    behind = f" ({code(name)}, {text(fit)})" if name else ""
    return Markdown(f"**{words['cause']}: {text(says)}**{behind}")


def _quoted(words: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in words.split("\n"))
