"""A subject on the terminal: two sources and two console sessions, side by side where there is room."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from parity.consoles.transcript import PROMPTS, Transcript
from parity.fixture.model import Fixture

NARROW = 100  # below this many columns the two languages stand one below the other


def column_width(width: int) -> int:
    """How many characters one side has: the width to give to the console sessions."""
    return (width - 5) // 2 if width >= NARROW else width - 2


def render_show(
    fixture: Fixture,
    *,
    python_source: str,
    r_source: str,
    python_transcript: Transcript | None,
    r_transcript: Transcript | None,
    width: int,
) -> RenderableType:
    """Something that rich prints within `width` columns; nothing is cut, long lines go on below."""
    about = fixture.about.get("en") or next(iter(fixture.about.values()), "")
    parts: list[RenderableType] = [Text(fixture.name, style="bold"), Text(about), Text()]
    parts.append(_pair(_code(python_source, "python"), _code(r_source, "r"), width))
    if python_transcript and r_transcript:
        parts.append(_pair(_session(python_transcript), _session(r_transcript), width))
    else:
        why = "No case of this subject can be typed by hand on both sides"
        parts.append(Text(f"{why}: each is too large, begins with a seed, or is of one language alone."))
    return Group(*parts)


def _pair(python: RenderableType, r: RenderableType, width: int) -> RenderableType:
    if width >= NARROW:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), width=width, header_style="bold")
        table.add_column("Python", ratio=1, overflow="fold")
        table.add_column("R", ratio=1, overflow="fold")
        table.add_row(python, r)
        return table
    stacked = Table(box=None, show_header=False, pad_edge=False, padding=(0, 0), width=width)
    stacked.add_column(overflow="fold")
    for name, side in (("Python", python), ("R", r)):
        stacked.add_row(Text(name, style="bold underline"))
        stacked.add_row(side)
        stacked.add_row("")
    return stacked


def _code(source: str, language: str) -> RenderableType:
    if not source.strip():
        return Text("the text of this side is not at hand", style="dim")
    text = Syntax("", language, theme="ansi_dark", background_color="default").highlight(source.rstrip("\n"))
    text.rstrip()
    text.no_wrap, text.overflow = False, "fold"  # Syntax would cut a long line off
    return text


def _session(transcript: Transcript) -> Text:
    """Prompts dim, what was typed as it is, what was printed plain: readable on light and dark terminals alike."""
    first, more = PROMPTS[transcript.language]
    text = Text()
    for entry in transcript.shortened().entries:
        for number, line in enumerate(entry.source):
            text.append(more if number else first, style="dim")
            text.append(f"{line}\n", style="bold")
        text.append(entry.output)
    text.rstrip()
    return text
