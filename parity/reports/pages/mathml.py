"""Formulas for HTML: LaTeX to MathML, and nothing but MathML."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

from latex2mathml.converter import convert

_SPACE = "http://www.w3.org/1998/Math/MathML"
_ELEMENTS = frozenset(
    """math mrow mi mn mo mtext mspace ms mfrac msqrt mroot mstyle mpadded mphantom mfenced menclose msub msup msubsup
    munder mover munderover mmultiscripts mtable mtr mtd merror""".split()  # noqa: SIM905
)
_ATTRIBUTES = frozenset(
    """display mathvariant stretchy fence separator form lspace rspace minsize maxsize movablelimits accent accentunder
    largeop symmetric linethickness columnalign rowspacing columnspacing columnlines rowlines width height depth
    displaystyle scriptlevel linebreak notation open close separators""".split()  # noqa: SIM905
)
_LESS, _MORE = "\ue000", "\ue001"


def mathml(latex: str) -> str:
    """A block formula; what cannot be converted is shown as it was written."""
    # The converter does not escape what stands in \text, so angle brackets go around it under another name.
    safe = latex.replace("<", _LESS).replace(">", _MORE)
    safe = re.sub(r"\\(begin|end)\{(aligned|align\*?|gathered|split)\}", r"\\\1{matrix}", safe)
    try:
        tree = ElementTree.fromstring(re.sub(r"&(?!#?\w+;)", "&amp;", convert(safe, display="block")))
    except Exception:  # whatever the converter makes of a broken formula, the page is still written
        return f'<pre class="formula"><code>{html.escape(latex)}</code></pre>\n'
    _only_mathml(tree)
    ElementTree.register_namespace("", _SPACE)
    markup = ElementTree.tostring(tree, encoding="unicode")
    return '<div class="formula">' + markup.replace(_LESS, "&lt;").replace(_MORE, "&gt;") + "</div>\n"


def _only_mathml(element: ElementTree.Element) -> None:
    if element.tag.removeprefix(f"{{{_SPACE}}}") not in _ELEMENTS:
        element.tag = f"{{{_SPACE}}}mrow"
    for name in [name for name in element.attrib if name not in _ATTRIBUTES]:
        del element.attrib[name]
    if element.tag == f"{{{_SPACE}}}mi" and (element.text or "") in (_LESS, _MORE):
        element.tag = f"{{{_SPACE}}}mo"
    for child in element:
        _only_mathml(child)
    _join_letters(element)
    _embrace_tables(element)


def _join_letters(element: ElementTree.Element) -> None:
    r"""\mathrm{out} arrives as three letters, which a browser spaces like a product: make it one word."""
    children = list(element)
    letters = [c for c in children if c.tag == f"{{{_SPACE}}}mi" and c.get("mathvariant") == "normal" and c.text]
    if len(children) > 1 and len(letters) == len(children):
        for child in children[1:]:
            element.remove(child)
        children[0].text = "".join(c.text or "" for c in letters)


def _embrace_tables(element: ElementTree.Element) -> None:
    """A matrix and its brackets become one group: only at the ends of a group do brackets grow with what they hold."""
    at = 0
    while at + 3 <= len(element):
        before, table, after = list(element)[at : at + 3]
        if table.tag == f"{{{_SPACE}}}mtable" and before.tag == after.tag == f"{{{_SPACE}}}mo" and len(element) > 3:
            group = ElementTree.Element(f"{{{_SPACE}}}mrow")
            for child in (before, table, after):
                element.remove(child)
                group.append(child)
            before.set("stretchy", "true")
            after.set("stretchy", "true")
            element.insert(at, group)
        at += 1
