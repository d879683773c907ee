"""How long one comparison takes, next to numpy.testing.assert_allclose in the same run.

python benchmarks/compare.py
"""

from __future__ import annotations

import statistics
import timeit
from collections.abc import Callable

import numpy as np

from parity.evidence.compare import compare


def microseconds(call: Callable[[], object], repeat: int = 9) -> float:
    """The median over `repeat` rounds of about 10 ms each."""
    timer = timeit.Timer(call)
    number = max(1, int(0.01 / max(timer.timeit(3) / 3, 1e-7)))
    return statistics.median(timer.repeat(repeat, number)) / number * 1e6


def main() -> None:
    rng = np.random.RandomState(220106)
    print(f"{'':34}{'compare':>10}{'allclose':>10}{'share':>8}")
    for shape in ((3, 3), (64, 10), (1000, 1000)):
        same = rng.randn(*shape)
        near = same * (1.0 + 2e-16 * rng.randn(*shape))
        for label, other in (("the same bits", same.copy()), ("last digits differ", near)):
            ours = microseconds(lambda a=same, b=other: compare(a, b, rtol=1e-12, atol=1e-13))
            theirs = microseconds(lambda a=same, b=other: np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13))
            name = f"{' x '.join(map(str, shape))}, {label}"
            print(f"{name:34}{ours:8.1f}us{theirs:8.1f}us{ours / theirs:8.2f}")


if __name__ == "__main__":
    main()
