"""A number that stands for a million: the checksum by which long draws are compared without printing them."""

from __future__ import annotations

import numpy as np

_PRIME = 2**31 - 1
_MOST = 2**21


def digest(x: np.ndarray) -> int:
    """sum over k of (w_k mod P) k, modulo P = 2^31 - 1, with w the two 32-bit words of each double; a number below P.

    Of the words of a double the low one comes first; k counts them from 1, so that order matters. No intermediate value
    reaches 2^53, so that a language with nothing but doubles computes the same. Takes up to 2^21 numbers, in row-major
    order; whole numbers count as doubles. Raises ValueError for more.
    """
    if x.size > _MOST:
        raise ValueError(f"a digest takes up to {_MOST} numbers, not {x.size}")
    words = np.ascontiguousarray(x, dtype="<f8").reshape(-1).view("<u4").astype(np.int64)
    places = np.arange(1, words.size + 1)
    return int((words % _PRIME * places % _PRIME).sum() % _PRIME)
