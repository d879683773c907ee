"""Markdown that says exactly what it was given: nothing in a fixture's text can become markup."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence


class Markdown(str):
    """Text that is Markdown already. Everything else is escaped on its way into a page."""

    __slots__ = ()


def finalize(value: object) -> str:
    """What Jinja does with each `{{ … }}`: Markdown stays, any other value is text."""
    return value if isinstance(value, Markdown) else text(str(value))


def text(words: str) -> Markdown:
    """`words` as inline Markdown on one line, without any markup of their own, but for `code` in single backticks."""
    parts = re.split(r"(?<!`)`([^`\n]+)`(?!`)", " ".join(words.split()))
    pieces = [code(part) if number % 2 else _escape(part) for number, part in enumerate(parts)]
    line = "".join(pieces)
    # What would begin a list, a heading, a rule or a quotation at the start of a line.
    line = re.sub(r"^([-+=~])", r"\\\1", line)
    return Markdown(re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", line))


def _escape(words: str) -> str:
    words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    words = re.sub(r"([\\`*_{}\[\]#|$~!^])", r"\\\1", words)
    # A name with an underscore inside needs no backslash, and reads better without.
    words = re.sub(r"(?<=[^\W_])\\_(?=[^\W_])", "_", words)
    # GitHub turns these into links by itself; a person or an issue is never meant here.
    return re.sub(r"@(?=\w)", "@\u200b", words)


def code(words: str) -> Markdown:
    """A code span that holds on to its content, in a table too."""
    words = " ".join(words.split())
    if not words:
        return Markdown("")
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", words)), default=0) + 1)
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return Markdown(f"{ticks}{pad}{words}{pad}{ticks}")


def fence(language: str, content: str) -> Markdown:
    """A code block, fenced by more backticks than the content ever has in a row."""
    ticks = "`" * max(3, max((len(run) for run in re.findall(r"`+", content)), default=0) + 1)
    body = content if content.endswith("\n") else content + "\n"
    return Markdown(f"{ticks}{language}\n{body}{ticks}")


# The only HTML in the pages. GitHub shows it as a table, and as a line to be unfolded; the HTML pages know these
# lines and no others.
PAIR_OPEN = '<table>\n<tr><th>Python</th><th>R</th></tr>\n<tr><td valign="top">\n'
PAIR_NEXT = '</td><td valign="top">\n'
PAIR_CLOSE = "</td></tr>\n</table>\n"


def pair(python: Markdown, r: Markdown) -> Markdown:
    """Two blocks side by side."""
    return Markdown(f"{PAIR_OPEN}\n{python}\n\n{PAIR_NEXT}\n{r}\n\n{PAIR_CLOSE.rstrip()}")


WIKI_WIDTH = 104
"""How many characters the two blocks of a pair may have in a line together: a wiki has about 900 pixels for them."""

_PAIR = re.compile("(.*?)".join(map(re.escape, (PAIR_OPEN, PAIR_NEXT, PAIR_CLOSE.rstrip()))), re.DOTALL)


def stacked_where_wide(page: str) -> str:
    """The page with those pairs one below the other that would be wider than a wiki."""

    def stacked(pair: re.Match[str]) -> str:
        widths = [max((len(line) for line in side.splitlines()), default=0) for side in pair.groups()]
        if sum(widths) <= WIKI_WIDTH:
            return pair[0]
        return f"**Python**\n\n{pair[1].strip()}\n\n**R**\n\n{pair[2].strip()}\n"

    return _PAIR.sub(stacked, page)


DETAILS_OPEN = re.compile(r"<details( open)?>\n<summary>(?:<b>([^<>]*)</b> )?([^<>]*)</summary>\n")
DETAILS_CLOSE = "</details>\n"


def details(title: str, line: str, inside: Markdown, *, unfolded: bool) -> Markdown:
    """A line, its title in bold, that unfolds what is inside."""
    summary = " ".join(f"<b>{_entities(title)}</b> {_entities(line)}".split())
    head = f"<details{' open' if unfolded else ''}>\n<summary>{summary}</summary>\n"
    return Markdown(f"{head}\n{inside or '–'}\n\n{DETAILS_CLOSE.rstrip()}")


def _entities(words: str) -> str:
    """Text within HTML, and nothing in it that Markdown could take for its own."""
    return re.sub(r"[\\`*_\[\]#$~!@|]", lambda sign: f"&#{ord(sign[0])};", html.escape(words, quote=False))


def table(head: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()) -> Markdown:
    """A GitHub table; the columns in `right` are aligned on the right."""

    def line(cells: Sequence[object]) -> str:
        inside = (finalize(cell) for cell in cells)
        # Within a table even a code span is cut at a bar, unless the bar is escaped.
        return "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\\|", cell) or " " for cell in inside) + " |"

    rule = "|" + "|".join("---:" if number in right else "---" for number in range(len(head))) + "|"
    return Markdown("\n".join([line(head), rule, *(line(row) for row in rows)]) + "\n")


def link(words: str, page: str) -> Markdown:
    """A link to another page of the same wiki."""
    return Markdown(f"[{text(words)}]({page})")


def image(alt: str, name: str) -> Markdown:
    """A picture that lies beside the page, described for those who do not see it."""
    return Markdown(f"![{text(alt.replace('`', ''))}]({name})")
