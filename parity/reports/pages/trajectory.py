"""How a case went, beyond its verdicts: a trajectory step by step, matrices as pictures, a printed table beside.

Every word and number here comes of a result. The plots are files of their own, which both languages show.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from parity.evidence.compare import python_index, r_index
from parity.evidence.trajectory import Departure, TrajectoryResult
from parity.fixture.model import Beside, Case, Fixture
from parity.reports import plots
from parity.reports.pages.labels import said
from parity.reports.pages.markdown import Markdown, code, image, table, text
from parity.reports.pages.tables import number
from parity.reports.trajectories import apart, first_beyond, largest, outcome
from parity.verify.results import CaseResult, FixtureResult, PictureResult

Words = Mapping[str, str]

ROWS = 20  # checkpoints in a table; of more, every n-th is shown


@dataclass(frozen=True)
class Figures:
    """The files of one case's plots; None for one that could not be drawn, because matplotlib is missing."""

    trajectory: str | None = None
    pictures: tuple[str | None, ...] = ()


def shown(case: Case, result: CaseResult) -> bool:
    """Whether there is anything to show of the case beside its verdicts."""
    return bool(result.trajectory or result.pictures or case.beside)


def pairs(fixture: Fixture, result: FixtureResult) -> list[tuple[Case, CaseResult]]:
    """The cases that were run and have something to show."""
    cases = {case.id: case for case in fixture.cases}
    return [(cases[r.id], r) for r in result.cases if r.id in cases and shown(cases[r.id], r)]


def draw(page: str, fixture: Fixture, result: FixtureResult) -> tuple[dict[str, Figures], dict[str, str]]:
    """The figures by case, and the files that they name: `PAGE-1.svg`, `PAGE-2.svg`, ..."""
    figures: dict[str, Figures] = {}
    files: dict[str, str] = {}

    def drawn(make: Callable[[], str]) -> str | None:
        try:
            svg = make()
        except ImportError:
            return None
        name = f"{page}-{len(files) + 1}.svg"
        files[name] = svg
        return name

    for case, found in pairs(fixture, result):
        run, tolerance = found.trajectory, case.tolerance
        curve = None
        if run is not None and run.made:
            curve = drawn(lambda r=run, t=tolerance: plots.trajectory_svg(r, rtol=t.rtol, atol=t.atol))  # type: ignore[misc]
        images = tuple(
            drawn(lambda p=picture: plots.picture_svg(p)) if any(picture.images.values()) else None  # type: ignore[misc]
            for picture in ()
        )
        figures[found.id] = Figures(curve, images)
    return figures, files


def heading(found: Sequence[tuple[Case, CaseResult]], words: Words) -> str:
    if any(result.trajectory for _, result in found):
        return words["course"]
    return words["pictures"] if any(getattr(result, "pictures", ()) for _, result in found) else words["beside"]


def course(case: Case, result: CaseResult, figures: Figures, words: Words, language: str) -> Markdown:
    """Everything about one case, from its words to its pictures."""
    return Markdown("\n\n".join(part.rstrip("\n") for part in _parts(case, result, figures, words, language) if part))


def _parts(case: Case, result: CaseResult, figures: Figures, words: Words, language: str) -> Iterator[Markdown]:
    run = result.trajectory
    if run is not None:
        yield _story(result, run, words)
        if run.made:
            yield _plot(run, figures.trajectory, words)
            yield _apart_table(run, words)
    if case.beside is not None:
        yield from _beside(case.beside, result, words, language)
    elif run is not None:
        yield _scalars(run, None, words)
    names = [*figures.pictures, *[None] * (len(getattr(result, "pictures", ())) - len(figures.pictures))]
    for picture, name in zip(getattr(result, "pictures", ()), names, strict=True):
        yield from _picture(picture, name, words)


# ------------------------------------------------------------------------------------------------ in words


def summary(result: FixtureResult, words: Words) -> Markdown:
    """A word on each trajectory of a subject, for the index."""
    told = []
    for case in result.cases:
        run = case.trajectory
        if run is None or not run.made:
            continue
        kind = outcome(case, run)
        step = first_beyond(run.departure) if run.departure else ""
        line = words[f"course_short_{kind}"].format(steps=f"{run.made:,}", step=step)
        most = largest(run)
        if most is not None:
            line += words["course_short_most"].format(value=number(most.largest))
        told.append(line)
    return Markdown("; ".join(dict.fromkeys(told)))


def _story(result: CaseResult, run: TrajectoryResult, words: Words) -> Markdown:
    counts = {"steps": f"{run.made:,}", "checkpoints": str(len(run.checkpoints))}
    told = []
    if run.made < run.steps:
        told.append(words["course_stopped"].format(steps=f"{run.steps:,}", made=f"{run.made:,}"))
    if run.made:
        told.append(words[f"course_{outcome(result, run)}"].format(**counts))
    if run.departure is not None:
        told.append(_departure(run, run.departure, words))
    most = largest(run)
    if most is not None and most.largest == 0:
        told.append(words["course_never"])
    elif most is not None:
        told.append(
            words["course_most"].format(value=number(most.largest), name=code(most.name), step=f"{most.step:,}")
        )
    return Markdown(" ".join(told))


def _departure(run: TrajectoryResult, departure: Departure, words: Words) -> str:
    place = code(departure.name)
    # In a series the place is the step itself.
    if departure.index and departure.name not in run.series:
        place = Markdown(f"{place} {code(python_index(departure.index))} · {code(r_index(departure.index))}")
    return words["course_departure"].format(
        step=first_beyond(departure), place=place, error=number(departure.error), allowed=number(departure.allowed)
    )


