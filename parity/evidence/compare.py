"""Compare two values element by element and say how far apart they are.

    |actual - reference| <= atol + rtol * |reference| + half_unit        for every element, never a mean

The rule is asymmetric: `rtol` is a share of the *reference*, the second argument, so exchanging the two
arguments can change the verdict near the limit. The first reason that applies decides, in this order:

1. missing  one of the two is None
2. type     numeric, complex, logical, character, date, time, duration, bytes or factor (see kinds); only numbers, and
            durations that are counted in doubles, have a tolerance, all else is compared exactly. A factor against its
            codes, a date against its days differ in type
3. shape    equal, except that one element without dimensions meets a vector of one, `()` and `(1,)`, because
            R has no scalars; with `harmless_extents`, shapes that differ in extents of 1 only meet too
4. class    NaN, NA (a NaN whose low word is 1954, as R marks it), Inf, -Inf and the sign of zero stand at the
            same places; among text, logicals, dates and factors, NA. The sign counts only where both sides are exactly
            zero, and not where `half_unit` is positive: a number printed as 0 has lost its sign
5. value    the rule above. Numbers are compared as float64; integers beyond 2^53, which float64 cannot tell
            apart, must be equal exactly; of complex numbers the modulus of the difference is held against that of the
            reference, and each part has a class of its own; a longdouble is compared in its own precision, so that a
            difference which no float64 could hold still counts, and is reported rounded to float64
6. levels   the labels of two factors agree, but not their levels, the order of these, or `ordered`
7. names    the names of an axis differ. Where one side alone has names there is nothing to compare them with
8. vacuous  the two agree, but no element was compared, or all are NaN or NA, or one constant (for a single number:
            zero) would have agreed with the reference as well. Such a pass is no evidence. With an independent
            reference (`constant_ok=True`) a constant, NaN or an empty array of the right shape is evidence

Comparing returns a value; it never prints, and raises only for a tolerance that is negative or not finite.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from parity.arrays import NA_BITS, is_na, unravel
from parity.evidence.distance import BLOCK, Distance, distance
from parity.evidence.kinds import AxisNames, Value, as_value, complex_text, missing, plain, relation, shown, unequal

Array = np.ndarray[Any, Any]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Plain = float | int | bool | str

EXACT_INTEGERS = 2**53

_FLOAT64 = np.dtype(np.float64)


@dataclass(frozen=True, slots=True)
class Worst:
    """The largest of one measure of difference, and where it is (zero-based)."""

    value: float
    index: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What `compare` found. The measures are recorded for a pass as well as for a failure.

    `actual`, `reference` and `allowed` belong to the place of `ratio`: the largest error / allowed or, when the
    reason is "class", the first place where the classes differ. Both are plain Python values: NA among text or dates is
    "NA", a date is its text; where no single element was looked at, a text says what was there, and None is for the
    side that is missing. `absolute`, `relative` and `ulp` are taken over the elements that have the same class on
    both sides; equal NaN and Inf count as compared, with no error. `note` says what a pass let through. `row` names the
    row of a frame that the worst place is in: "id=17", or its number from zero.
    """

    ok: bool
    reason: str | None = None
    message: str = ""
    count: int = 0
    differing: int = 0
    absolute: Worst | None = None
    relative: Worst | None = None
    ulp: Worst | None = None
    ratio: Worst | None = None
    actual: Plain | None = None
    reference: Plain | None = None
    allowed: float = 0.0
    rtol: float
    atol: float
    note: str = ""
    row: str = ""


class _Rule(NamedTuple):
    """What the caller asked for."""

    rtol: float
    atol: float
    half_unit: float | Array
    constant_ok: bool
    signed_zero: bool
    harmless_extents: bool
    actual_name: str
    reference_name: str

    def where(self, verb: str = "has") -> str:
        return f"where {self.reference_name} has" if self.reference_name else f"where the reference {verb}"


