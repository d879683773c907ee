"""A page's Markdown as Sphinx reads it: its headings, and between them the HTML of the plain pages."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from parity.reports.pages.html import Heading, pieces, to_html

UNDERLINES = "=-~^\"'"


def page_source(markdown: str, places: Mapping[str, str], name: str) -> str:
    """`places` maps what links say to where it is, seen from the page; a page without a heading is called by `name`."""
    parts: list[str] = []
    deepest = 0
    cut = [*pieces(markdown)]
    if all(heading is None for heading, _ in cut):
        cut = [(Heading(1, name), text) for _, text in cut]
    for heading, text in cut:
        if heading is not None:
            # Sphinx has no heading below one that is missing.
            level = min(heading.level, deepest + 1)
            deepest = level
            # The escaped blank is no text, and keeps "- x" and "1. x" from being a list.
            title = f"\\ {escaped(heading.words) or escaped(name)}"
            parts.append(f"{title}\n{UNDERLINES[level - 1] * (2 * len(title) + 2)}\n")
        if text.strip():
            parts.append(_raw(_framed(to_html(text, places))))
    return "\n".join(parts)


def escaped(words: str) -> str:
    return re.sub(r"([\\*`|_<>\[\]:])", r"\\\1", " ".join(words.split()))


def _raw(text: str) -> str:
    indented = "".join(f"   {line}\n" for line in text.rstrip("\n").split("\n"))
    return f".. raw:: html\n\n{indented}"


NARROW = 46
"""The most characters of a line in a pair of blocks that stand side by side where there is room."""

_PAIR = re.compile(r'<div class="pair">(.*?)</div></div>', re.DOTALL)
_BLOCK = re.compile(r"<pre[^>]*>(.*?)</pre>", re.DOTALL)


def _framed(text: str) -> str:
    """A frame around each block, in which the button that copies it stands; a pair is narrow or not."""
    text = _PAIR.sub(
        lambda pair: f'<div class="pair{" narrow" if _is_narrow(pair[1]) else ""}">{pair[1]}</div></div>', text
    )
    framed = re.sub(r'<pre class="code ([^"]*)"', r'<div class="highlight"><pre class="code \1"', text)
    return framed.replace("</code></pre>", "</code></pre></div>")


def _is_narrow(pair: str) -> bool:
    lines = [line for block in _BLOCK.findall(pair) for line in re.sub(r"<[^>]+>", "", block).splitlines()]
    return max((len(html.unescape(line)) for line in lines), default=0) <= NARROW
