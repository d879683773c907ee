"""The same Markdown as HTML: one renderer, two columns, highlighted code, MathML, no script."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from parity.reports.pages.markdown import PAIR_CLOSE, PAIR_NEXT, PAIR_OPEN
from parity.reports.pages.mathml import mathml

_SIDES = {
    PAIR_OPEN: '<div class="pair"><div class="side"><p class="tongue">Python</p>\n',
    PAIR_NEXT: '</div><div class="side"><p class="tongue">R</p>\n',
    PAIR_CLOSE: "</div></div>\n",
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
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def title_of(markdown: str) -> str:
    """The text of the first heading, without markup."""
    tokens = _PARSER.parse(markdown)
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            return "".join(child.content for child in tokens[number + 1].children or [])
    return ""


def _fence(tokens: Sequence[Token], at: int) -> str:
    language = tokens[at].info.strip().split(" ")[0]
    content = tokens[at].content
    if language == "math":
        return mathml(content)
    return code_html(content, language)


def code_html(content: str, language: str) -> str:
    """A highlighted block that scrolls inside itself."""
    try:
        # The console lexers read whole lines: without its line end the last one would be lost.
        lexer = get_lexer_by_name(language or "text", stripnl=False)
        inside = highlight(content.rstrip("\n") + "\n", lexer, HtmlFormatter(nowrap=True))
    except ClassNotFound:
        inside, language = html.escape(content), "text"
    return f'<pre class="code {html.escape(language)}" tabindex="0"><code>{inside.rstrip()}</code></pre>\n'


def _own_html(tokens: Sequence[Token], at: int) -> str:
    content = tokens[at].content
    return _SIDES.get(content, html.escape(content))


def _foreign_html(tokens: Sequence[Token], at: int) -> str:
    return html.escape(tokens[at].content)


def _constant(written: str) -> Callable[[Sequence[Token], int], str]:
    return lambda *_: written


def _rule(written: Callable[[Sequence[Token], int], str]) -> Callable[..., str]:
    """A function of the token as the renderer calls it: with itself first, and its options last."""
    return lambda _renderer, tokens, at, *_: written(tokens, at)


def _text(tokens: Sequence[Token], at: int) -> str:
    words = html.escape(tokens[at].content, quote=False)
    return _VERDICT.sub(lambda found: f'<span class="verdict {_SIGNS[found[1]]}">{found[0]}</span>', words)


def _name_headings(tokens: Sequence[Token]) -> None:
    """An id for each heading, from its words, and never the same twice on a page."""
    used: set[str] = set()
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            words = "".join(child.content for child in tokens[number + 1].children or [])
            plain = re.sub(r"[^\w]+", "-", words.lower()).strip("-") or "part"
            name, count = plain, 2
            while name in used:
                name, count = f"{plain}-{count}", count + 1
            used.add(name)
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
    return parser


_PARSER = _parser()