# --------------------------------------------------------------------------------------------------- plots


def _plot(run: TrajectoryResult, name: str | None, words: Words) -> Markdown:
    if name is None:
        return Markdown(words["no_plot"])
    most = largest(run)
    alt = words["plot_alt"].format(
        series=", ".join(run.series) or "–", steps=f"{run.made:,}", value=number(most.largest) if most else "–"
    )
    return image(alt, name)


def _picture(picture: PictureResult, name: str | None, words: Words) -> Iterator[Markdown]:
    sides = [picture.images[side] for side in ("python", "r") if picture.images.get(side)]
    count = max((sum(map(len, rows)) for rows in sides), default=0)
    fields = {"call": code(picture.call), "value": code(picture.value), "count": f"{count:,}"}
    if len(sides) < 2 or [len(row) for row in sides[0]] != [len(row) for row in sides[1]]:
        yield Markdown(words["picture_alone"].format(**fields))
    else:
        different = sum(
            a != b and not (math.isnan(a) and math.isnan(b))
            for left, right in zip(*sides, strict=True)
            for a, b in zip(left, right, strict=True)
        )
        yield Markdown(words["picture_note"].format(**fields, differing=f"{different:,}"))
    if name is not None:
        yield image(words["picture_alt"].format(value=picture.value), name)
    elif sides:
        yield Markdown(words["no_plot"])


# -------------------------------------------------------------------------------------------------- tables


def _apart_table(run: TrajectoryResult, words: Words) -> Markdown:
    head = [words[name] for name in ("value", "at_end", "absolute", "at_step")]
    rows = [
        [code(value.name), number(value.last), number(value.largest), f"{value.step:,}" if value.largest else "–"]
        for value in apart(run)
    ]
    return table(head, rows, right=(1, 2, 3)) if rows else Markdown("")


def _scalars(run: TrajectoryResult, beside: Beside | None, words: Words) -> Markdown:
    """The single numbers at the checkpoints, both languages', and printed columns next to those of their name."""
    columns = dict(beside.columns) if beside else {}
    at = [step for step in map(_step, columns.pop("step", ())) if step is not None]
    printed = {name: dict(zip(at, column, strict=True)) for name, column in columns.items()}
    made = [checkpoint.step for checkpoint in run.checkpoints]
    every = 1 if beside else max(1, math.ceil(len(made) / ROWS))
    shown_columns: list[tuple[Markdown, Mapping[int, object]]] = []
    for name, sides in run.scalars.items():
        for side, title in (("python", "Python"), ("r", "R")):
            # A side that stopped early has fewer numbers than there are checkpoints.
            shown_columns.append(
                (Markdown(f"{code(name)} {title}"), dict(zip(made, sides.get(side, ()), strict=False)))
            )
        if name in printed:
            shown_columns.append((Markdown(f"{code(name)} {words['printed']}"), printed.pop(name)))
    shown_columns += [(Markdown(f"{code(name)} {words['printed']}"), column) for name, column in printed.items()]
    if not shown_columns:
        return Markdown("")
    steps = sorted({*made[::every], *made[-1:], *at})
    head = [words["step"], *(title for title, _ in shown_columns)]
    rows = [[f"{step:,}", *(_cell(column.get(step)) for _, column in shown_columns)] for step in steps]
    note = f"\n{words['every_nth'].format(n=every)}" if every > 1 else ""
    return Markdown(f"{table(head, rows, right=range(len(head)))}{note}")


def _beside(beside: Beside, result: CaseResult, words: Words, language: str) -> Iterator[Markdown]:
    run = result.trajectory
    if run is not None and run.made and all(_step(s) is not None for s in beside.columns.get("step", ("",))):
        yield _scalars(run, beside, words)
    else:
        if run is not None:
            yield _scalars(run, None, words)
        yield _printed(beside, result, words)
    title = text(said(beside.title, language))
    yield Markdown(f"{words['printed_note']}: {title} ({text(said(beside.source, language))})")


def _printed(beside: Beside, result: CaseResult, words: Words) -> Markdown:
    """The printed table as it is. Where its first column names members of a compared value, ours stand in it, too."""
    names = list(beside.columns)
    key = beside.columns[names[0]]
    ours = {v.name: v.between for v in result.values}
    found = [ours.get(f"{names[0]}.{member}") for member in key]
    head: list[str] = [code(names[0])]
    known = any(c is not None and c.count == 1 for c in found)
    head += ["Python", "R"] if known else []
    head += [
        Markdown(f"{code(name)} {words['printed']}") if name != "printed" else words["printed"] for name in names[1:]
    ]
    rows: list[list[object]] = []
    for n, member in enumerate(key):
        row: list[object] = [code(str(member)) if isinstance(member, str) else _cell(member)]
        single = found[n]
        if known:
            # Of one element the place of the largest share is that element: `reference` is Python's, `actual` R's.
            there = single is not None and single.count == 1
            row += [
                _cell(single.reference) if there and single else "–",
                _cell(single.actual) if there and single else "–",
            ]
        rows.append([*row, *(_cell(beside.columns[name][n]) for name in names[1:])])
    return table(head, rows, right=range(1, len(head)))


def _step(value: object) -> int | None:
    if isinstance(value, int | float) and math.isfinite(value) and value == int(value):
        return int(value)
    return None


def _cell(value: object) -> str:
    """A number in six digits, as exact as a printed table; anything else as it is."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    try:
        return f"{float(value):.6g}"  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)


__all__ = ["Figures", "course", "draw", "heading", "pairs", "summary"]
