"""The same Markdown as HTML: one renderer, two columns, highlighted code, MathML, no script."""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from parity.reports.pages.markdown import DETAILS_CLOSE, DETAILS_OPEN, PAIR_CLOSE, PAIR_NEXT, PAIR_OPEN
from parity.reports.pages.mathml import mathml

_SIDES = {
    PAIR_OPEN: '<div class="pair"><div class="side"><p class="tongue">Python</p>\n',
    PAIR_NEXT: '</div><div class="side"><p class="tongue">R</p>\n',
    PAIR_CLOSE: "</div></div>\n",
    DETAILS_CLOSE: "</details>\n",
}
_SIGNS = {"✓": "agrees", "✗": "fails", "≠": "differs"}
_VERDICT = re.compile(r"(?<!\S)([✓✗≠])(?: [^·✓✗≠]*[^·✓✗≠\s])?")


def to_html(markdown: str, links: Mapping[str, str]) -> str:
    """`links` maps the names of wiki pages to where they are, seen from this page."""

    def address(tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.type == "link_open":
                page, mark, part = str(token.attrGet("href") or "").partition("#")
                token.attrSet("href", links.get(page, page) + mark + part)
            elif token.type == "image":
                source = str(token.attrGet("src") or "")
                token.attrSet("src", links.get(source, source))
            address(token.children or [])

    tokens = _PARSER.parse(markdown)
    address(tokens)
    _name_headings(tokens)
    return _PAIR.sub(_laid, str(_PARSER.renderer.render(tokens, _PARSER.options, {})))


MARKS = ("case", "file")
"""The lines of a case, which are typed into a console of their own; a file that lies where the page's are typed."""

WIDEST, TOGETHER, SHORT = 140, 104, 80
"""How many characters two blocks may have in a line together: on a page of its own as wide as it gets, where contents
stand beside it, on a tablet. What is wider stands one below the other."""
LEAST = 24
"""No column is narrower than that many characters, so that a line of one word does not squeeze its note."""

_PAIR = re.compile(r'<div class="pair">(.*?)</div></div>', re.DOTALL)
_BLOCK = re.compile(r"<pre[^>]*>(.*?)</pre>", re.DOTALL)


def _laid(pair: re.Match[str]) -> str:
    """A pair that fits on some page has the widths of its sides by their longest lines."""
    widths = [
        max([LEAST, *(_width(line) for line in re.sub(r"<[^>]+>", "", block).splitlines())])
        for block in _BLOCK.findall(pair[1])
    ]
    if len(widths) != 2 or sum(widths) > WIDEST:
        return pair[0]
    fits = ["wide", *(["fits"] if sum(widths) <= TOGETHER else []), *(["short"] if sum(widths) <= SHORT else [])]
    style = f"--left: {widths[0]}fr; --right: {widths[1]}fr"
    return f'<div class="pair {" ".join(fits)}" style="{style}">{pair[1]}</div></div>'


def _width(line: str) -> int:
    """In columns of a console: a Korean syllable takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in html.unescape(line))


_HTML_LINK = re.compile(r"""(?i)\b(?:href|src)\s*=\s*(["']?)([^"'\s>]+)""")


def is_plain_link(address: str) -> bool:
    """Whether a link or an image leads to a page, and does not run anything."""
    plain = re.sub(r"[\x00-\x20\x7f-\xa0\u200b-\u200d\ufeff]", "", html.unescape(unquote(address)))
    scheme = re.match(r"[^/?#]*?:", plain)
    return scheme is None or scheme[0].lower() in ("http:", "https:", "mailto:")


def foreign_links(markdown: str) -> Iterator[tuple[int, str]]:
    """The line and the address of each link that is no plain one, in Markdown and in HTML within it."""
    for token in _EVERY_LINK.parse(markdown):
        line = (token.map or [0])[0] + 1
        for child in (token, *(token.children or [])):
            addresses = [str(child.attrGet(name)) for name in ("href", "src") if child.attrGet(name) is not None]
            if child.type in ("html_block", "html_inline"):
                addresses += [
                    one[2] for one in re.finditer(r"(?i)\b(?:href|src)\s*=\s*([\"']?)([^\"'\s>]+)", child.content)
                ]
            yield from ((line, address) for address in addresses if not is_plain_link(address))


def title_of(markdown: str) -> str:
    """The text of the first heading, without markup."""
    # It usually opens the page, whose whole takes a while to be read.
    for text in ("".join(markdown.splitlines(keepends=True)[:20]), markdown):
        tokens = _PARSER.parse(text)
        for number, token in enumerate(tokens):
            if token.type == "heading_open":
                return "".join(child.content for child in tokens[number + 1].children or [])
    return ""


@dataclass(frozen=True)
class Heading:
    """A heading: 1 for the page's own title, and its text without markup."""

    level: int
    words: str


def pieces(markdown: str) -> Iterator[tuple[Heading | None, str]]:
    """The Markdown cut at its headings: each with what follows it up to the next; None before the first.

    A heading within a folded part is no cut.
    """
    lines = markdown.splitlines(keepends=True)
    tokens = _PARSER.parse(markdown)
    start, heading, folded = 0, None, 0
    for number, token in enumerate(tokens):
        if token.type == "html_block":
            folded += bool(DETAILS_OPEN.fullmatch(token.content)) - (token.content == DETAILS_CLOSE)
        elif token.type == "heading_open" and token.level == 0 and not folded and token.map:
            yield heading, "".join(lines[start : token.map[0]])
            words = "".join(child.content for child in tokens[number + 1].children or [])
            start, heading = token.map[1], Heading(int(token.tag[1:]), words)
    yield heading, "".join(lines[start:])


def _fence(tokens: Sequence[Token], at: int) -> str:
    language, *marks = tokens[at].info.strip().split(" ")
    content = tokens[at].content
    if language == "math":
        return mathml(content)
    return code_html(content, language, next((mark for mark in MARKS if mark in marks), ""))


@functools.lru_cache(4096)
def code_html(content: str, language: str, mark: str = "") -> str:
    """A highlighted block, broken where there is no room for a line; with one of MARKS."""
    try:
        # The console lexers read whole lines: without its line end the last one would be lost.
        lexer = get_lexer_by_name(language or "text", stripnl=False)
        inside = highlight(content.rstrip("\n") + "\n", lexer, HtmlFormatter(nowrap=True))
    except ClassNotFound:
        inside, language = html.escape(content), "text"
    kind = f"{html.escape(language)} {mark}".strip()
    return f'<pre class="code {kind}" tabindex="0"><code>{inside.rstrip()}</code></pre>\n'


def _own_html(tokens: Sequence[Token], at: int) -> str:
    content = tokens[at].content
    folded = DETAILS_OPEN.fullmatch(content)
    if folded:
        title, line = (html.escape(html.unescape(part or ""), quote=False) for part in folded.groups()[1:])
        heading = f"<strong>{title}</strong> " if title else ""
        return f'<details class="case"{folded[1] or ""}><summary>{heading}{_signed(line)}</summary>\n'
    return _SIDES.get(content, html.escape(content))


def _foreign_html(tokens: Sequence[Token], at: int) -> str:
    return html.escape(tokens[at].content)


def _constant(markup: str) -> Callable[[Sequence[Token], int], str]:
    return lambda *_: markup


def _rule(render: Callable[[Sequence[Token], int], str]) -> Callable[..., str]:
    """A function of the token as the renderer calls it: with itself first, and its options last."""
    return lambda _renderer, tokens, at, *_: render(tokens, at)


def _text(tokens: Sequence[Token], at: int) -> str:
    return _signed(html.escape(tokens[at].content, quote=False))


def _signed(words: str) -> str:
    """Verdicts in their colours."""
    return _VERDICT.sub(lambda match: f'<span class="verdict {_SIGNS[match[1]]}">{match[0]}</span>', words)


def _name_headings(tokens: Sequence[Token]) -> None:
    """An id for each heading, from its words, and never the same twice on a page."""
    names: set[str] = set()
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            words = "".join(child.content for child in tokens[number + 1].children or [])
            plain = re.sub(r"[^\w]+", "-", words.lower()).strip("-") or "part"
            name, count = plain, 2
            while name in names:
                name, count = f"{plain}-{count}", count + 1
            names.add(name)
            token.attrSet("id", name)


def _parser() -> MarkdownIt:
    # HTML is parsed so that our own three lines are recognised; every other piece of it is shown as text.
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    for rule, function in {
        "fence": _fence,
        "html_block": _own_html,
        "html_inline": _foreign_html,
        "table_open": _constant('<div class="scroll" tabindex="0"><table>\n'),
        "table_close": _constant("</table></div>\n"),
        "text": _text,
    }.items():
        parser.add_render_rule(rule, _rule(function))
    parser.validateLink = is_plain_link  # type: ignore[assignment, method-assign]
    return parser


_PARSER = _parser()
_EVERY_LINK = MarkdownIt("commonmark", {"html": True}).enable("table")
_EVERY_LINK.validateLink = lambda _: True  # type: ignore[assignment, method-assign]
