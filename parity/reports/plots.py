"""Plots as SVG: a trajectory's curves and differences, and matrices as pictures.

Drawn by matplotlib, which is imported only when a plot is made (the extra `plots`): without it that is an
ImportError. The same result gives the same file, byte by byte. Text stays text, names are shown as they are, and the
colours follow the reader's light or dark setting inside the file, on a ground of their own.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parity.evidence.trajectory import TrajectoryResult
from parity.reports.trajectories import differences, names

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A matrix of both sides as images, by side; points as (x, y, class)."""

    call: str
    value: str
    images: Mapping[str, Rows]
    extent: tuple[float, float, float, float] | None = None
    points: Mapping[str, Rows] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One value of one run on one side, as (step, number)."""

    side: str
    name: str
    value: str
    points: tuple[tuple[int, float], ...]


# Each colour with the one that takes its place in the dark. Okabe and Ito's, which colour-blind readers can tell
# apart; every line has its own dashes or markers besides.
_PAPER, _INK, _SOFT, _LINE = (
    ("#fdfdfc", "#1f2226"),
    ("#23262b", "#dcdfe4"),
    ("#5f6570", "#a2a9b3"),
    ("#d9dcdf", "#41464d"),
)
_PYTHON, _R = ("#0072b2", "#56b4e9"), ("#d55e00", "#f0913a")
_VALUES = (
    ("#0073b3", "#57b5ea"),
    ("#d55f01", "#f1923b"),
    ("#007a5a", "#2ebd94"),
    ("#a8457f", "#dd8fbc"),
    ("#8a6500", "#e0b030"),
    ("#3b3f8f", "#9fa4f0"),
    ("#555555", "#bbbbbb"),
    ("#8c2d2d", "#e08a8a"),
)
_MARKERS = "os^DvPX*"
_CLASSES = (
    ("#cfe3f2", "#1d4a66"),
    ("#fbdcc4", "#70401a"),
    ("#cdeadf", "#1c5746"),
    ("#f3d7e7", "#65375a"),
    ("#f6ecc0", "#5f5318"),
    ("#dcdcf5", "#3c3f73"),
    ("#e3e3e3", "#4a4d52"),
    ("#e9d3cc", "#5c3a33"),
)
_POINTS = (
    ("#00527f", "#8fd0f8"),
    ("#9c4400", "#ffb877"),
    ("#00563f", "#6ee0bd"),
    ("#7c2f5c", "#f2b5d6"),
    ("#664b00", "#f3d266"),
    ("#25286b", "#c3c6ff"),
    ("#3a3a3a", "#d6d6d6"),
    ("#661f1f", "#f5b1b1"),
)
_THEMED = (_PAPER, _INK, _SOFT, _LINE, _PYTHON, _R, *_VALUES, *_CLASSES, *_POINTS)

_WIDTH = 500 / 72  # inches: on a telephone the letters are still of a size to be read
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "parity",
    # A name is shown letter by letter, with its dollars, never as a formula.
    "text.parse_math": False,
    "text.usetex": False,
    "font.size": 11.5,
    "axes.titlesize": 11.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "legend.fontsize": 10.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.linewidth": 0.6,
    "figure.facecolor": _PAPER[0],
    "savefig.facecolor": _PAPER[0],
    "axes.facecolor": _PAPER[0],
    "text.color": _INK[0],
    "axes.labelcolor": _SOFT[0],
    "axes.edgecolor": _SOFT[0],
    "axes.titlecolor": _INK[0],
    "xtick.color": _SOFT[0],
    "ytick.color": _SOFT[0],
    "grid.color": _LINE[0],
}
_FAMILY = 'system-ui, -apple-system, "Segoe UI", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", sans-serif'
_ENOUGH = 400  # pairs of points across the width; more could not be told apart


def trajectory_svg(run: TrajectoryResult, *, rtol: float, atol: float) -> str:
    """One panel for each series with both languages' curves, and one with the differences on a logarithmic axis.

    A difference of zero stands on a line of its own at the bottom. Dashed: what is allowed (atol + rtol |value|) to
    the first series, or atol; dotted and upright: the step at which the tolerance is first exceeded.
    """
    series = list(run.series)[:4]
    heights = [2.3] * len(series) + [3.3]
    with _drawing(sum(heights)) as figure:
        panels = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        for name, axes in zip(series, panels, strict=False):
            _curves(axes, name, run.series[name])
        _differences(panels[-1], run, rtol, atol)
        panels[-1].set_xlabel("step")
        panels[-1].set_xlim(left=0, right=max(run.made, 1) * 1.01)
        return _svg(figure)


def picture_svg(picture: Picture) -> str:
    """The matrix of both sides as images with one scale, row 0 at the bottom, and the points on them."""
    with _drawing(3.9) as figure:
        sides = [(title, picture.images[side]) for side, title in _SIDES if picture.images.get(side)]
        points = [picture.points.get(side, ()) for side, _ in _SIDES if picture.images.get(side)]
        numbers = sorted({cell for _, rows in sides for row in rows for cell in row if math.isfinite(cell)})
        classes = numbers if len(numbers) <= len(_CLASSES) and all(n == int(n) >= 0 for n in numbers) else []
        panels = figure.subplots(1, max(len(sides), 1), sharex=True, sharey=True, squeeze=False)[0]
        for (title, rows), marks, axes in zip(sides, points, panels, strict=False):
            axes.set_title(title)
            axes.grid(False)
            _image(axes, rows, picture.extent, classes, numbers)
            _points(axes, marks)
        return _svg(figure)


def curves_svg(curves: Sequence[Curve]) -> str:
    """A panel for each side, on one scale: a colour for each run, dashes for the second value of each."""
    runs = list(dict.fromkeys(curve.name for curve in curves))
    values = list(dict.fromkeys(curve.value for curve in curves))
    with _drawing(3.3 + 0.3 * math.ceil(len(runs) * len(values) / 2)) as figure:
        panels = figure.subplots(1, len(_SIDES), sharex=True, sharey=True, squeeze=False)[0]
        for (side, title), axes in zip(_SIDES, panels, strict=True):
            axes.set_title(title)
            axes.set_xlabel("step")
            for curve in curves:
                if curve.side != side:
                    continue
                steps, numbers = _thinned(curve.points, both=True)
                number, dashed = runs.index(curve.name), values.index(curve.value) > 0
                axes.plot(
                    steps,
                    numbers,
                    color=_VALUES[number % len(_VALUES)][0],
                    linewidth=1.5,
                    linestyle=(0, (4, 2)) if dashed else "-",
                    marker=_MARKERS[number % len(_MARKERS)],
                    markersize=4.5,
                    markevery=max(1, len(steps) // 6),
                    label=f"{_label(curve.name)}, {_label(curve.value)}" if len(values) > 1 else _label(curve.name),
                )
        if len(values) == 1:
            panels[0].set_ylabel(_label(values[0]))
        lines, titles = panels[0].get_legend_handles_labels()
        figure.legend(lines, titles, loc="outside lower left", ncols=2, handlelength=2.6)
        return _svg(figure)


_SIDES = (("python", "Python"), ("r", "R"))


@contextlib.contextmanager
def _drawing(height: float) -> Iterator[Figure]:
    """An empty figure under our settings and no others: a reader's own settings would change the file."""
    import matplotlib
    from matplotlib.figure import Figure

    log = logging.getLogger("matplotlib")
    level = log.level
    # A letter that the measuring font lacks is drawn by the reader's font.
    log.setLevel(logging.ERROR)
    try:
        with matplotlib.rc_context(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(_SETTINGS)
            yield Figure(figsize=(_WIDTH, height), layout="constrained")
    finally:
        log.setLevel(level)


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    whole = buffer.getvalue()
    dark = "".join(
        f'[style*="{part}: {light}"] {{ {part}: {other} !important }} '
        for light, other in _THEMED
        for part in ("fill", "stroke")
    )
    style = f"text {{ font-family: {_FAMILY} !important }}\n@media (prefers-color-scheme: dark) {{ {dark}}}"
    whole = re.sub(r"\s*<metadata>.*?</metadata>", "", whole, count=1, flags=re.DOTALL)
    return whole.replace("</svg>", f"<style>{style}</style>\n</svg>")


def _curves(axes: Axes, name: str, sides: Mapping[str, Sequence[float]]) -> None:
    axes.set_title(_label(name))
    lines, titles = [], []
    looks: dict[str, dict[str, Any]] = {
        "python": {"color": _PYTHON[0], "linewidth": 2.8, "alpha": 0.55},
        # Dashed and on top: where the two coincide both are still seen.
        "r": {"color": _R[0], "linewidth": 1.1, "linestyle": (0, (5, 3))},
    }
    for side, title in _SIDES:
        if sides.get(side):
            steps, numbers = _thinned(list(enumerate(sides[side], start=1)), both=True)
            lines += axes.plot(steps, numbers, **looks[side])
            titles.append(title)
    axes.legend(lines, titles, loc="best", ncols=2)


def _differences(axes: Axes, run: TrajectoryResult, rtol: float, atol: float) -> None:
    axes.set_title("| Python − R |")
    axes.set_yscale("log")
    points = {name: [(s, d) for s, d in differences(run, name) if math.isfinite(d)] for name in names(run)}
    # The furthest apart first, where there are more values than can be told apart.
    largest = sorted(points, key=lambda name: -max((d for _, d in points[name]), default=0.0))[: len(_VALUES)]
    curve = _tolerance_curve(run, rtol, atol)
    positive = [d for name in largest for _, d in points[name] if d > 0] + [a for _, a in curve if a > 0]
    low = math.floor(math.log10(min(positive, default=1e-16)))
    high = math.ceil(math.log10(max(positive, default=1e-15)) + 1e-9)
    zero = 10.0 ** (low - max(1.0, (high - low) / 9))
    lines, titles = [], []
    for number, name in enumerate(n for n in points if n in largest):
        steps, sizes = _thinned(points[name], both=False)
        dense = name in run.series
        lines += axes.plot(
            steps,
            [size or zero for size in sizes],
            color=_VALUES[number][0],
            linewidth=1.4,
            # A series jumps between 0 and a unit in the last place: dots, since a line would be a hedge.
            linestyle="" if dense else "-",
            marker="." if dense else _MARKERS[number],
            markersize=2.6 if dense else 4.5,
            markeredgewidth=0.5 if dense else 1.0,
            markevery=1 if dense else max(1, len(steps) // 25),
        )
        titles.append(_label(name))
    if any(a > 0 for _, a in curve):
        steps, sizes = _thinned(curve, both=False)
        lines += axes.plot(steps, sizes, color=_INK[0], linewidth=1.1, linestyle=(0, (6, 3)))
        titles.append("allowed")
    if run.departure is not None:
        lines.append(axes.axvline(run.departure.step, color=_INK[0], linewidth=1.1, linestyle=":"))
        titles.append(f"step {run.departure.step:,}")
    _decades(axes, low, high, zero if any(d == 0 for name in largest for _, d in points[name]) else None)
    legend = axes.legend(lines, titles, loc="upper left", bbox_to_anchor=(0, -0.2), ncols=3, handlelength=2.6)
    for handle in legend.get_lines():
        if handle.get_marker() == ".":
            handle.set_markersize(7)  # alone, a dot of the plot's size would not be seen


def _tolerance_curve(run: TrajectoryResult, rtol: float, atol: float) -> list[tuple[int, float]]:
    for sides in run.series.values():
        pairs = enumerate(sides.get("python", ()), start=1)
        return [(step, atol + rtol * abs(value)) for step, value in pairs if math.isfinite(value)]
    return [(1, atol), (max(run.made, 2), atol)]


def _decades(axes: Axes, low: int, high: int, zero: float | None) -> None:
    """Ticks at whole powers of ten, at most eight of them, and one called 0 below where there are zeros."""
    from matplotlib.ticker import NullLocator

    stride = max(1, math.ceil((high - low) / 7))
    exponents = list(range(low, high + 1, stride))
    ticks = [10.0**n for n in exponents]
    titles = [f"1e{n:+d}" if n else "1" for n in exponents]
    if zero is not None:
        ticks, titles = [zero, *ticks], ["0", *titles]
    axes.set_yticks(ticks, titles)
    axes.yaxis.set_minor_locator(NullLocator())
    margin = (high - low) / 25
    axes.set_ylim((zero or 10.0**low) / 10**margin, 10.0 ** (high + margin))


def _thinned(points: Sequence[tuple[int, float]], *, both: bool) -> tuple[list[int], list[float]]:
    """Of each stretch the largest (and with `both` the smallest) point, where it stands: no peak is lost."""
    if len(points) > 2 * _ENOUGH:
        extremes: list[tuple[int, float]] = []
        for part in range(_ENOUGH):
            stretch = points[part * len(points) // _ENOUGH : (part + 1) * len(points) // _ENOUGH]
            ends = {max(stretch, key=_size)} | ({min(stretch, key=_size)} if both else set())
            extremes += sorted(ends)
        points = extremes
    return [step for step, _ in points], [value for _, value in points]


def _size(point: tuple[int, float]) -> float:
    return point[1] if not math.isnan(point[1]) else -math.inf


def _image(
    axes: Axes,
    rows: Sequence[Sequence[float]],
    extent: tuple[float, float, float, float] | None,
    classes: Sequence[float],
    numbers: Sequence[float],
) -> None:
    height, width = len(rows), max(map(len, rows), default=0)
    left, right, bottom, top = extent or (-0.5, width - 0.5, -0.5, height - 0.5)
    if not classes:
        axes.imshow(
            rows,
            origin="lower",
            extent=(left, right, bottom, top),
            cmap="cividis",
            interpolation="none",
            aspect="equal" if extent is None else "auto",
            vmin=numbers[0] if numbers else None,
            vmax=numbers[-1] if numbers else None,
        )
        axes.set_box_aspect(1 if extent else None)
        return
    # Rectangles rather than pixels: they change colour with the rest in the dark, and stay sharp.
    from matplotlib.collections import PolyCollection

    dx, dy = (right - left) / width, (top - bottom) / height
    for value in classes:
        corners = []
        for i, row in enumerate(rows):
            for start, stop in _runs(row, value):
                x0, x1, y0, y1 = left + start * dx, left + stop * dx, bottom + i * dy, bottom + (i + 1) * dy
                corners.append([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        colour = _CLASSES[classes.index(value)][0]
        # An edge of the same colour closes the hair between neighbours.
        axes.add_collection(PolyCollection(corners, facecolors=colour, edgecolors=colour, linewidths=0.4))
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_box_aspect(abs(top - bottom) / abs(right - left))
    if height > 1 and width > 1:
        xs = [left + (j + 0.5) * dx for j in range(width)]
        ys = [bottom + (i + 0.5) * dy for i in range(height)]
        for value in classes if len(classes) > 1 else ():
            inside = [[float(cell == value) for cell in row] for row in rows]
            axes.contour(xs, ys, inside, levels=[0.5], colors=_SOFT[0], linewidths=0.7)


def _runs(row: Sequence[float], value: float) -> Iterator[tuple[int, int]]:
    """Where in a row the value stands, as stretches from start up to stop."""
    start = None
    for j, cell in enumerate([*row, math.nan]):
        if cell == value and start is None:
            start = j
        elif cell != value and start is not None:
            yield start, j
            start = None


def _points(axes: Axes, marks: Sequence[Sequence[float]]) -> None:
    rows = [mark for mark in marks if len(mark) >= 3 and all(map(math.isfinite, mark[:3]))]
    kinds = sorted({mark[2] for mark in rows})
    for number, kind in enumerate(kinds):
        here = [mark for mark in rows if mark[2] == kind]
        axes.plot(
            [mark[0] for mark in here],
            [mark[1] for mark in here],
            linestyle="",
            marker=_MARKERS[number % len(_MARKERS)],
            markersize=2.8,
            markerfacecolor=_POINTS[number % len(_POINTS)][0],
            markeredgecolor=_POINTS[number % len(_POINTS)][0],
            markeredgewidth=0.3,
        )


def _label(name: str) -> str:
    """A name as a label. One that begins with an underscore would be left out of a legend."""
    return f"\u200b{name}" if name.startswith("_") else name