def compare(
    actual: object,
    reference: object,
    *,
    rtol: float,
    atol: float,
    half_unit: float | Array = 0.0,
    constant_ok: bool = False,
    signed_zero: bool = True,
    harmless_extents: bool = False,
    actual_name: str = "",
    reference_name: str = "",
) -> Comparison:
    """Compare `actual` with `reference`; see the module's text for the rule and the order of reasons.

    `half_unit` is half a unit of the last digit that the reference was printed with, a number or an array of the
    reference's shape. `constant_ok` says that the reference is independent truth. `signed_zero=False` lets 0.0
    meet -0.0. `harmless_extents` lets (1, M) meet (M,). The names are what messages call the two sides.
    """
    if not (0.0 <= rtol < math.inf and 0.0 <= atol < math.inf):
        raise ValueError(f"tolerances must be finite and not negative: rtol={rtol!r}, atol={atol!r}")
    rule = _Rule(
        rtol, atol, half_unit, constant_ok, signed_zero, harmless_extents, actual_name, reference_name
    )  # fmt: skip
    if type(actual) is np.ndarray and type(reference) is np.ndarray:
        # What nearly every comparison is, without asking what kind of value it might be.
        shape = reference.shape
        if actual.dtype is _FLOAT64 and reference.dtype is _FLOAT64 and actual.shape == shape:
            return _compare_numbers(actual, reference, shape, rule)
    if actual is None or reference is None:
        return _failed("missing", _missing_message(actual, reference, rule), actual, reference, rule)
    a, b = as_value(actual), as_value(reference)
    if a.kind != b.kind or a.kind == "other":
        return _failed("type", _type_message(a, b, rule), a, b, rule)
    shape = b.array.shape
    note = ""
    if a.array.shape != shape:
        if harmless_extents and _without_ones(a.array.shape) == _without_ones(shape):
            note = f"shape {a.array.shape} {rule.where()} {shape}, which is declared harmless"
        elif {a.array.shape, shape} == {(), (1,)}:
            shape = ()
        else:
            return _failed("shape", _shape_message(a.array.shape, shape, rule), a, b, rule)
    if a.kind == "duration" and {a.array.dtype.kind, b.array.dtype.kind} != {"m"}:
        comparison = _compare_numbers(_seconds(a.array), _seconds(b.array), shape, rule)
    elif a.kind == "complex":
        comparison = _compare_complex(a.array, b.array, shape, rule)
    elif a.kind == "numeric":
        comparison = _compare_numbers(a.array, b.array, shape, rule)
    else:
        comparison = _compare_exactly(a, b, shape, rule)
    if comparison.ok or comparison.reason == "vacuous":
        comparison = _with_labels(comparison, a, b, rule)
    return replace(comparison, note="; ".join(filter(None, (note, comparison.note)))) if note else comparison


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
        return "NA" if is_na(np.array([value]))[0] else "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return repr(float(value))


# ----------------------------------------------------------------------------------------------------- results

_NOTHING: dict[str, object] = {
    "reason": None, "message": "", "count": 0, "differing": 0, "absolute": None, "relative": None, "ulp": None,
    "ratio": None, "actual": None, "reference": None, "allowed": 0.0, "note": "",
    "row": "",
}  # fmt: skip
_index = functools.lru_cache(4096)(unravel)
_ORIGIN = tuple(Worst(0.0, (0,) * n) for n in range(65))


def _comparison(rule: _Rule, **fields: object) -> Comparison:
    """A Comparison from those of its fields that say something.

    Written into its dictionary at once: the constructor of a frozen dataclass sets field after field by
    object.__setattr__, which would take longer than comparing a dozen numbers.
    """
    comparison = object.__new__(Comparison)
    into = comparison.__dict__
    into.update(_NOTHING)
    into["rtol"] = rule.rtol
    into["atol"] = rule.atol
    into.update(fields)
    return comparison


def _failed(reason: str, message: str, actual: object, reference: object, rule: _Rule) -> Comparison:
    return _comparison(
        rule, ok=False, reason=reason, message=message, actual=_described(actual), reference=_described(reference)
    )


def _described(value: object) -> Plain | None:
    """A whole value in place of an element: itself where it is one, otherwise its kind and shape."""
    if value is None or isinstance(value, bool | int | float | str):
        return None if value is None else float(value) if isinstance(value, float) else value
    inside = value if isinstance(value, Value) else as_value(value)
    if inside.array.ndim == 0 and inside.kind != "other":
        return plain(inside, 0)
    return f"{inside.type} {inside.array.shape}" if inside.array.ndim else inside.type


# ---------------------------------------------------------------------------------------------- type and shape


def _missing_message(actual: object, reference: object, rule: _Rule) -> str:
    absent = [
        name
        for name, value in ((rule.actual_name, actual), (rule.reference_name, reference))
        if value is None and name
    ]  # fmt: skip
    if absent:
        return f"{' and '.join(absent)} gave no value"
    which = "both values are" if actual is reference else "the value is" if actual is None else "the reference is"
    return f"{which} missing"


