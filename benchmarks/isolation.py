"""What a process of its own costs a subject: `python benchmarks/isolation.py`.

The same warm case, observed on both sides: here, one side after the other; and with each side in a worker, both asked
before either is read. Rounds of the two alternate, so that what else the machine does hits both. The medians of the
rounds' minima are compared: a minimum is what the work costs, and not what the machine did meanwhile.
"""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from parity.fixture.model import Case
from parity.fixture.read import read_fixture
from parity.subjects import Subject
from parity.subjects.worker import WorkerOptions
from parity.verify.case import subjects
from parity.verify.suite import bundled

ROUNDS = 15
ALLOWED = 60e-6


def observed(case: Case, sides: Sequence[Subject]) -> Callable[[], object]:
    def together() -> object:
        streams = [side.observe(case) for side in sides]
        return [list(stream) for stream in streams]

    return together


def minimum(action: Callable[[], object], repeat: int) -> float:
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def larger(case: Case, rows: int) -> Case:
    """The same case with that many rows: its x and dout."""
    calls = []
    for call in case.calls:
        arguments = {
            name: np.resize(value, (rows, *value.shape[1:]))
            if isinstance(value, np.ndarray) and value.ndim == 2
            else value
            for name, value in call.arguments.items()
        }
        calls.append(dataclasses.replace(call, arguments=arguments, expect={}))
    return dataclasses.replace(case, calls=tuple(calls))


def main() -> None:
    fixture = read_fixture(bundled("fixtures") / "layers" / "affine.json")
    here, alone = subjects(fixture), subjects(fixture, isolated=WorkerOptions())
    small = fixture.cases[0]
    table = Table(box=None, header_style="bold", title="an Affine case, both calls, both sides; medians of minima")
    for column in ("case", "in this process", "in workers", "difference", "ratio"):
        table.add_column(column, justify="left" if column == "case" else "right")
    for title, case, repeat in (
        ("3 x 2, as it stands in the fixture", small, 400),
        ("the same, a case that is not the fixture's (a gradient check's)", dataclasses.replace(small), 400),
        ("100,000 rows: 2.4 MB to and 4 MB from each side", larger(small, 100_000), 10),
    ):
        near, far = observed(case, here), observed(case, alone)
        near(), far()
        pairs = [(minimum(near, repeat), minimum(far, repeat)) for _ in range(ROUNDS)]
        inside, outside = (statistics.median(times) for times in zip(*pairs, strict=True))
        difference = outside - inside
        table.add_row(
            title,
            f"{inside * 1e6:,.0f} us",
            f"{outside * 1e6:,.0f} us",
            f"{difference * 1e6:+,.0f} us",
            f"{outside / inside:.2f}",
        )
        if case is small:
            verdict = f"{difference * 1e6:.0f} us are added to a warm case, {ALLOWED * 1e6:.0f} us are allowed"
    for side in (*here, *alone):
        side.close()
    Console().print(table)
    print(verdict)


if __name__ == "__main__":
    main()
