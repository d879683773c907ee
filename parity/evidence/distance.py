"""How far two flat arrays of doubles are apart: who differs, and the worst of each measure with its place.

Three ways to the same numbers, chosen by size and content:

- a few elements, in plain Python: one call of NumPy costs as much as an element or two;
- many, in blocks that stay in the processor's cache through all passes; a block of the same bits needs one pass;
- a block with something special in it (NaN, infinities, zeros, unlike signs, an overflow), and all of longdouble,
  with masks. This way alone knows every rule; the other two hand over what they do not.
"""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np

from parity.arrays import is_na

Array = np.ndarray[Any, Any]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

FEW = 40
"""Up to here plain Python is faster: a third of a microsecond per element, against twenty calls of NumPy."""
BLOCK = 8192
"""Elements of a block: six arrays of it fit a second-level cache of 512 KiB."""

_INTEGERS = [struct.Struct(f"={n}q").unpack for n in range(FEW + 1)]
_MAGNITUDE = np.uint64(0x7FFFFFFFFFFFFFFF)
_SMALLEST = 5e-324


class Distance:
    """The worst of each measure (value and flat place; the first of equal ones), and how many elements differ.

    `unlike` counts the elements whose class differs; `first_unlike` is the first of them, or -1.
    """

    __slots__ = ("absolute", "differing", "first_unlike", "ratio", "relative", "ulp", "unlike")

    def __init__(self) -> None:
        self.differing = 0
        self.unlike = 0
        self.first_unlike = -1
        self.absolute = self.relative = self.ulp = self.ratio = (0.0, 0)


def distance(x: Array, y: Array, rtol: float, atol: float, half: float | Floats, signed_zero: bool) -> Distance:
    """Measure x against the reference y, both flat, not empty, and of one type: float64 or longdouble."""
    plain = x.dtype == np.float64
    slack = half + atol
    if plain and x.size <= BLOCK:
        bits_x, bits_y = x.tobytes(), y.tobytes()
        if bits_x == bits_y:
            return Distance()
        if x.size <= FEW and isinstance(slack, float):
            few = _few(x.tolist(), y.tolist(), bits_x, bits_y, rtol, slack)
            if few is not None:
                return few
    measured = Distance()
    with np.errstate(all="ignore"):
        if plain:
            _in_blocks(measured, np.ascontiguousarray(x), np.ascontiguousarray(y), rtol, slack, half, signed_zero)
        else:
            _with_masks(measured, 0, x, y, rtol, slack, half, signed_zero)
    # Whole numbers until here: of two beyond 2^53 a double would not say which is larger.
    measured.ulp = float(measured.ulp[0]), measured.ulp[1]
    return measured


def _few(x: list[float], y: list[float], bits_x: bytes, bits_y: bytes, rtol: float, slack: float) -> Distance | None:
    """The same operations in the same order as below, element by element; None where one has a rule of its own."""
    differing = 0
    absolute = relative = ratio = 0.0
    ulp = 0
    at_absolute = at_relative = at_ulp = at_ratio = 0
    i = -1
    unpack = _INTEGERS[len(x)]
    for p, q, m, n in zip(x, y, unpack(bits_x), unpack(bits_y)):  # noqa: B905 of one length, and `strict` costs time
        i += 1
        if m == n:
            continue
        error = abs(p - q)
        if not error < math.inf or (m < 0) != (n < 0):
            return None
        size = abs(q)
        allowed = size * rtol + slack
        if error > allowed:
            differing += 1
        if error > absolute:
            absolute, at_absolute = error, i
        share = error / allowed if allowed else math.inf
        if share > ratio:
            ratio, at_ratio = share, i
        share = error / size if size else math.inf
        if share > relative:
            relative, at_relative = share, i
        apart = m - n if m > n else n - m
        if apart > ulp:
            ulp, at_ulp = apart, i
    measured = Distance()
    measured.differing = differing
    measured.absolute = absolute, at_absolute
    measured.relative = relative, at_relative
    measured.ulp = float(ulp), at_ulp
    measured.ratio = ratio, at_ratio
    return measured


