"""Numbers that a factor between two results may be: of mathematics, and of the sizes of what went in."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from parity.diagnose.difference import Difference

FIXED: tuple[tuple[float, str], ...] = (
    (2.0, "2"), (0.5, "1/2"), (100.0, "100"), (0.01, "1/100"), (1000.0, "1000"), (0.001, "1/1000"),
    (3.0, "3"), (4.0, "4"), (0.25, "1/4"), (1 / 3, "1/3"), (math.sqrt(2), "sqrt(2)"), (math.sqrt(0.5), "1/sqrt(2)"),
    (math.pi, "pi"), (1 / math.pi, "1/pi"), (2 * math.pi, "2 pi"), (0.5 / math.pi, "1/(2 pi)"),
    (math.sqrt(2 * math.pi), "sqrt(2 pi)"), (1 / math.sqrt(2 * math.pi), "1/sqrt(2 pi)"),
    (180 / math.pi, "180/pi"), (math.pi / 180, "pi/180"),
    (math.log(2), "log 2"), (1 / math.log(2), "1/log 2"), (math.log(10), "log 10"), (1 / math.log(10), "1/log 10"),
    (math.log2(10), "log 10 / log 2"), (1 / math.log2(10), "log 2 / log 10"),
    (1.4826, "1.4826"), (1 / 1.4826, "1/1.4826"),
)  # fmt: skip


def sizes(difference: Difference) -> dict[int, str]:
    """Extents, and products of them, that a mean could have been taken over: size -> how it is written."""
    written: dict[int, str] = {}
    for name, value in sorted(difference.inputs.items(), key=lambda item: -item[1].size):
        shape = value.shape
        for axis, extent in enumerate(shape):
            written.setdefault(
                extent,
                f"the extent {extent} of {name}'s axis {axis}" if len(shape) > 1 else f"the length {extent} of {name}",
            )
        if len(shape) > 1:
            written.setdefault(value.size, f"the {value.size} elements of {name}")
            written.setdefault(math.prod(shape[-2:]), f"{' x '.join(map(str, shape[-2:]))} of {name}")
            written.setdefault(math.prod(shape[1:]), f"{' x '.join(map(str, shape[1:]))} of {name}")
    for axis, extent in enumerate(difference.extents):
        written.setdefault(extent, f"the extent {extent} of the result's axis {axis}")
    written.setdefault(math.prod(difference.extents), f"the {math.prod(difference.extents)} elements of the result")
    written.pop(1, None)
    written.pop(0, None)
    return written


def groups(difference: Difference) -> Iterator[tuple[int, str]]:
    """Numbers of distinct labels in an input, as of clusters."""
    for name, value in difference.inputs.items():
        if value.ndim == 1 and 2 < value.size <= 100_000:
            count = len(np.unique(value))
            if 1 < count <= value.size // 2:
                yield count, f"the {count} groups of {name}"


def scalars(difference: Difference) -> Iterator[tuple[float, str]]:
    for name, value in difference.inputs.items():
        if value.ndim == 0 and np.isfinite(value) and float(value) not in (0.0, 1.0, -1.0):
            k = float(value)
            yield k, name
            yield 1 / k, f"1/{name}"
            if 0 < k < 1:
                yield 1 - k, f"1 - {name}"
                yield 1 / (1 - k), f"1/(1 - {name})"
            yield k * k, f"{name} x {name}"
            yield 1 / (k * k), f"1/({name} x {name})"
            if k > 0:
                yield math.sqrt(k), f"sqrt({name})"
                yield 1 / math.sqrt(k), f"1/sqrt({name})"


def degrees_of_freedom(difference: Difference) -> Iterator[tuple[float, str]]:
    """n/(n-1) and its like, both ways up and under a root."""
    known = sizes(difference)
    widths = {shape[1] for value in difference.inputs.values() if len(shape := value.shape) == 2}
    pairs: list[tuple[float, str]] = []
    for n in known:
        for k in sorted({1, 2, 3, *widths, *(width + 1 for width in widths)}):
            if n > k + 1:
                pairs.append((n / (n - k), f"n/(n - {k}), n = {n}"))
                if k > 1:
                    pairs.append(((n - 1) / (n - k), f"(n - 1)/(n - {k}), n = {n}"))
    for count, _ in groups(difference):
        pairs.append((count / (count - 1), f"G/(G - 1), G = {count}"))
        for n in known:
            for k in sorted({0, 1, *widths, *(width + 1 for width in widths)}):
                if n > count and n > k:
                    pairs.append(
                        (count / (count - 1) * (n - 1) / (n - k), f"G/(G - 1) (n - 1)/(n - {k}), G = {count}, n = {n}")
                    )
    for value, written in pairs:
        yield value, written
        yield 1 / value, f"1/({written.split(',')[0]}),{written.split(',', 1)[1]}"
        yield math.sqrt(value), f"sqrt({written.split(',')[0]}),{written.split(',', 1)[1]}"
        yield 1 / math.sqrt(value), f"1/sqrt({written.split(',')[0]}),{written.split(',', 1)[1]}"


def means(difference: Difference) -> Iterator[tuple[float, str]]:
    for n, written in sizes(difference).items():
        yield float(n), written
        yield 1 / n, f"1/{n}, {written}"
        yield math.sqrt(n), f"sqrt({n}), {written}"
        yield 1 / math.sqrt(n), f"1/sqrt({n}), {written}"
