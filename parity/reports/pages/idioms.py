"""The same thing in either language, a row each: the line of Python, the line of R, and the verdict on the two."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from parity.fixture.model import Case
from parity.reports.pages.files import PagesError
from parity.reports.pages.markdown import Markdown, code, table, text
from parity.reports.pages.tables import verdict
from parity.verify.results import CaseResult

_FUNCTION = re.compile(r"function\([^()]*\)\s*")


def idioms(rows: Mapping[str, str], cases: Mapping[str, tuple[Case, CaseResult]], words: Mapping[str, str]) -> Markdown:
    """A row for each case, in the order of `rows`, which say of a case what it does.

    The two lines are those of the case's first call, whose "as" is a lambda in Python and a function in R. Raises
    PagesError for a case that has no such lines.
    """
    head = [words["idiom"], "Python", "R", words["verdict"]]
    body: list[list[object]] = []
    for name, means in rows.items():
        case, result = cases[name]
        python, r = lines_of(case)
        body.append([text(means), code(python), code(r), verdict(result.ok, result.divergence, words)])
    return table(head, body)


def lines_of(case: Case) -> tuple[str, str]:
    """What a person types, without the names of what goes in."""
    instead = case.calls[0].instead
    try:
        python, r = instead["python"], instead["r"]
        tree = ast.parse(python.strip(), mode="eval").body
    except (KeyError, SyntaxError) as error:
        raise PagesError(f"case {case.id} has no line for both languages in 'as'") from error
    function = _FUNCTION.match(r)
    if not isinstance(tree, ast.Lambda) or function is None:
        raise PagesError(f"case {case.id}: 'as' is no lambda in Python, or no function in R")
    return ast.get_source_segment(python.strip(), tree.body) or python, r[function.end() :]


def rows_of(lines: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """`case | what it does` of each line; what it does is the case's name where nothing else is said."""
    for line in lines:
        name, _, means = line.partition("|")
        yield name.strip(), means.strip() or name.strip()