def _in_blocks(
    measured: Distance,
    x: Floats,
    y: Floats,
    rtol: float,
    slack: float | Floats,
    half: float | Floats,
    signed_zero: bool,
) -> None:
    integers_x, integers_y = x.view(np.int64), y.view(np.int64)
    length = min(BLOCK, x.size)
    all_errors, all_sizes, all_shares = (np.empty(length) for _ in range(3))
    all_apart = np.empty(length, dtype=np.int64)
    one_slack = slack if isinstance(slack, float) else None
    for start in range(0, x.size, BLOCK):
        stop = start + BLOCK
        m, n = integers_x[start:stop], integers_y[start:stop]
        size = m.size
        apart = all_apart[:size]
        np.bitwise_xor(m, n, out=apart)
        if not (apart.item(0) or apart.item(-1) or apart.any()):
            continue
        p, q = x[start:stop], y[start:stop]
        part = slack[start:stop] if one_slack is None else one_slack  # type: ignore[index]
        error, sizes, share = all_errors[:size], all_sizes[:size], all_shares[:size]
        np.subtract(p, q, out=error)
        np.absolute(error, out=error)
        absolute = error.max().item()
        # A difference that is not finite comes of NaN, of an infinity, or of an overflow.
        if not absolute < math.inf or apart.min() < 0:
            halves = half if isinstance(half, float) else half[start:stop]
            _with_masks(measured, start, p, q, rtol, part, halves, signed_zero)
            continue
        if absolute > measured.absolute[0]:
            measured.absolute = absolute, start + int(error.argmax())
        np.subtract(m, n, out=apart)
        np.absolute(apart, out=apart)
        ulp = apart.max().item()
        if ulp > measured.ulp[0]:
            measured.ulp = ulp, start + int(apart.argmax())
        np.absolute(q, out=sizes)
        np.multiply(sizes, rtol, out=share)
        np.add(share, part, out=share)
        np.divide(error, share, out=share)
        ratio = _largest(share, error)
        if ratio > measured.ratio[0]:
            measured.ratio = ratio, start + int(share.argmax())
        if ratio > 1.0:  # exact: of two doubles the larger over the smaller is at least 1 + 2^-53, and rounds up
            measured.differing += int(np.count_nonzero(share > 1.0))
        np.divide(error, sizes, out=sizes)
        relative = _largest(sizes, error)
        if relative > measured.relative[0]:
            measured.relative = relative, start + int(sizes.argmax())


def _largest(share: Floats, error: Floats) -> float:
    largest: float = share.max().item()
    if largest != largest:  # 0 / 0 is no difference
        share[error == 0.0] = 0.0
        largest = share.max().item()
    return largest


def _with_masks(
    measured: Distance,
    start: int,
    x: Array,
    y: Array,
    rtol: float,
    slack: float | Floats,
    half: float | Floats,
    signed_zero: bool,
) -> None:
    error = np.abs(x - y)
    size = np.abs(y)
    allowed = size * x.dtype.type(rtol) + np.asarray(slack, dtype=x.dtype)
    special = ~(np.isfinite(x) & np.isfinite(y))
    # As what a longdouble is compared is seen here too: classes are those of its own type, NA is known by its payload.
    same = (x == y) | (np.isnan(x) & np.isnan(y) & (is_na(x.astype(np.float64)) == is_na(y.astype(np.float64))))
    unlike = special & ~same
    if signed_zero:
        # Signs that differ and no difference: that is 0.0 against -0.0.
        unlike |= (np.signbit(x) != np.signbit(y)) & (error == 0.0) & np.asarray(np.equal(half, 0.0))
    # Elements that are not finite have no error that could be measured.
    error[special] = 0.0
    overflow = np.isinf(error)
    differs = (error > allowed) | overflow  # no allowance is known to be wider than an infinite difference
    ratio = error / allowed
    relative = error / size
    none = error == 0.0
    ratio[none] = 0.0
    relative[none] = 0.0
    ratio[overflow] = math.inf
    ulp = _ulp(x, y)
    ulp[special] = 0

    measured.differing += int(np.count_nonzero(differs)) + int(np.count_nonzero(unlike))
    if unlike.any():
        measured.unlike += int(np.count_nonzero(unlike))
        if measured.first_unlike < 0:
            measured.first_unlike = start + int(unlike.argmax())
    measured.absolute = _worse(measured.absolute, error, start)
    measured.relative = _worse(measured.relative, relative, start)
    flat = int(ulp.argmax())
    if int(ulp[flat]) > measured.ulp[0]:
        measured.ulp = int(ulp[flat]), start + flat
    measured.ratio = _worse(measured.ratio, ratio, start)


def _worse(worst: tuple[float, int], measure: Array, start: int) -> tuple[float, int]:
    flat = int(measure.argmax())
    value = float(measure[flat])
    if value == 0.0 and measure[flat] > 0:
        value = _SMALLEST  # a longdouble below all doubles is still a difference
    return (value, start + flat) if value > worst[0] else worst


def _ulp(x: Array, y: Array) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """How many doubles apart: the distance of the bits read as ordered integers; 0.0 and -0.0 are one place.

    The largest distance, between the two ends of the line, is below 2^64, so unsigned arithmetic is exact.
    """
    bits_x, bits_y = (np.ascontiguousarray(v, dtype=np.float64).view(np.uint64) for v in (x, y))
    u, v = bits_x & _MAGNITUDE, bits_y & _MAGNITUDE
    apart: np.ndarray[Any, np.dtype[np.uint64]] = np.maximum(u, v) - np.minimum(u, v)
    opposite = (bits_x ^ bits_y) > _MAGNITUDE
    if opposite.any():
        apart[opposite] = u[opposite] + v[opposite]
    return apart