def _type_message(a: Value, b: Value, rule: _Rule) -> str:
    if a.kind == b.kind:
        return f"values of type {a.type} and {b.type} cannot be compared"
    how = relation(a, b)
    return f"{a.type} {rule.where('is')} {b.type}{'; ' if how else ''}{how}"


def _without_ones(shape: tuple[int, ...]) -> list[int]:
    return [extent for extent in shape if extent != 1]


def _shape_message(actual: tuple[int, ...], reference: tuple[int, ...], rule: _Rule) -> str:
    text = f"shape {actual} {rule.where()} {reference}"
    if len(actual) > 1 and actual == reference[::-1]:
        return f"{text}, the same extents in reverse order"
    if sorted(actual) == sorted(reference):
        return f"{text}, the same extents in another order"
    if _without_ones(actual) == _without_ones(reference):
        return f"{text}, which differ only in extents of 1"
    if math.prod(actual) == math.prod(reference):
        return f"{text}, {math.prod(actual)} elements in both"
    return text


# ------------------------------------------------------------------------------------------------ exact values


def _compare_exactly(a: Value, b: Value, shape: tuple[int, ...], rule: _Rule) -> Comparison:
    count = b.array.size
    if not count:
        return _unless_vacuous(_comparison(rule, ok=True), "no element to compare", rule)
    differs = unequal(a, b)
    lacks_a, lacks_b = missing(a), missing(b)
    # An NA against an element is a difference of class, and goes before differences of value.
    unlike = None
    if lacks_a is not None or lacks_b is not None:
        nowhere = np.zeros(count, dtype=bool)
        unlike = (nowhere if lacks_a is None else lacks_a.ravel()) != (nowhere if lacks_b is None else lacks_b.ravel())
    differing = int(np.count_nonzero(differs))
    if differing:
        of_class = unlike is not None and bool(unlike.any())
        decisive = unlike if unlike is not None and of_class else differs
        flat = int(decisive.argmax())
        share = _share(int(np.count_nonzero(decisive)), count, "differ in class" if of_class else "differ")
        return _comparison(
            rule,
            ok=False,
            reason="class" if of_class else "value",
            message=f"{shown(a, flat)} {rule.where()} {shown(b, flat)}{share}",
            count=count,
            differing=differing,
            ratio=Worst(math.inf, unravel(flat, shape)),
            actual=plain(a, flat),
            reference=plain(b, flat),
        )
    zero = _ORIGIN[len(shape)]
    comparison = _comparison(
        rule,
        ok=True,
        count=count,
        absolute=zero,
        relative=zero,
        ulp=zero,
        ratio=zero,
        actual=plain(a, 0),
        reference=plain(b, 0),
    )
    why = ""
    if lacks_b is not None and lacks_b.all():
        why = f"all {count} elements are NA" if count > 1 else "the only value is NA"
    elif count > 1 and (b.array.ravel() == b.array.ravel()[0]).all():
        # One single TRUE, FALSE or text is a full answer; many that are all the same are not.
        why = f"all {count} elements are {shown(b, 0)}"
    return _unless_vacuous(comparison, why, rule)


def _with_labels(comparison: Comparison, a: Value, b: Value, rule: _Rule) -> Comparison:
    """`comparison`, unless the levels or the names around equal elements differ."""
    why = ""
    if a.levels != b.levels:
        order = ", the same levels in another order" if sorted(map(str, a.levels)) == sorted(map(str, b.levels)) else ""
        why = f"levels {_listed(a.levels)} {rule.where()} {_listed(b.levels)}{order}"
    elif a.ordered != b.ordered:
        words = {True: "an ordered factor", False: "a factor without order"}
        why = f"{words[a.ordered]} {rule.where()} {words[b.ordered]}"
    if why:
        return replace(comparison, ok=False, reason="levels", message=why)
    for axis, (ours, theirs) in enumerate(zip(_names(a), _names(b), strict=False)):
        if ours is not None and theirs is not None and ours != theirs:
            place = next(
                (i for i, (p, q) in enumerate(zip(ours, theirs, strict=False)) if p != q), min(len(ours), len(theirs))
            )
            left, right = (repr(n[place]) if place < len(n) else "no name" for n in (ours, theirs))
            order = ", the same names in another order" if sorted(map(str, ours)) == sorted(map(str, theirs)) else ""
            why = f"the name {left} {rule.where()} {right}, at {place} of axis {axis}{order}"
            return replace(comparison, ok=False, reason="names", message=why)
    return comparison


