"""R's NA and indices, as every room means them."""

from __future__ import annotations

import itertools
import struct

import numpy as np
import pytest

from parity.arrays import NA_BITS, is_na, unravel


def test_na_is_a_nan_whose_low_word_is_1954() -> None:
    quiet, negative = NA_BITS | 1 << 51, NA_BITS | 1 << 63
    others = [0x7FF8000000000000, 0x7FF80000000007A3, 0x7FF0000000000000, 1954, 0x3FF00000000007A2]
    bits = np.array([NA_BITS, quiet, negative, *others], np.uint64)
    assert is_na(bits.view(float)).tolist() == [True] * 3 + [False] * 5
    square = np.asfortranarray(bits.view(float).reshape(2, 4))
    assert is_na(square).tolist() == [[True, True, True, False], [False] * 4]
    assert is_na(square[:, ::2]).tolist() == [[True, True], [False, False]]
    assert bool(is_na(np.array(struct.unpack("<d", struct.pack("<Q", NA_BITS))[0])))


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3), (2, 1, 3), [4, 2]])
def test_unravel_counts_in_c_order(shape: list[int]) -> None:
    indices = list(itertools.product(*map(range, shape)))
    assert [unravel(flat, shape) for flat in range(len(indices))] == indices
