"""How well a hypothesis fits, and how much speaks for it.

A hypothesis that fits by chance would be a false explanation, so a fit is worth what it would be unlikely to be by
chance, in bits: each number that differed and now agrees counts by the digits that it has (4.0 has one, 0.7312 has
four), the same number once. What a hypothesis chose by looking at the numbers is taken off again.
"""

from __future__ import annotations

import math

import numpy as np

from parity.diagnose.difference import Array, Difference

NEEDED = 15.0
"""Bits beyond its cost that a cause needs: one wrong cause in thirty thousand."""
PART = 0.9
"""The least share of a difference that is worth naming."""
_DIGITS = 9.0
_BIT = math.log2(10)


def digits(values: Array) -> Array:
    """Significant decimal digits of each value, at most nine; zeros and what is not finite have none."""
    values = np.abs(np.asarray(values, dtype=np.float64).ravel())
    good = np.isfinite(values) & (values > 0)
    count = np.zeros(values.size)
    safe = values[good]
    exponent = np.floor(np.log10(safe)) if safe.size else safe
    with np.errstate(all="ignore"):
        mantissa = safe / 10.0**exponent
    left = np.full(safe.size, _DIGITS)
    for n in range(8, 0, -1):
        scaled = mantissa * 10.0 ** (n - 1)
        left[np.abs(scaled - np.round(scaled)) < 1e-9 * np.maximum(scaled, 1.0)] = n
    count[good] = left
    return count


def bits_of(values: Array) -> float:
    """What it is worth that these numbers are met: the digits of the distinct ones, in bits."""
    flat = np.asarray(values).ravel()
    if flat.size > 4096:
        flat = flat[:: flat.size // 4096 + 1]
    distinct = np.unique(np.abs(flat[np.isfinite(flat)]))
    distinct = distinct[distinct > 0]
    if distinct.size > 1:  # numbers that are the same but for their last digits are one
        apart = np.concatenate([[True], np.diff(distinct) > 1e-9 * distinct[1:]])
        distinct = distinct[apart]
    return float(digits(distinct).sum() * _BIT)


def share_of(difference: Difference, actual: Array) -> float:
    """How much of the difference is gone: 1.0 where all agree, else by squares; 0.0 where what is left is no smaller
    than what the reference itself varies by."""
    if actual.shape != difference.reference.shape:
        return 0.0
    if not difference.unlike(actual).any():
        return 1.0
    reference = difference.reference
    good = np.isfinite(actual) & np.isfinite(reference)
    if good.sum() < 20 or good.mean() < 0.5 or not np.array_equal(np.isnan(actual), np.isnan(reference)):
        return 0.0
    with np.errstate(all="ignore"):
        after = float(np.square(actual[good] - reference[good]).sum())
        spread = float(np.square(reference[good] - reference[good].mean()).sum())
        if difference.actual.shape == reference.shape:
            before = np.square(difference.actual[good] - reference[good])
            whole = float(before[np.isfinite(before)].sum())
        else:
            whole = spread
    if not (whole > 0 and spread > 0 and after < 0.05 * spread):
        return 0.0
    return min(1.0 - after / whole, 0.999) if after < whole else 0.0
