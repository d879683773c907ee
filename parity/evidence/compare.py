"""Compare two values element by element and say how far apart they are.

    |actual - reference| <= atol + rtol * |reference| + half_unit        for every element, never a mean

The rule is asymmetric: `rtol` is a share of the *reference*, the second argument, so exchanging the two
arguments can change the verdict near the limit. The first reason that applies decides, in this order:

1. missing  one of the two is None
2. type     numeric, logical or character; logical and character values are compared exactly
3. shape    equal, except that one element without dimensions meets a vector of one, `()` and `(1,)`, because
            R has no scalars
4. class    NaN, NA (a NaN whose low word is 1954, as R marks it), Inf, -Inf and the sign of zero stand at the
            same places. The sign counts only where both sides are exactly zero, and not where `half_unit` is
            positive: a number printed as 0 has lost its sign
5. value    the rule above. Numbers of any kind are compared as float64; integers beyond 2^53, which float64
            cannot tell apart, must be equal exactly
6. vacuous  the two agree, but no element was compared, or all are NaN, or one constant (for a single number:
            zero) would have agreed with the reference as well. Such a pass is no evidence. With an independent
            reference (`constant_ok=True`) a constant, NaN or an empty array of the right shape is evidence

Comparing returns a value; it never prints, and raises only for a tolerance that is negative or not finite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

NA_LOW_WORD = 1954
EXACT_INTEGERS = 2**53

_FLOAT64 = np.dtype(np.float64)
_KINDS = {"f": "numeric", "i": "numeric", "u": "numeric", "b": "logical", "U": "character", "S": "character"}
_MAGNITUDE = np.uint64(0x7FFFFFFFFFFFFFFF)
_LOW_WORD = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Worst:
    """The largest of one measure of difference, and where it is (zero-based)."""

    value: float
    index: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `compare` found. The measures are recorded for a pass as well as for a failure.

    `actual`, `reference` and `allowed` belong to the place of `ratio`: the largest error / allowed or, when the
    reason is "class", the first place where the classes differ. `absolute`, `relative` and `ulp` are taken over
    the elements that have the same class on both sides; equal NaN and Inf count as compared, with no error.
    """

    ok: bool
    reason: str | None
    message: str
    count: int
    differing: int
    absolute: Worst | None
    relative: Worst | None
    ulp: Worst | None
    ratio: Worst | None
    actual: object
    reference: object
    allowed: float
    rtol: float
    atol: float


def compare(
    actual: object,
    reference: object,
    *,
    rtol: float,
    atol: float,
    half_unit: float | Array = 0.0,
    constant_ok: bool = False,
    signed_zero: bool = True,
) -> Comparison:
    """Compare `actual` with `reference`; see the module's text for the rule and the order of reasons.

    `half_unit` is half a unit of the last digit that the reference was printed with, a number or an array of the
    reference's shape. `constant_ok` says that the reference is independent truth. `signed_zero=False` lets 0.0
    meet -0.0.
    """
    if not (0.0 <= rtol < math.inf and 0.0 <= atol < math.inf):
        raise ValueError(f"tolerances must be finite and not negative: rtol={rtol!r}, atol={atol!r}")
    if actual is None or reference is None:
        which = "both values are" if actual is reference else "the value is" if actual is None else "the reference is"
        return _failed("missing", f"{which} missing", actual, reference, rtol, atol)
    a = actual if type(actual) is np.ndarray else _as_array(actual)
    b = reference if type(reference) is np.ndarray else _as_array(reference)

    kind_a, kind_b = _kind(a), _kind(b)
    if kind_a != kind_b or kind_a == "other":
        if kind_a == kind_b:
            message = f"values of type {a.dtype} and {b.dtype} cannot be compared"
        else:
            message = f"{_kind_text(a, kind_a)} where the reference is {_kind_text(b, kind_b)}"
        return _failed("type", message, actual, reference, rtol, atol)
    shape = b.shape
    if a.shape != shape:
        if {a.shape, shape} != {(), (1,)}:
            return _failed("shape", _shape_message(a.shape, shape), actual, reference, rtol, atol)
        shape = ()
    if kind_a == "character":
        return _compare_exactly(a, b, shape, rtol, atol, constant_ok)
    if kind_a == "logical":
        return _compare_exactly(a, b, shape, rtol, atol, constant_ok)

    if a.dtype is not _FLOAT64 or b.dtype is not _FLOAT64:
        if _needs_integers(a) or _needs_integers(b):
            return _compare_integers(a, b, shape, rtol, atol, half_unit, constant_ok)
        a, b = a.astype(np.float64, copy=False), b.astype(np.float64, copy=False)
    if b.size == 0:
        nothing = Comparison(True, None, "", 0, 0, None, None, None, None, None, None, 0.0, rtol, atol)
        return nothing if constant_ok else replace(nothing, ok=False, reason="vacuous", message="no element to compare")
    x, y = a.ravel(), b.ravel()
    half = half_unit if isinstance(half_unit, float) else _half(half_unit, y)
    found = _identical(x, y, shape, rtol, atol, half) or _compare_floats(x, y, shape, rtol, atol, half, signed_zero)
    if found.ok and not constant_ok:
        why = _vacuous(y, rtol, atol, half)
        if why:
            return replace(found, ok=False, reason="vacuous", message=why)
    return found


