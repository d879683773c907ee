"""Matrices of both sides as images: what the directive `plot` asks for, and what it becomes."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from parity.fixture.model import Case, Fixture
from parity.reports.pages.markdown import Markdown, code, image
from parity.reports.plots import Picture
from parity.subjects import MisfitError
from parity.subjects.observation import Leaf
from parity.verify.case import subjects

Words = Mapping[str, str]
Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class PlotRequest:
    """Which matrix of which call of which case, the corners of the plane that it lies in, and points on it."""

    case: str
    call: str
    value: str
    extent: tuple[float, float, float, float] | None = None
    points: str | None = None


def plot_request(lines: tuple[str, ...]) -> PlotRequest:
    """`call: boundary` and the like, a line each. Raises ValueError."""
    fields: dict[str, str] = {}
    for line in lines:
        name, mark, value = (part.strip() for part in line.partition(":"))
        if not mark or name not in ("case", "call", "value", "extent", "points") or not value or name in fields:
            raise ValueError(f"{line!r} in a plot; expected one line each of case, call, value, extent, points")
        fields[name] = value
    for name in ("case", "call", "value"):
        if name not in fields:
            raise ValueError(f"a plot without a line `{name}: ...`")
    extent = None
    if "extent" in fields:
        numbers = [float(word) for word in fields["extent"].split()]
        if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
            raise ValueError(f"the extent {fields['extent']!r}; expected four numbers: left, right, bottom, top")
        extent = (numbers[0], numbers[1], numbers[2], numbers[3])
    return PlotRequest(fields["case"], fields["call"], fields["value"], extent, fields.get("points"))


def picture_of(request: PlotRequest, fixture: Fixture, case: Case) -> Picture | None:
    """What both sides give for it when the case is carried out once more; None where neither gives a matrix."""
    values: dict[str, Mapping[str, Leaf]] = {}
    with contextlib.ExitStack() as stack:
        sides = subjects(fixture)
        for subject in sides:
            stack.callback(subject.close)
        for subject in sides:
            with contextlib.suppress(MisfitError):
                for observation in subject.observe(case):
                    if observation.do == request.call:
                        values[subject.name] = observation.values
    images = {side: rows for side, of_side in values.items() if (rows := _rows(of_side.get(request.value)))}
    points = {side: rows for side, of_side in values.items() if (rows := _rows(of_side.get(request.points or "")))}
    return Picture(request.call, request.value, images, request.extent, points) if images else None


def _rows(value: Leaf | None) -> Rows:
    """A matrix of numbers by rows; nothing for anything else."""
    array = getattr(value, "values", value)
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind not in "fiub":
        return ()
    return tuple(tuple(map(float, row)) for row in array)


def picture(of: Picture, name: str | None, words: Words) -> Markdown:
    """A sentence, and the image of that file's name."""
    return Markdown("\n\n".join(_parts(of, name, words)))


def _parts(of: Picture, name: str | None, words: Words) -> Iterator[str]:
    sides = [of.images[side] for side in ("python", "r") if of.images.get(side)]
    count = max((sum(map(len, rows)) for rows in sides), default=0)
    fields = {"call": code(of.call), "value": code(of.value), "count": f"{count:,}"}
    if len(sides) < 2 or [len(row) for row in sides[0]] != [len(row) for row in sides[1]]:
        yield words["picture_alone"].format(**fields)
    else:
        different = sum(
            a != b and not (math.isnan(a) and math.isnan(b))
            for left, right in zip(*sides, strict=True)
            for a, b in zip(left, right, strict=True)
        )
        yield words["picture_note"].format(**fields, differing=f"{different:,}")
    if name is not None:
        yield image(words["picture_alt"].format(value=of.value), name)
    elif sides:
        yield words["no_plot"]
