"""Several runs in one picture: what the directive `curves` asks for, and what it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parity.evidence.trajectory import TrajectoryResult
from parity.reports.pages.markdown import Markdown, code, image
from parity.reports.pages.tables import number
from parity.reports.plots import Curve

Words = Mapping[str, str]
SIDES = (("python", "Python"), ("r", "R"))


@dataclass(frozen=True)
class CurvesRequest:
    """Which values of which cases; without cases, of all."""

    values: tuple[str, ...]
    cases: tuple[str, ...]


def curves_request(lines: Sequence[str]) -> CurvesRequest:
    """`value: NAME`, one or two names, and then a case a line. Raises ValueError."""
    first, *cases = lines or ("",)
    name, mark, value = (part.strip() for part in first.partition(":"))
    values = tuple(value.split())
    if name != "value" or not mark or not 1 <= len(values) <= 2:
        raise ValueError(f"{first!r} in curves; expected `value: NAME`, or two names, and then a case a line")
    return CurvesRequest(values, tuple(dict.fromkeys(cases)))


def curves_of(request: CurvesRequest, runs: Mapping[str, TrajectoryResult]) -> tuple[Curve, ...]:
    """The curves of both sides. Raises ValueError where a run has no such value, or a side has nothing of it."""
    curves = []
    for case, run in runs.items():
        for value in request.values:
            series = value in run.series
            numbers = (run.series if series else run.scalars).get(value)
            if numbers is None:
                there = ", ".join([*run.series, *run.scalars])
                raise ValueError(f"{case} has no {value} at its steps or checkpoints; it has {there or 'none'}")
            steps = range(1, run.made + 1) if series else [checkpoint.step for checkpoint in run.checkpoints]
            for side, _ in SIDES:
                points = tuple(zip(steps, numbers.get(side, ()), strict=False))
                curves.append(Curve(side=side, name=case, value=value, points=points))
    return tuple(curves)


def curves(drawn: Sequence[Curve], request: CurvesRequest, name: str | None, words: Words) -> Markdown:
    """A sentence, and the image of that file's name."""
    sides = [[(c.name, c.value, step, y) for c in drawn if c.side == side for step, y in c.points] for side, _ in SIDES]
    places = [[place for *place, _ in points] for points in sides]
    values = ", ".join(code(value) for value in request.values)
    runs = len({curve.name for curve in drawn})
    if places[0] != places[1]:
        note = words["curves_alone"].format(values=values, runs=runs)
    else:
        # Two infinities or two that are not numbers are no difference; one alone is as large as can be.
        apart = [0.0 if a == b or (a != a and b != b) else abs(a - b) for (*_, a), (*_, b) in zip(*sides, strict=True)]
        most = max((float("inf") if d != d else d for d in apart), default=0.0)
        note = words["curves_note"].format(values=values, runs=runs, value=number(most))
    drawing = words["no_plot"] if name is None else image(words["curves_alt"].format(runs=runs), name)
    return Markdown(f"{note}\n\n{drawing}")


__all__ = ["Curve", "CurvesRequest", "curves", "curves_of", "curves_request"]