def _names(value: Value) -> AxisNames:
    """The names of the axes that are longer than 1, or all where no axis is: extents of 1 may be harmless."""
    axes = [names for names, extent in zip(value.names, value.array.shape, strict=False) if extent != 1]
    return tuple(axes) if axes else value.names


def _listed(levels: tuple[str | None, ...]) -> str:
    texts = ["NA" if level is None else repr(level) for level in levels]
    return ", ".join(texts if len(texts) <= 6 else [*texts[:5], f"... ({len(texts)})"]) or "none"


# ----------------------------------------------------------------------------------------------------- numbers


def _compare_numbers(a: Array, b: Array, shape: tuple[int, ...], rule: _Rule) -> Comparison:
    note = ""
    if a.dtype is not _FLOAT64 or b.dtype is not _FLOAT64:
        if _needs_integers(a) or _needs_integers(b):
            return _compare_integers(a, b, shape, rule)
        long = {a.dtype.char, b.dtype.char} & {"g"}
        kind = np.longdouble if long else np.float64
        with np.errstate(invalid="ignore"):  # R's NA is a signalling NaN until arithmetic has touched it
            a, b = a.astype(kind, copy=False), b.astype(kind, copy=False)
        note = "compared as longdouble" if long else ""
    count = b.size
    if not count:
        return _unless_vacuous(_comparison(rule, ok=True), "no element to compare", rule)
    half = rule.half_unit if type(rule.half_unit) is float else _half(rule.half_unit, count)
    if isinstance(half, float) and not 0.0 <= half < math.inf:
        raise ValueError(f"half_unit must be finite and not negative: {half!r}")
    if not note and count <= BLOCK and a.tobytes() == b.tobytes():
        alike = _alike(b.item(0), count, shape, half, rule)
        if rule.constant_ok:
            return alike
        return _unless_vacuous(alike, _vacuous(b.ravel(), rule.rtol, rule.atol, half), rule)
    x, y = a.ravel(), b.ravel()
    measured = distance(x, y, rule.rtol, rule.atol, half, rule.signed_zero)
    comparison = _verdict(measured, x, y, shape, half, rule)
    if note:
        comparison = replace(comparison, note=note)
    if comparison.ok and not rule.constant_ok:
        return _unless_vacuous(comparison, _vacuous(y.astype(np.float64, copy=False), rule.rtol, rule.atol, half), rule)
    return comparison


def _alike(first: float, count: int, shape: tuple[int, ...], half: float | Floats, rule: _Rule) -> Comparison:
    """Doubles of the same bits throughout, the first of which is `first`: nothing is left to measure."""
    zero = _ORIGIN[len(shape)]
    comparison = object.__new__(Comparison)
    comparison.__dict__.update({
        "ok": True, "reason": None, "message": "", "count": count, "differing": 0,
        "absolute": zero, "relative": zero, "ulp": zero, "ratio": zero, "actual": first, "reference": first,
        "allowed": _allowed(first, rule.rtol, rule.atol, half if isinstance(half, float) else half.item(0)),
        "rtol": rule.rtol, "atol": rule.atol, "note": "", "row": "",
    })  # fmt: skip
    return comparison


def _verdict(
    measured: Distance, x: Array, y: Array, shape: tuple[int, ...], half: float | Floats, rule: _Rule
) -> Comparison:
    count, differing = y.size, measured.differing
    reason, message = None, ""
    if measured.first_unlike >= 0:
        flat = measured.first_unlike
        reason, ratio, permitted = "class", (math.inf, flat), 0.0
        left, right = float(x[flat]), float(y[flat])
        share = _share(measured.unlike, count, "differ in class")
        message = f"{number(left)} {rule.where()} {number(right)}{share}"
    else:
        ratio = measured.ratio
        flat = ratio[1]
        left, right = float(x.item(flat)), float(y.item(flat))
        permitted = _allowed(right, rule.rtol, rule.atol, half if isinstance(half, float) else half.item(flat))
        if differing:
            reason = "value"
            error = abs(left - right) or measured.absolute[0]  # longdoubles may be one double, and yet differ
            message = f"{_off_by(error, permitted)}{_share(differing, count)}"
    has = measured.unlike < count
    zero = _ORIGIN[len(shape)]
    return _comparison(
        rule,
        ok=reason is None,
        reason=reason,
        message=message,
        count=count,
        differing=differing,
        absolute=_worst(measured.absolute, shape, zero) if has else None,
        relative=_worst(measured.relative, shape, zero) if has else None,
        ulp=_worst(measured.ulp, shape, zero) if has else None,
        ratio=_worst(ratio, shape, zero),
        actual=left,
        reference=right,
        allowed=permitted,
    )


