"""A page's Markdown as Sphinx reads it: its headings, and between them the HTML of the plain pages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from parity.reports.pages.html import Heading, pieces, to_html

UNDERLINES = "=-~^\"'"


def page_source(markdown: str, places: Mapping[str, str], name: str, instead: Mapping[str, str] | None = None) -> str:
    """`places` maps what links say to where it is, seen from the page; a page without a heading is called by `name`.
    `instead` gives, for the words of a heading, what stands below it in place of the page's own text."""
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
        if heading is not None and instead and heading.words in instead:
            parts.append(instead[heading.words])
        elif text.strip():
            parts.append(_raw(_framed(to_html(text, places))))
    return "\n".join(parts)


def escaped(words: str) -> str:
    return re.sub(r"([\\*`|_<>\[\]:])", r"\\\1", " ".join(words.split()))


def _raw(text: str) -> str:
    indented = "".join(f"   {line}\n" for line in text.rstrip("\n").split("\n"))
    return f".. raw:: html\n\n{indented}"


def _framed(text: str) -> str:
    """A frame around each block, in which the button that copies it stands."""
    framed = re.sub(r'<pre class="code ([^"]*)"', r'<div class="highlight"><pre class="code \1"', text)
    framed = framed.replace("</code></pre>", "</code></pre></div>")
    # What is wider than a telephone moves within its frame, which the keyboard has to reach.
    return framed.replace('<div class="formula">', '<div class="formula" tabindex="0">')