def python_index(index: tuple[int, ...]) -> str:
    """The index as Python writes it: (1, 0) is "[1, 0]", () is ""."""
    return f"[{', '.join(map(str, index))}]" if index else ""


def r_index(index: tuple[int, ...]) -> str:
    """The index as R writes it, counted from one: (1, 0) is "[2, 1]", () is ""."""
    return f"[{', '.join(str(i + 1) for i in index)}]" if index else ""


def number(value: object) -> str:
    """A value in words that tell the classes apart: NA, NaN, Inf, -Inf, -0.0; otherwise all digits it needs."""
    if not isinstance(value, float):
        return repr(value)
    if math.isnan(value):
        return "NA" if _is_na(np.array([value]))[0] else "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return repr(float(value))


# ---------------------------------------------------------------------------------------------- type and shape


def _as_array(value: object) -> Array:
    try:
        return np.asarray(value)
    except ValueError:  # ragged lists have no shape: a value that cannot be compared, not a crash
        whole = np.empty((), dtype=object)
        whole[()] = value
        return whole


def _kind(array: Array) -> str:
    kind = _KINDS.get(array.dtype.kind)
    if kind is not None:
        return kind
    # R's NA_character_ arrives as None among text
    if array.dtype.kind == "O" and array.size and all(v is None or isinstance(v, str) for v in array.flat):
        return "character"
    return "other"


def _kind_text(array: Array, kind: str) -> str:
    return str(array.dtype) if kind == "other" else kind


def _shape_message(actual: tuple[int, ...], reference: tuple[int, ...]) -> str:
    text = f"shape {actual} where the reference has {reference}"
    if len(actual) > 1 and actual == reference[::-1]:
        return f"{text}, the same extents in reverse order"
    if sorted(actual) == sorted(reference):
        return f"{text}, the same extents in another order"
    if [n for n in actual if n != 1] == [n for n in reference if n != 1]:
        return f"{text}, which differ only in extents of 1"
    if math.prod(actual) == math.prod(reference):
        return f"{text}, {math.prod(actual)} elements in both"
    return text


def _failed(reason: str, message: str, actual: object, reference: object, rtol: float, atol: float) -> Comparison:
    a = None if isinstance(actual, np.ndarray) else actual
    b = None if isinstance(reference, np.ndarray) else reference
    return Comparison(False, reason, message, 0, 0, None, None, None, None, a, b, 0.0, rtol, atol)


def _half(half_unit: float | Array, y: Array) -> float | Floats:
    half = np.asarray(half_unit, dtype=np.float64)
    if half.ndim == 0:
        return float(half)
    if half.size != y.size:
        raise ValueError(f"half_unit has {half.size} elements, the reference has {y.size}")
    return half.ravel()


# ------------------------------------------------------------------------------------------------ exact values