def _worst(measure: tuple[float, int], shape: tuple[int, ...], zero: Worst) -> Worst:
    value, flat = measure
    return Worst(value, _index(flat, shape)) if flat or value else zero


def _half(half_unit: float | Array, size: int) -> float | Floats:
    half = np.asarray(half_unit, dtype=np.float64)
    if half.ndim == 0:
        return float(half)
    if half.size != size:
        raise ValueError(f"half_unit has {half.size} elements, the reference has {size}")
    if not (np.isfinite(half) & (half >= 0.0)).all():
        raise ValueError("half_unit must be finite and not negative")
    return half.ravel()


def _allowed(value: float, rtol: float, atol: float, half: float) -> float:
    return abs(value) * rtol + (half + atol) if math.isfinite(value) else 0.0


def _seconds(spans: Array) -> Array:
    """Spans of time in seconds: NaT is R's NA."""
    if spans.dtype.kind != "m":
        return spans
    seconds: Array = spans / np.timedelta64(1, "s")
    seconds.reshape(-1).view(np.uint64)[np.isnat(spans).reshape(-1)] = NA_BITS
    return seconds


# --------------------------------------------------------------------------------------------- complex numbers


def _compare_complex(a: Array, b: Array, shape: tuple[int, ...], rule: _Rule) -> Comparison:
    """|a - b| is the modulus. A part that is NaN, NA or infinite on both sides alike is left out of both moduli."""
    count = b.size
    if not count:
        return _unless_vacuous(_comparison(rule, ok=True), "no element to compare", rule)
    x, y = (np.ascontiguousarray(v.ravel(), dtype=np.complex128) for v in (a, b))
    half = _half(rule.half_unit, count)
    unlike = np.zeros(count, dtype=bool)
    parts = []
    na_x, na_y = (is_na(v.real.copy()) | is_na(v.imag.copy()) for v in (x, y))  # R: NA in a part is NA of the whole
    for p, q in ((x.real, y.real), (x.imag, y.imag)):
        differ = np.isnan(p) != np.isnan(q)
        differ |= (np.isinf(p) | np.isinf(q)) & (p != q) & ~(np.isnan(p) & np.isnan(q))
        if rule.signed_zero and isinstance(half, float) and half == 0.0:
            differ |= (p == 0) & (q == 0) & (np.signbit(p) != np.signbit(q))
        unlike |= differ
        special = ~(np.isfinite(p) & np.isfinite(q))
        parts.append((np.where(special, 0.0, p), np.where(special, 0.0, q)))
    unlike = np.where(na_x | na_y, na_x != na_y, unlike)
    (real_x, real_y), (imaginary_x, imaginary_y) = parts
    with np.errstate(all="ignore"):
        error = np.where(unlike, 0.0, np.hypot(real_x - real_y, imaginary_x - imaginary_y))
        modulus = np.hypot(real_y, imaginary_y)
        allowed = modulus * rule.rtol + (half + rule.atol)
        ratio = np.where(error == 0, 0.0, error / allowed)
        relative = np.where(error == 0, 0.0, error / modulus)
    beyond = ~(error <= allowed) | ~np.isfinite(error)
    differing = int(np.count_nonzero(beyond | unlike))
    zero = _ORIGIN[len(shape)]
    measures = {"absolute": error, "relative": relative, "ratio": np.where(np.isinf(error), math.inf, ratio)}
    worst = {name: _worst((float(m.max()), int(m.argmax())), shape, zero) for name, m in measures.items()}
    reason, message = None, ""
    if unlike.any():
        flat = int(unlike.argmax())
        reason, worst["ratio"] = "class", Worst(math.inf, _index(flat, shape))
        share = _share(int(np.count_nonzero(unlike)), count, "differ in class")
        message = f"{complex_text(x[flat])} {rule.where()} {complex_text(y[flat])}{share}"
    else:
        flat = int(measures["ratio"].argmax())
        if differing:
            reason = "value"
            message = f"{_off_by(float(error[flat]), float(allowed[flat]))}{_share(differing, count)}"
    comparison = _comparison(
        rule,
        ok=reason is None,
        reason=reason,
        message=message,
        count=count,
        differing=differing,
        actual=complex_text(x[flat]),
        reference=complex_text(y[flat]),
        allowed=0.0 if reason == "class" else float(allowed[flat]),
        **worst,
    )
    return _unless_vacuous(comparison, _vacuous_complex(y, allowed), rule)


