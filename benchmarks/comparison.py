"""How long one comparison takes, next to numpy.allclose in the same run.

python benchmarks/comparison.py
"""

from __future__ import annotations

import timeit
from collections.abc import Callable

import numpy as np

from parity.evidence.compare import compare


def microseconds(*calls: Callable[[], object], repeat: int = 15) -> list[float]:
    """Of each call the best of `repeat` rounds of about 10 ms each, in turn, so that all see the same machine."""
    timers = [timeit.Timer(call) for call in calls]
    numbers = [max(1, int(0.01 / max(timer.timeit(3) / 3, 1e-7))) for timer in timers]
    rounds = [[t.timeit(n) / n for t, n in zip(timers, numbers, strict=True)] for _ in range(repeat)]
    return [min(one) * 1e6 for one in zip(*rounds, strict=True)]


def main() -> None:
    rng = np.random.RandomState(220106)
    tolerance = {"rtol": 1e-12, "atol": 1e-13}
    print(f"{'':34}{'compare':>10}{'allclose':>10}{'share':>8}")
    for shape in ((2,), (3, 4), (64, 10), (1000, 1000)):
        same = rng.randn(*shape)
        near = same * (1.0 + 2e-16 * rng.randn(*shape))
        for label, other in (("the same bits", same.copy()), ("last digits differ", near)):
            ours, theirs = microseconds(
                lambda a=same, b=other: compare(a, b, **tolerance),  # type: ignore[misc]
                lambda a=same, b=other: np.allclose(a, b, **tolerance),  # type: ignore[misc]
            )
            name = f"{' x '.join(map(str, shape))}, {label}"
            print(f"{name:34}{ours:8.1f}us{theirs:8.1f}us{ours / theirs:8.2f}")


if __name__ == "__main__":
    main()
