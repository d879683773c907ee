"""A Python function on mpmath's numbers, whose result is rounded to doubles once, at the end, to the nearest.

It is computed twice, the second time in twice as many digits: where the two are not the same double, or the next one,
the digits do not suffice for what cancels in it. A result that is a double already has lost them, and is refused.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from parity.subjects.needs import NeedsError, remedy

Array = np.ndarray[Any, Any]


class LostDigitsError(ArithmeticError):
    """What came out is not known to the last digit of a double."""


def check_installed(path: Path) -> None:
    """Raises NeedsError where there is no mpmath."""
    try:
        import mpmath  # noqa: F401
    except ImportError:
        problem = "Python has no module mpmath, which the referee needs"
        raise NeedsError(f"{path}: {problem}; {remedy('python', ['mpmath'])}") from None


def in_digits(function: Callable[..., Any], digits: int, *, elementwise: bool = False) -> Callable[..., Any]:
    """The function of floats and arrays that computes by the function of mpmath's numbers.

    Arrays become arrays of objects or, `elementwise`, single numbers: the result then has their broadcast shape.
    """
    import mpmath

    def attempt(digits: int, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
        with mpmath.workdps(digits):
            positional = [_exactly(one, mpmath.mpf) for one in arguments]
            by_name = {name: _exactly(value, mpmath.mpf) for name, value in named.items()}
            result = (_each if elementwise else _whole)(function, positional, by_name)
            return rounded(result)

    def judged(*arguments: Any, **named: Any) -> Any:
        result, surer = (attempt(many, arguments, named) for many in (digits, 2 * digits))
        if not _same(result, surer):
            raise LostDigitsError(f"{digits} digits do not suffice here: twice as many give another result")
        return result

    judged.__name__ = getattr(function, "__name__", type(function).__name__)
    judged.__doc__ = function.__doc__
    with contextlib.suppress(TypeError, ValueError):  # a builtin: its arguments go by position
        judged.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    judged.__wrapped__ = function  # type: ignore[attr-defined]
    return judged


def _whole(function: Callable[..., Any], positional: Sequence[Any], named: Mapping[str, Any]) -> Any:
    return function(*positional, **named)


def _each(function: Callable[..., Any], positional: Sequence[Any], named: Mapping[str, Any]) -> Any:
    arrays = [value for value in (*positional, *named.values()) if isinstance(value, np.ndarray)]
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    if not shape:
        return function(*map(_scalar, positional), **{name: _scalar(value) for name, value in named.items()})
    result = np.empty(shape, dtype=object)

    def at(value: Any, index: tuple[int, ...]) -> Any:
        return np.broadcast_to(value, shape)[index] if isinstance(value, np.ndarray) else value

    for index in np.ndindex(shape):
        result[index] = function(
            *(at(value, index) for value in positional), **{name: at(value, index) for name, value in named.items()}
        )
    return result


def _scalar(value: Any) -> Any:
    return value.item() if isinstance(value, np.ndarray) else value


def _exactly(value: Any, mpf: Callable[[Any], Any]) -> Any:
    """Each double as what it is; whole numbers stay so, as exponents and labels must."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        convert = mpf if value.dtype.kind == "f" else int
        exact = np.empty(value.shape, dtype=object)
        exact.ravel()[...] = [convert(one) for one in value.ravel().tolist()]
        return exact
    if isinstance(value, Mapping):
        return {name: _exactly(one, mpf) for name, one in value.items()}
    if isinstance(value, list):
        return [_exactly(one, mpf) for one in value]
    return mpf(value) if isinstance(value, float) else value


def rounded(value: Any) -> Any:
    """A result in mpmath's numbers as doubles. Raises LostDigitsError for one that holds doubles already."""
    if isinstance(value, float | complex | np.floating | np.complexfloating):
        raise LostDigitsError(
            f"the formula gave {value!r}, a {type(value).__name__}, which has 16 digits: expected numbers of mpmath "
            "(mpmath.exp in place of math.exp or np.exp)"
        )
    if hasattr(value, "_mpf_"):
        return to_double(value._mpf_)
    if hasattr(value, "_mpc_"):
        return complex(*map(to_double, value._mpc_))
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "fc" and value.size:
            return rounded(value.ravel()[0])
        if value.dtype != object:
            return value
        return _array([rounded(one) for one in value.ravel().tolist()], value.shape)
    if hasattr(value, "tolist") and hasattr(value, "rows") and hasattr(value, "cols"):  # mpmath's matrix
        return _array([rounded(one) for row in value.tolist() for one in row], (value.rows, value.cols))
    if isinstance(value, list):
        return _listed([rounded(one) for one in value])
    if isinstance(value, tuple):  # several values, each by the name that 'returns' has for it
        return tuple(rounded(one) for one in value)
    if isinstance(value, Mapping):
        return {name: rounded(one) for name, one in value.items()}
    return value


def _listed(parts: list[Any]) -> Any:
    """A list of numbers, or of rows, is an array."""
    shapes = {part.shape if isinstance(part, np.ndarray) else () for part in parts}
    numbers = all(isinstance(part, float | int | complex | np.ndarray) for part in parts)
    return np.array(parts) if parts and numbers and len(shapes) == 1 else parts


def _array(parts: Sequence[Any], shape: tuple[int, ...]) -> Array:
    numbers = all(isinstance(part, float | int | complex) and not isinstance(part, bool) for part in parts)
    if not parts:
        return np.zeros(shape)
    if numbers and any(isinstance(part, int) for part in parts) and any(isinstance(part, float) for part in parts):
        parts = [float(part) if isinstance(part, int) else part for part in parts]
    return np.array(parts).reshape(shape) if numbers else np.array([*parts, None], dtype=object)[:-1].reshape(shape)


def to_double(number: tuple[int, Any, int, int]) -> float:
    """The double that is nearest to (-1)^sign * mantissa * 2^exponent, to even between two; also where it is subnormal.

    mpmath's own float() rounds as its context does, and twice where the result is subnormal.
    """
    from mpmath import libmp

    for special, double in ((libmp.fnan, float("nan")), (libmp.finf, float("inf")), (libmp.fninf, float("-inf"))):
        if number == special:
            return double
    sign, mantissa, exponent, bits = number
    if not mantissa or exponent + bits < -1080:
        return 0.0
    if exponent + bits > 1030:
        return float("-inf") if sign else float("inf")
    whole = -int(mantissa) if sign else int(mantissa)
    try:  # dividing whole numbers is rounded once
        return float(whole << exponent) if exponent >= 0 else whole / (1 << -exponent)
    except OverflowError:
        return float("-inf") if sign else float("inf")


def _same(one: Any, other: Any) -> bool:
    """Whether all numbers are the same double, or the next one."""
    if isinstance(one, tuple | list):
        return isinstance(other, tuple | list) and len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Mapping):
        return isinstance(other, Mapping) and one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, float | complex | np.ndarray):
        here, there = np.asarray(one), np.asarray(other)
        if here.shape != there.shape or here.dtype.kind != there.dtype.kind:
            return False
        if here.dtype.kind == "c":
            return _same(here.real, there.real) and _same(here.imag, there.imag)
        if here.dtype.kind != "f":
            return bool(np.array_equal(here, there))
        low, high = np.nextafter(here, -np.inf), np.nextafter(here, np.inf)
        return bool(np.all((there == here) | ((low <= there) & (there <= high)) | (np.isnan(here) & np.isnan(there))))
    return bool(one == other)