def _vacuous_complex(y: Array, allowed: Array) -> str:
    finite = np.isfinite(y)
    if np.isnan(y).all():
        return f"all {y.size} elements are NaN or NA" if y.size > 1 else "the only value is NaN or NA"
    if y.size == 1:
        return "zero would agree as well" if finite[0] and abs(y[0]) <= allowed[0] else ""
    if not finite.all():
        return ""
    apart = np.abs(y - y[0]) > allowed + allowed[0]
    return "" if apart.any() else f"a constant would agree with all {y.size} elements as well"


# ---------------------------------------------------------------------------------------------- large integers


def _needs_integers(array: Array) -> bool:
    if array.dtype.kind not in "iu" or array.dtype.itemsize < 8 or not array.size:
        return False
    return int(array.max()) > EXACT_INTEGERS or int(array.min()) < -EXACT_INTEGERS


def _compare_integers(a: Array, b: Array, shape: tuple[int, ...], rule: _Rule) -> Comparison:
    """Python's integers and fractions are exact at any size. Elements beyond 2^53 are allowed no difference at all."""
    left, right = a.ravel().tolist(), b.ravel().tolist()
    count = len(right)
    half = _half(rule.half_unit, count)
    halves = [half] * count if isinstance(half, float) else half.tolist()
    errors, relatives, ratios, alloweds, unlike = [], [], [], [], []
    differing = 0
    for i, (p, q, unit) in enumerate(zip(left, right, halves, strict=True)):
        if not (isinstance(p, int) or np.isfinite(p)) or not (isinstance(q, int) or np.isfinite(q)):
            unlike.append(i)  # integers have neither NaN nor infinities, so this is against one of them
            error, allowed = Fraction(0), 0.0
        else:
            error = abs(_fraction(p) - _fraction(q))
            large = any(isinstance(v, int) and abs(v) > EXACT_INTEGERS for v in (p, q))
            allowed = 0.0 if large else _allowed(float(q), rule.rtol, rule.atol, unit)
        differing += error > allowed
        errors.append(_rounded(error))
        alloweds.append(allowed)
        relatives.append(0.0 if not error else _rounded(error / abs(_fraction(q))) if q else math.inf)
        ratios.append(0.0 if not error else errors[-1] / allowed if allowed else math.inf)
    measured = Distance()
    measured.differing = differing + len(unlike)
    measured.unlike = len(unlike)
    measured.first_unlike = unlike[0] if unlike else -1
    with np.errstate(all="ignore"):
        x, y = (np.nan_to_num(v.ravel().astype(np.float64)) for v in (a, b))
        measured.ulp = distance(x, y, 0.0, 0.0, 0.0, False).ulp
    measured.absolute, measured.relative, measured.ratio = (_first(m) for m in (errors, relatives, ratios))
    flat = measured.first_unlike if unlike else measured.ratio[1]
    comparison = _verdict(measured, a.ravel(), b.ravel(), shape, half, rule)
    comparison = replace(
        comparison, actual=_number_of(left[flat]), reference=_number_of(right[flat]), allowed=alloweds[flat]
    )  # fmt: skip
    if comparison.reason == "value":
        comparison = replace(comparison, message=f"{_off_by(errors[flat], alloweds[flat])}{_share(differing, count)}")
    same = count > 1 and all(q == right[0] for q in right)
    return _unless_vacuous(comparison, f"all {count} elements are {right[0]!r}" if same else "", rule)


def _fraction(value: Any) -> Fraction:
    return Fraction(*value.as_integer_ratio())


def _rounded(value: Fraction) -> float:
    try:
        return float(value) or (5e-324 if value else 0.0)
    except OverflowError:
        return math.inf


def _first(measures: list[float]) -> tuple[float, int]:
    largest = max(measures)
    return largest, measures.index(largest)


def _number_of(value: Any) -> float | int:
    return value if isinstance(value, int) else float(value)


# ----------------------------------------------------------------------------------------- vacuous, and wording


def _unless_vacuous(comparison: Comparison, why: str, rule: _Rule) -> Comparison:
    if why and comparison.ok and not rule.constant_ok:
        return replace(comparison, ok=False, reason="vacuous", message=why)
    return comparison


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
