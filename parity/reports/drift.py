"""How what a side gives has drifted from what was recorded, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from parity.reports.terminal import size
from parity.verify.record import Drift, Moved


def lines(drift: Drift) -> Iterator[str]:
    """A line for the fixture, then one for each thing that is not what it was."""
    beyond = sum(not moved.ok for moved in drift.moved)
    within = len(drift.moved) - beyond
    parts = [f"{beyond} beyond the tolerance"] if beyond else []
    parts += [f"{within} moved within the tolerance"] if within else []
    if not drift.moved and not drift.problems:
        parts.append("as recorded, bit for bit")
    if drift.problems:
        parts.append("not compared" if drift.count == 0 else "not compared in full")
    yield f"{drift.path}: {', '.join(parts)}"
    yield from (f"  {line}" for line in drift.environment)
    yield from (f"  {problem}" for problem in drift.problems)
    yield from (f"  {_line(moved)}" for moved in drift.moved)


def _line(moved: Moved) -> str:
    place = " / ".join(filter(None, (moved.case, moved.call, moved.name)))
    far = [] if moved.absolute is None else [f"by {size(moved.absolute)}"]
    far += [] if moved.ulp is None else [f"{size(moved.ulp)} ulp"]
    return f"{'within' if moved.ok else 'BEYOND'}  {place}: {', '.join([*far, moved.message])}"
