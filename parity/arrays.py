"""What every room must mean alike: R's NA among doubles, and the index of a flat place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

NA_BITS = 0x7FF00000000007A2
"""R's NA_real_ as R makes it. Arithmetic sets one more bit; what marks an NA is its low word."""
NA_LOW_WORD = 1954

_LOW_WORD = np.uint64(0xFFFFFFFF)


def is_na(x: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where doubles are R's NA: a NaN whose low word is 1954 (arithmetic.c of R)."""
    bits = np.ascontiguousarray(x).view(np.uint64).reshape(x.shape)
    marked: np.ndarray[Any, np.dtype[np.bool_]] = np.isnan(x) & ((bits & _LOW_WORD) == NA_LOW_WORD)
    return marked


def unravel(flat: int, shape: Sequence[int]) -> tuple[int, ...]:
    """The index of an element counted in C order, the last index fastest."""
    index: list[int] = []
    for extent in reversed(shape):
        flat, i = divmod(flat, extent)
        index.append(i)
    return tuple(reversed(index))
