"""How the trajectory of a case went, step by step.

Every word and number here comes of a result. The plots are files of their own, which both languages show.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from parity.evidence.compare import python_index, r_index
from parity.evidence.trajectory import Departure, TrajectoryResult
from parity.reports.pages.markdown import Markdown, code, image, table
from parity.reports.pages.tables import number
from parity.reports.trajectories import apart, first_beyond, largest, outcome
from parity.verify.results import CaseResult, FixtureResult

Words = Mapping[str, str]

ROWS = 20  # checkpoints in a table; of more, every n-th is shown


def trajectory(case: CaseResult, plot: str | None, words: Words, *, numbers: bool = True) -> Markdown:
    """How the trajectory of a case went: in words, as a plot (a file's name; None where it could not be drawn), in
    tables; the single numbers at the checkpoints only with `numbers`."""
    return Markdown("\n\n".join(part.rstrip("\n") for part in _parts(case, plot, words, numbers) if part))


def _parts(case: CaseResult, plot: str | None, words: Words, numbers: bool) -> Iterator[Markdown]:
    run = case.trajectory
    if run is None:
        return
    yield _story(case, run, words)
    if run.made:
        yield _plot(run, plot, words)
        yield _apart_table(run, words)
    if numbers:
        yield scalars(run, {}, words)


# ------------------------------------------------------------------------------------------------ in words


def summary(result: FixtureResult, words: Words) -> Markdown:
    """A word on each trajectory of a subject, for the index."""
    sentences = []
    for case in result.cases:
        run = case.trajectory
        if run is None or not run.made:
            continue
        kind = outcome(case, run)
        step = first_beyond(run.departure) if run.departure else ""
        line = words[f"trajectory_short_{kind}"].format(steps=f"{run.made:,}", step=step)
        most = largest(run)
        if most is not None:
            line += words["trajectory_short_most"].format(value=number(most.largest))
        sentences.append(line)
    return Markdown("; ".join(dict.fromkeys(sentences)))


def _story(result: CaseResult, run: TrajectoryResult, words: Words) -> Markdown:
    counts = {"steps": f"{run.made:,}", "checkpoints": str(len(run.checkpoints))}
    sentences = []
    if run.made < run.steps:
        sentences.append(words["trajectory_stopped"].format(steps=f"{run.steps:,}", made=f"{run.made:,}"))
    if run.made:
        sentences.append(words[f"trajectory_{outcome(result, run)}"].format(**counts))
    if run.departure is not None:
        sentences.append(_departure(run, run.departure, words))
    most = largest(run)
    if most is not None and most.largest == 0:
        sentences.append(words["trajectory_never"])
    elif most is not None:
        sentences.append(
            words["trajectory_most"].format(value=number(most.largest), name=code(most.name), step=f"{most.step:,}")
        )
    return Markdown(" ".join(sentences))


def _departure(run: TrajectoryResult, departure: Departure, words: Words) -> str:
    place = code(departure.name)
    # In a series the place is the step itself.
    if departure.index and departure.name not in run.series:
        place = Markdown(f"{place} {code(python_index(departure.index))} · {code(r_index(departure.index))}")
    return words["trajectory_departure"].format(
        step=first_beyond(departure), place=place, error=number(departure.error), allowed=number(departure.allowed)
    )


def _plot(run: TrajectoryResult, name: str | None, words: Words) -> Markdown:
    if name is None:
        return Markdown(words["no_plot"])
    most = largest(run)
    alt = words["plot_alt"].format(
        series=", ".join(run.series) or "–", steps=f"{run.made:,}", value=number(most.largest) if most else "–"
    )
    return image(alt, name)


# -------------------------------------------------------------------------------------------------- tables


def _apart_table(run: TrajectoryResult, words: Words) -> Markdown:
    head = [words[name] for name in ("value", "at_end", "absolute", "at_step")]
    rows = [
        [code(value.name), number(value.last), number(value.largest), f"{value.step:,}" if value.largest else "–"]
        for value in apart(run)
    ]
    return table(head, rows, right=(1, 2, 3)) if rows else Markdown("")


def scalars(run: TrajectoryResult, reference: Mapping[str, Mapping[int, object]], words: Words) -> Markdown:
    """The single numbers at the checkpoints, both languages', and printed ones (by name and step) next to them."""
    rest = dict(reference)
    at = {step for column in reference.values() for step in column}
    steps = [checkpoint.step for checkpoint in run.checkpoints]
    every = 1 if reference else max(1, math.ceil(len(steps) / ROWS))
    columns: list[tuple[Markdown, Mapping[int, object]]] = []
    for name, sides in run.scalars.items():
        for side, title in (("python", "Python"), ("r", "R")):
            # A side that stopped early has fewer numbers than there are checkpoints.
            columns.append((Markdown(f"{code(name)} {title}"), dict(zip(steps, sides.get(side, ()), strict=False))))
        if name in rest:
            columns.append((Markdown(f"{code(name)} {words['printed']}"), rest.pop(name)))
    columns += [(Markdown(f"{code(name)} {words['printed']}"), column) for name, column in rest.items()]
    if not columns:
        return Markdown("")
    head = [words["step"], *(title for title, _ in columns)]
    rows = [
        [f"{step:,}", *(cell(column.get(step)) for _, column in columns)]
        for step in sorted({*steps[::every], *steps[-1:], *at})
    ]
    note = f"\n{words['every_nth'].format(n=every)}" if every > 1 else ""
    return Markdown(f"{table(head, rows, right=range(len(head)))}{note}")


def single_numbers(case: CaseResult) -> dict[str, tuple[object, object]]:
    """Python's and R's, of every compared value that is a single number."""
    between = {value.name: value.between for value in case.values}
    # Of one element the place of the largest share is that element: `reference` is Python's, `actual` R's.
    return {name: (c.reference, c.actual) for name, c in between.items() if c is not None and c.count == 1}


def cell(value: object) -> str:
    """A number in six digits, as exact as a printed table; anything else as it is."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    try:
        return f"{float(value):.6g}"  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)


__all__ = ["cell", "scalars", "single_numbers", "summary", "trajectory"]
