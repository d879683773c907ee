"""R's dates and times as NumPy's, and back: without loss, or refused. Pure arithmetic on arrays.

R counts days or seconds in doubles; NumPy counts ticks of a unit in 64-bit integers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from parity.arrays import is_na
from parity.bridge.errors import ConversionError
from parity.bridge.kinds import NA_INTEGER, NA_REAL_BITS

Array = np.ndarray[Any, Any]

_NAT = np.iinfo(np.int64).min
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_EXACT = 2.0**53  # the integers up to here are doubles


def days_of(a: Array) -> Array:
    """datetime64[D] for the days of a Date. Raises ConversionError for a part of a day, an infinite one, and NaN."""
    missing, counted = _counted(a, "a Date")
    if (counted != np.floor(counted)).any() or (np.abs(counted) > _EXACT).any():
        raise ConversionError(
            "a Date that is no whole day has no counterpart in NumPy: round it in R, or take as.numeric()"
        )
    return _moments(counted.astype(np.int64), missing, "D")


def instants_of(a: Array) -> Array:
    """datetime64 for the seconds of a POSIXct, in the coarsest of s, ms, us and ns that gives the same doubles back."""
    missing, seconds = _counted(a, "a POSIXct")
    for unit, per in _PER_SECOND.items():
        if (np.abs(seconds) >= min(_EXACT, 2.0**63 / per * 0.999)).any():
            break
        ticks = _ticks(seconds, per)
        if np.array_equal(_seconds(ticks, per), seconds):
            return _moments(ticks, missing, unit)
    raise ConversionError(
        "a POSIXct that is finer than nanoseconds, or beyond their years, has no lossless counterpart in NumPy: "
        "round it in R, or take as.numeric()"
    )


def is_date(dtype: np.dtype[Any]) -> bool:
    return np.datetime_data(dtype)[0] in {"Y", "M", "W", "D"}


def r_days(a: Array) -> Array:
    """The doubles of a Date."""
    return _doubles(a.astype("M8[D]"), lambda days: days.astype(np.float64))


def r_seconds(a: Array) -> Array:
    """The doubles of a POSIXct. Raises ConversionError where they could not say which tick it was."""
    unit = np.datetime_data(a.dtype)[0]
    if unit in {"Y", "M", "W", "D", "h", "m"}:
        unit = "s"
    per = _PER_SECOND.get(unit)
    if per is None:
        raise ConversionError(f"datetime64 in units of {unit!r} has no counterpart in R: days to nanoseconds have")

    def seconds(ticks: Array) -> Array:
        doubles = _seconds(ticks, per)
        if not np.array_equal(_ticks(doubles, per), ticks):
            raise ConversionError(f"R's POSIXct is a double of seconds, which can't hold these times to the {unit}")
        return doubles

    return _doubles(a.astype(f"M8[{unit}]"), seconds)


def _counted(a: Array, what: str) -> tuple[Array, Array]:
    """Where NA is, and the numbers with 0 there."""
    missing = a == NA_INTEGER if a.dtype.kind == "i" else is_na(a)  # also one that R has reckoned with
    counted = np.where(missing, 0.0, a)
    if not np.isfinite(counted).all():
        raise ConversionError(f"{what} that is NaN or infinite has no counterpart in NumPy")
    return missing, counted


def _ticks(seconds: Array, per: int) -> Array:
    whole = np.floor(seconds)
    ticks: Array = whole.astype(np.int64) * per + np.rint((seconds - whole) * per).astype(np.int64)
    return ticks


def _seconds(ticks: Array, per: int) -> Array:
    whole, rest = np.divmod(ticks, per)
    seconds: Array = whole + rest / per
    return seconds


def _moments(ticks: Array, missing: Array, unit: str) -> Array:
    moments = np.asfortranarray(np.where(missing, _NAT, ticks)).view(f"M8[{unit}]")
    moments.flags.writeable = False
    return moments


def _doubles(a: Array, count: Any) -> Array:
    missing = np.isnat(a)
    numbers = np.asarray(count(np.where(missing, 0, a.astype(np.int64))), order="F")
    bits = numbers.reshape(-1, order="A").view(np.uint64)  # NA's, which no arithmetic gives
    bits[missing.reshape(-1, order="F")] = NA_REAL_BITS
    doubles: Array = bits.view(np.float64).reshape(a.shape, order="F")
    return doubles
