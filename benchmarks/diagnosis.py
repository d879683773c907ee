"""How long a diagnosis takes: `python benchmarks/diagnosis.py`.

Unrelated arrays cost most, because every hypothesis is tried on them; the same array transposed costs least.
"""

from __future__ import annotations

import time

import numpy as np
from rich.console import Console
from rich.table import Table

from parity.diagnose import Difference, diagnose


def seconds(actual: np.ndarray, reference: np.ndarray) -> tuple[float, str]:
    times = []
    for _ in range(3):
        difference = Difference(actual, reference, inputs={"x": reference[:, 0], "n": np.asarray(3.0)})
        start = time.perf_counter()
        code = diagnose(difference).code
        times.append(time.perf_counter() - start)
    return min(times), code or "nothing fits"


def main() -> None:
    table = Table(box=None, header_style="bold", title="diagnosis; asked: 0.3 s for 1e5 elements, 2 s for 1e7")
    for name in ("elements", "arrays", "named", "time", "against one product a @ a.T"):
        table.add_column(name, justify="right")
    rng = np.random.default_rng(0)
    for rows in (1_000, 100_000):
        b = rng.normal(size=(rows, 100))
        start = time.perf_counter()
        b.T @ b
        product = time.perf_counter() - start
        for name, a in (("unrelated", rng.normal(size=b.shape)), ("rolled, sign", -np.roll(b, 1, 0)), ("twice", 2 * b)):
            took, code = seconds(a, b)
            table.add_row(f"{b.size:,}", name, code, f"{took:.3f} s", f"{took / product:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