def _compare_exactly(
    a: Array, b: Array, shape: tuple[int, ...], rtol: float, atol: float, constant_ok: bool
) -> Comparison:
    x, y = a.ravel(), b.ravel()
    differs = np.asarray(x != y, dtype=bool)
    count, differing = int(y.size), int(differs.sum())
    if differing:
        flat = int(differs.argmax())
        worst = Worst(math.inf, _unravel(flat, shape))
        left, right = x[flat : flat + 1].tolist()[0], y[flat : flat + 1].tolist()[0]
        message = f"{left!r} where the reference has {right!r}{_share(differing, count)}"
        return Comparison(
            False, "value", message, count, differing, None, None, None, worst, left, right, 0.0, rtol, atol
        )
    if count == 0:
        found = Comparison(True, None, "", 0, 0, None, None, None, None, None, None, 0.0, rtol, atol)
        why = "no element to compare"
    else:
        zero = Worst(0.0, (0,) * len(shape))
        left, right = x[:1].tolist()[0], y[:1].tolist()[0]
        found = Comparison(True, None, "", count, 0, zero, zero, zero, zero, left, right, 0.0, rtol, atol)
        # One single TRUE, FALSE or text is a full answer; many that are all the same are not.
        why = f"all {count} elements are {right!r}" if count > 1 and bool(np.all(y == y[0])) else ""
    if why and not constant_ok:
        return replace(found, ok=False, reason="vacuous", message=why)
    return found


# ----------------------------------------------------------------------------------------------------- numbers


def _identical(
    x: Floats, y: Floats, shape: tuple[int, ...], rtol: float, atol: float, half: float | Floats
) -> Comparison | None:
    """The fast path: the same bits on both sides need no arithmetic. (An NA is an NA whatever its other bits.)"""
    if x.tobytes() != y.tobytes():
        return None
    zero = Worst(0.0, (0,) * len(shape))
    value = y.item(0)
    allowed = _allowed(value, rtol, atol, half if isinstance(half, float) else half.item(0))
    return Comparison(True, None, "", y.size, 0, zero, zero, zero, zero, value, value, allowed, rtol, atol)


def _compare_floats(
    x: Floats, y: Floats, shape: tuple[int, ...], rtol: float, atol: float, half: float | Floats, signed_zero: bool
) -> Comparison:
    count = y.size
    with np.errstate(all="ignore"):
        error = np.abs(x - y)
        size = np.abs(y)
        allowed = size * rtol + (half + atol)
        # An infinite or undefined difference is the only sign of a value that is not finite.
        special = None if math.isfinite(error.max()) else ~(np.isfinite(x) & np.isfinite(y))
        wrong_class = _wrong_class(x, y, error, special, half, signed_zero)
        if special is not None:
            # Overflow of a finite difference stays infinite; elements that are not finite have no measurable error.
            error[special] = 0.0
            size[special] = 1.0
            allowed[special] = 0.0
        differs = error > allowed
        ratio = error / allowed
        relative = error / size
        same = error == 0.0
        if same.any():  # 0 / 0 is no difference, not NaN
            ratio[same] = 0.0
            relative[same] = 0.0
        ulp = _ulp(x, y)
        if special is not None:
            ulp[special] = 0

    if wrong_class is not None:
        flat = int(wrong_class.argmax())
        differing = int((differs | wrong_class).sum())
        comparable = ~wrong_class
        worst = Worst(math.inf, _unravel(flat, shape))
        has = bool(comparable.any())
        message = (
            f"{number(x.item(flat))} where the reference has {number(y.item(flat))}"
            f"{_share(int(wrong_class.sum()), count, 'differ in class')}"
        )
        return Comparison(
            False,
            "class",
            message,
            count,
            differing,
            _worst(error, shape, comparable) if has else None,
            _worst(relative, shape, comparable) if has else None,
            _worst(ulp, shape, comparable) if has else None,
            worst,
            x.item(flat),
            y.item(flat),
            0.0,
            rtol,
            atol,
        )
    differing = int(np.count_nonzero(differs))
    flat = int(ratio.argmax())
    permitted = allowed.item(flat)
    value = y.item(flat)
    if special is not None and special[flat]:
        permitted = _allowed(value, rtol, atol, half if isinstance(half, float) else half.item(flat))
    message = ""
    if differing:
        message = f"{_off_by(error.item(flat), permitted)}{_share(differing, count)}"
    return Comparison(
        not differing,
        "value" if differing else None,
        message,
        count,
        differing,
        _worst(error, shape),
        _worst(relative, shape),
        _worst(ulp, shape),
        Worst(ratio.item(flat), _unravel(flat, shape)),
        x.item(flat),
        value,
        permitted,
        rtol,
        atol,
    )


def _wrong_class(
    x: Floats, y: Floats, error: Floats, special: Mask | None, half: float | Floats, signed_zero: bool
) -> Mask | None:
    """Where the classes differ, or None if they agree everywhere."""
    wrong: Mask | None = None
    if signed_zero:
        # Bits of unlike sign and no difference: that is 0.0 against -0.0 (or equal infinities, never of unlike sign).
        wrong = (np.signbit(x) != np.signbit(y)) & (error == 0.0)
        if not isinstance(half, float) or half > 0.0:
            wrong &= np.asarray(half) == 0.0
        if not wrong.any():
            wrong = None
    if special is not None:
        unlike = special & ~((x == y) | (np.isnan(x) & np.isnan(y) & (_is_na(x) == _is_na(y))))
        if unlike.any():
            wrong = unlike if wrong is None else wrong | unlike
    return wrong


def _is_na(x: Floats) -> Mask:
    """R's NA among doubles: a NaN whose low word is 1954."""
    bits = np.ascontiguousarray(x).view(np.uint64)
    marked: Mask = np.isnan(x) & ((bits & _LOW_WORD) == NA_LOW_WORD)
    return marked


def _ulp(x: Floats, y: Floats) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """How many doubles apart: the distance of the bits read as ordered integers; 0.0 and -0.0 are one place.

    The largest distance, between the two ends of the line, is below 2^64, so unsigned arithmetic is exact.
    """
    bits_x, bits_y = x.view(np.uint64), y.view(np.uint64)
    u, v = bits_x & _MAGNITUDE, bits_y & _MAGNITUDE
    apart: np.ndarray[Any, np.dtype[np.uint64]] = np.maximum(u, v) - np.minimum(u, v)
    opposite = (bits_x ^ bits_y) > _MAGNITUDE
    if opposite.any():
        apart[opposite] = u[opposite] + v[opposite]
    return apart


def _worst(measure: Array, shape: tuple[int, ...], where: Mask | None = None) -> Worst:
    if where is not None:
        measure = np.where(where, measure, 0)
    flat = int(measure.argmax())
    return Worst(float(measure[flat]), _unravel(flat, shape))


def _unravel(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    index: list[int] = []
    for extent in reversed(shape):
        flat, i = divmod(flat, extent)
        index.append(i)
    return tuple(reversed(index))


def _allowed(value: float, rtol: float, atol: float, half: float) -> float:
    return abs(value) * rtol + (half + atol) if math.isfinite(value) else 0.0


# ---------------------------------------------------------------------------------------------- large integers


def _needs_integers(array: Array) -> bool:
    if array.dtype.kind not in "iu" or array.dtype.itemsize < 8 or not array.size:
        return False
    return int(array.max()) > EXACT_INTEGERS or int(array.min()) < -EXACT_INTEGERS


def _compare_integers(
    a: Array,
    b: Array,
    shape: tuple[int, ...],
    rtol: float,
    atol: float,
    half_unit: float | Array,
    constant_ok: bool,
) -> Comparison:
    """Python's integers are exact at any size. Elements beyond 2^53 are allowed no difference at all."""
    left, right = a.ravel().tolist(), b.ravel().tolist()
    halves = np.broadcast_to(np.asarray(half_unit, dtype=np.float64).ravel(), (len(right),)).tolist()
    errors, relatives, ratios, alloweds = [], [], [], []
    for p, q, half in zip(left, right, halves, strict=True):
        if p == q:
            error: float = 0
        elif isinstance(p, int) and isinstance(q, int):
            error = abs(p - q)
        else:
            gap = float(p) - float(q)
            # unequal, yet the same once rounded to a double: the difference is at least the integer's unit
            error = (abs(gap) or 1.0) if not math.isnan(gap) else math.inf
        large = any(isinstance(v, int) and abs(v) > EXACT_INTEGERS for v in (p, q))
        allowed = 0.0 if large else _allowed(float(q), rtol, atol, half)
        errors.append(error)
        alloweds.append(allowed)
        relatives.append(0.0 if not error else error / abs(q) if q else math.inf)
        ratios.append(0.0 if not error else error / allowed if allowed else math.inf)
    flat = max(range(len(right)), key=ratios.__getitem__)
    differing = sum(error > allowed for error, allowed in zip(errors, alloweds, strict=True))
    message = f"{_off_by(errors[flat], alloweds[flat])}{_share(differing, len(right))}" if differing else ""
    with np.errstate(all="ignore"):
        ulp = _ulp(a.astype(np.float64).ravel(), b.astype(np.float64).ravel())
    found = Comparison(
        not differing,
        "value" if differing else None,
        message,
        len(right),
        differing,
        _worst(np.asarray(errors, dtype=np.float64), shape),
        _worst(np.asarray(relatives, dtype=np.float64), shape),
        _worst(ulp, shape),
        Worst(float(ratios[flat]), _unravel(flat, shape)),
        left[flat],
        right[flat],
        alloweds[flat],
        rtol,
        atol,
    )
    if found.ok and not constant_ok and len(right) > 1 and all(q == right[0] for q in right):
        return replace(found, ok=False, reason="vacuous", message=f"all {len(right)} elements are {right[0]!r}")
    return found


# ----------------------------------------------------------------------------------------- vacuous, and wording


def _vacuous(y: Floats, rtol: float, atol: float, half: float | Floats) -> str:
    """Why agreement with `y` proves nothing, or "".

    A constant c agrees with every element if  max(y - allowed) <= c <= min(y + allowed),  so a constant passes
    exactly when the left end does not exceed the right end. One number is compared with the constant 0 only.
    """
    if y.size == 1:
        value = y.item(0)
        if math.isnan(value):
            return f"the only value is {number(value)}"
        limit = _allowed(value, rtol, atol, half if isinstance(half, float) else half.item(0))
        if abs(value) <= limit:
            return "the only value is zero" if value == 0.0 else "zero would agree as well"
        return ""
    if isinstance(half, float):
        # Most arrays show two values that differ at once; then there is no need to look at the rest.
        slack = half + atol
        low, high = -math.inf, math.inf
        for value in y[:8].tolist():
            margin = abs(value) * rtol + slack
            if value - margin > low:
                low = value - margin
            if value + margin < high:
                high = value + margin
            if low > high:
                return ""
    with np.errstate(all="ignore"):
        nan = np.isnan(y)
        if nan.all():
            return f"all {y.size} elements are NaN or NA"
        finite = np.isfinite(y)
        if not finite.all():
            return f"all {y.size} elements are {number(y.item(0))}" if bool((y == y[0]).all()) else ""
        margins = np.abs(y) * rtol + (half + atol)
        if (y - margins).max() > (y + margins).min():
            return ""
    if bool((y == y[0]).all()):
        return f"all {y.size} elements are {'zero' if y.item(0) == 0.0 else number(y.item(0))}"
    return f"a constant would agree with all {y.size} elements as well"


def _share(differing: int, count: int, verb: str = "differ") -> str:
    if count == 1:
        return ""
    if differing == 1 and verb == "differ":
        verb = "differs"
    elif differing == 1:
        verb = verb.replace("differ", "differs", 1)
    return f"; {differing} of {count} elements {verb}"


def _off_by(error: float, allowed: float) -> str:
    """Both numbers with as few digits as tell them apart."""
    for digits in range(3, 17):
        left, right = f"{error:.{digits}g}", f"{allowed:.{digits}g}"
        if left != right:
            break
    return f"off by {left}, allowed {right}"
