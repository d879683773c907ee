"""Two columns of two data frames held against each other, row by row, at the speed of arrays.

A column is what its leaf is (see `Table`). Texts and factors are compared by numbers that stand for their labels on
both sides, so that a million rows cost no more than the few labels that they have.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from parity.arrays import NA_BITS, is_na
from parity.columns import Instants, Nullable, Spans, Texts
from parity.evidence.compare import Comparison, Worst, compare
from parity.evidence.kinds import as_value, unequal
from parity.fixture.model import Tolerance
from parity.subjects.observation import Uncomparable, length_of

Array = np.ndarray[Any, Any]
Plain = float | int | bool | str

_TYPES = {"f": "double", "i": "integer", "u": "integer", "b": "logical", "c": "complex", "m": "duration"}
_OF_ONE_KIND = ({"integer", "double"}, {"factor", "character"})
_EXACT_INTEGERS = 2**53
_ONE_TYPE_ALL_THE_SAME = {"date", "time"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How columns are held against each other; see `Join` for `types` and `nan_is_na`, `compare` for the others."""

    tolerance: Tolerance
    types: bool = True
    nan_is_na: bool = False
    constant_ok: bool = False
    names: tuple[str, str] = ("", "")

    @property
    def has(self) -> str:
        return f"where {self.names[1] or 'the reference'} has"

    def failed(self, reason: str, message: str, **fields: Any) -> Comparison:
        rtol, atol = self.tolerance.rtol, self.tolerance.atol
        return Comparison(ok=False, reason=reason, message=message, rtol=rtol, atol=atol, **fields)

    def passed(self, count: int, **fields: Any) -> Comparison:
        return Comparison(ok=True, count=count, rtol=self.tolerance.rtol, atol=self.tolerance.atol, **fields)


def type_of(column: Any) -> str:
    """What R calls it, mostly: integer, double, logical, character, factor, date, time, duration, complex."""
    if isinstance(column, Texts):
        return "character"
    if isinstance(column, Nullable):
        return "logical" if column.values.dtype.kind == "b" else "integer"
    if isinstance(column, Instants):
        return "time"
    if isinstance(column, Spans):
        return "duration"
    if hasattr(column, "levels"):
        return "factor"
    kind = column.dtype.kind if isinstance(column, np.ndarray) else ""
    return _TYPES.get(kind) or as_value(column).kind


def at_rows(column: Any, rows: Array | None) -> Any:
    """The column at these rows, all of them in order where None."""
    if rows is None or isinstance(column, Uncomparable):
        return column
    if isinstance(column, Texts):
        return Texts(column.codes[rows], column.labels)
    if isinstance(column, Nullable):
        return Nullable(column.values[rows], column.missing[rows])
    if isinstance(column, np.ndarray):
        return column[rows]
    if hasattr(column, "codes"):
        return replace(column, codes=np.asarray(column.codes)[rows])
    return replace(column, values=column.values[rows])


def comparison_of(
    actual: Any, reference: Any, rule: Rule, *, half_unit: Any = 0.0, signed_zero: bool = True
) -> Comparison:
    """Compare two columns of as many rows. One of numbers with which a constant would agree is vacuous; see `tells`."""
    for column in (actual, reference):
        if isinstance(column, Uncomparable):
            return rule.failed("type", f"{column.kind} cannot be compared")
    ours, theirs = type_of(actual), type_of(reference)
    note = ""
    if ours != theirs:
        why = _other_type(actual, reference, ours, theirs, rule)
        if why:
            return rule.failed("type", why, actual=ours, reference=theirs)
        note = f"{ours} {rule.has} {theirs}"
    if {"date", "time"} & {ours, theirs}:
        comparison = _instants(actual, reference, rule)
    elif {ours, theirs} <= {"character", "factor"}:
        comparison = _labels(actual, reference, rule)
    elif ours == "logical":
        comparison = _exactly(_truths(actual), _truths(reference), rule, bool)
    else:
        comparison = _numbers(actual, reference, rule, half_unit, signed_zero)
    return replace(comparison, note="; ".join(filter(None, (note, comparison.note)))) if note else comparison


def tells(column: Any) -> bool:
    """Whether a column has two values that differ, so that agreeing with it is more than agreeing with a constant."""
    if length_of(column) < 2:
        return bool(length_of(column)) and not all_missing(column) and not _is_zero(column)
    if isinstance(column, Nullable):
        there = column.values[~column.missing]
        return bool(column.missing.any()) or bool((there[:1] != there).any())
    if hasattr(column, "codes"):
        return bool((column.codes != column.codes[0]).any())
    values = column.values if isinstance(column, Instants | Spans) else column
    if values.dtype.kind in "OT":
        return len(set(values.tolist())) > 1
    if values.dtype.kind == "M":
        values = values.view(np.int64)
    nan = values != values
    return bool(nan.any() and not nan.all()) or bool((values != values[0])[~nan].any() and not nan[0])


def _is_zero(column: Any) -> bool:
    return isinstance(column, np.ndarray) and column.dtype.kind in "fiuc" and bool(column[0] == 0)


def all_missing(column: Any) -> bool:
    """Whether nothing is there: NA, NaN or NaT throughout."""
    if isinstance(column, Nullable):
        return bool(column.missing.all())
    if hasattr(column, "codes"):
        return bool((np.asarray(column.codes) < 0).all())
    values = column.values if isinstance(column, Instants | Spans) else column
    if values.dtype.kind in "mM":
        return bool(np.isnat(values).all())
    if values.dtype.kind in "fc":
        return bool(np.isnan(values).all())
    return values.dtype.kind in "OT" and all(element is None for element in values.tolist())


# -- types -------------------------------------------------------------------------------------------------------------


def _other_type(actual: Any, reference: Any, ours: str, theirs: str, rule: Rule) -> str:
    """Why columns of these types are no match; "" where they are."""
    if {ours, theirs} == _ONE_TYPE_ALL_THE_SAME:  # pandas has no dates: it writes them as midnights without a zone
        times = actual if ours == "time" else reference
        if not isinstance(times, Instants) or times.tz in (None, "UTC"):
            return ""
        return f"{_described(actual, ours)} {rule.has} {_described(reference, theirs)}"
    both = {ours, theirs}
    if not rule.types and both in _OF_ONE_KIND:
        return ""
    if rule.constant_ok and (ours, theirs) == ("integer", "double"):  # a number that is written down says no type
        return ""
    how = ""
    if both == {"integer", "double"}:
        same = compare(_as_array(actual), _as_array(reference), rtol=0.0, atol=0.0, constant_ok=True)
        how = "; every number is the same" if same.ok else f"; {same.differing} of {same.count} numbers differ as well"
    elif both == {"factor", "character"}:
        codes, other, _ = joint_codes(actual, reference)
        how = "; the texts are the factor's labels" if np.array_equal(codes, other) else ""
    return f"{_described(actual, ours)} {rule.has} {_described(reference, theirs)}{how}"


def _described(column: Any, kind: str) -> str:
    if isinstance(column, Instants):
        return f"times in {column.tz or 'the local zone'}"
    return {"date": "dates", "time": "times", "duration": "spans of time"}.get(kind, kind)


# -- labels ------------------------------------------------------------------------------------------------------------


def joint_codes(a: Any, b: Any) -> tuple[Array, Array, list[str]]:
    """Numbers that stand for the same text in both columns; -1 is NA. And the texts that they stand for."""
    known: dict[str, int] = {}
    codes = []
    for column in (a, b):
        coded = column if hasattr(column, "codes") else _coded(column)
        labels = coded.levels if hasattr(coded, "levels") else coded.labels
        place = [-1 if label is None else known.setdefault(str(label), len(known)) for label in labels]
        codes.append(np.array([*place, -1])[np.asarray(coded.codes)])
    return codes[0], codes[1], list(known)


def _coded(column: Array) -> Texts:
    """An array of texts as codes and labels."""
    known: dict[str, int] = {}
    if column.dtype.kind == "U":
        labels, codes = np.unique(column, return_inverse=True)
        return Texts(codes, tuple(labels.tolist()))
    texts = as_value(column).array.tolist()
    codes = np.array([-1 if text is None else known.setdefault(text, len(known)) for text in texts], dtype=np.int64)
    return Texts(codes, tuple(known))


def _labels(a: Any, b: Any, rule: Rule) -> Comparison:
    x, y, texts = joint_codes(a, b)
    comparison = _exactly((x, x < 0), (y, y < 0), rule, lambda code: texts[code])
    if not comparison.ok or not (hasattr(a, "levels") and hasattr(b, "levels")):
        return comparison
    why = _levels(a, b, rule)
    return replace(comparison, ok=False, reason="levels", message=why) if why else comparison


def _levels(a: Any, b: Any, rule: Rule) -> str:
    ours, theirs = tuple(a.levels), tuple(b.levels)
    if ours != theirs:
        place = next((i for i, (p, q) in enumerate(zip(ours, theirs, strict=False)) if p != q), None)
        order = ", the same levels in another order" if sorted(map(str, ours)) == sorted(map(str, theirs)) else ""
        if place is None:
            return f"{len(ours)} levels {rule.has} {len(theirs)}"
        return f"level {ours[place]!r} {rule.has} {theirs[place]!r}, the one of number {place}{order}"
    if bool(a.ordered) != bool(b.ordered):
        words = {True: "an ordered factor", False: "a factor without order"}
        return f"{words[bool(a.ordered)]} {rule.has} {words[bool(b.ordered)]}"
    return ""


# -- exact elements ----------------------------------------------------------------------------------------------------


def _exactly(
    a: tuple[Array, Array],
    b: tuple[Array, Array],
    rule: Rule,
    plain: Callable[[Any], Plain],
    word: Callable[[Plain], str] = repr,
) -> Comparison:
    """Compare values of which those that are missing mean nothing.

    `plain` gives one of them as Python has it, and `word` as a message says it.
    """
    (x, lacks_x), (y, lacks_y) = a, b
    count = len(y)
    unlike = lacks_x != lacks_y
    differs = unlike | ((x != y) & ~lacks_y)

    def one(values: Array, lacks: Array, place: int) -> Plain:
        return "NA" if lacks[place] else plain(values[place])

    zero = Worst(0.0, (0,)) if count else None
    differing = int(np.count_nonzero(differs))
    if not differing:
        same = {"actual": one(x, lacks_x, 0), "reference": one(y, lacks_y, 0)} if count else {}
        return rule.passed(count, absolute=zero, relative=zero, ulp=zero, ratio=zero, **same)
    of_class = bool(unlike.any())
    decisive = unlike if of_class else differs
    place = int(decisive.argmax())
    left, right = one(x, lacks_x, place), one(y, lacks_y, place)
    words = ["NA" if lacks[place] else word(value) for lacks, value in ((lacks_x, left), (lacks_y, right))]
    share = shared(int(np.count_nonzero(decisive)), count, "differ in class" if of_class else "differ")
    return rule.failed(
        "class" if of_class else "value",
        f"{words[0]} {rule.has} {words[1]}{share}",
        count=count,
        differing=differing,
        ratio=Worst(math.inf, (place,)),
        actual=left,
        reference=right,
    )


def shared(differing: int, count: int, verb: str = "differ") -> str:
    if count < 2:
        return ""
    return f"; {differing} of {count} rows {verb.replace('differ', 'differs', 1) if differing == 1 else verb}"


def _truths(column: Any) -> tuple[Array, Array]:
    if isinstance(column, Nullable):
        return column.values, column.missing
    return column, np.zeros(len(column), dtype=bool)


def _truth_text(value: Any) -> str:
    return "TRUE" if value else "FALSE"


def ticks(a: Any, b: Any) -> tuple[Array, Array, np.dtype[Any]] | None:
    """Two columns of dates or times as whole numbers of one unit; None where no unit of 64 bits holds both."""
    arrays = [column.values if isinstance(column, Instants) else column for column in (a, b)]
    if any(array.dtype.kind != "M" for array in arrays):
        return None
    common = np.result_type(*arrays)
    both = [array.astype(common) for array in arrays]
    for array, fine in zip(arrays, both, strict=True):
        if array.dtype != common and not np.array_equal(fine.astype(array.dtype).view(np.int64), array.view(np.int64)):
            return None
    return both[0].view(np.int64), both[1].view(np.int64), common


def _instants(a: Any, b: Any, rule: Rule) -> Comparison:
    """Compared as instants; the zones that they are told in are a note where they differ."""
    both = ticks(a, b)
    if both is None:
        one, other = (as_value(column.values if isinstance(column, Instants) else column) for column in (a, b))
        differs = unequal(one, other)
        codes = np.arange(len(differs)) * 0
        return _exactly((codes + differs, codes > 0), (codes, codes > 0), rule, lambda _: "another time", str)
    x, y, unit = both
    nothing = np.iinfo(np.int64).min

    def plain(number: Any) -> str:
        return str(np.datetime_as_string(np.int64(number).view(unit))).removesuffix("T00:00:00")

    comparison = _exactly((x, x == nothing), (y, y == nothing), rule, plain, str)
    zones = [_zone(column) for column in (a, b)]
    zones_apart = f"times in {zones[0]} {rule.has} {zones[1]}" if None not in zones and zones[0] != zones[1] else ""
    if comparison.ok:
        return replace(comparison, note=zones_apart)
    apart = _apart(x, y, nothing, unit)
    return replace(comparison, message="; ".join(filter(None, (comparison.message, apart, zones_apart))))


def _zone(column: Any) -> str | None:
    """Where a date has none, and times without one are told in UTC."""
    if isinstance(column, Instants):
        return column.tz or "the local zone"
    return None if np.datetime_data(column.dtype)[0] in {"Y", "M", "W", "D"} else "UTC"


def _apart(x: Array, y: Array, nothing: int, unit: np.dtype[Any]) -> str:
    """Whether all that differ are as far apart, as times are that were told in another zone."""
    both = (x != nothing) & (y != nothing) & (x != y)
    steps = np.unique((x - y)[both])
    if len(steps) != 1:
        return ""
    name, step = np.datetime_data(unit)
    seconds = float(np.array(int(steps[0]) * step, dtype=f"m8[{name}]") / np.timedelta64(1, "s"))
    if seconds % 900 or abs(seconds) > 14 * 3600:
        if abs(seconds) < 900:
            return f"{seconds:g} s apart"
        return "1 day apart" if abs(seconds) == 86400 else f"{seconds / 86400:g} days apart"
    return f"{seconds / 3600:g} hours apart, as in another time zone"


# -- numbers -----------------------------------------------------------------------------------------------------------


def _as_array(column: Any) -> Any:
    return column.array() if isinstance(column, Nullable) else column


def _numbers(a: Any, b: Any, rule: Rule, half_unit: Any, signed_zero: bool) -> Comparison:
    x, y = _as_array(a), _as_array(b)
    if (
        isinstance(a, Nullable)
        and isinstance(b, Nullable)
        and np.array_equal(a.missing, b.missing)
        and (_beyond(a) or _beyond(b))  # which doubles cannot tell apart
    ):
        x, y = (np.where(column.missing, 0, column.values) for column in (a, b))
    if rule.nan_is_na:
        x, y = (_one_missing(values) for values in (x, y))
    comparison = compare(
        x,
        y,
        rtol=rule.tolerance.rtol,
        atol=rule.tolerance.atol,
        half_unit=half_unit,
        constant_ok=rule.constant_ok,
        signed_zero=signed_zero,
        actual_name=rule.names[0],
        reference_name=rule.names[1],
    )
    if comparison.message:
        message = comparison.message.replace(" elements ", " rows ")
        if type_of(b) == "duration" and comparison.reason == "value":
            first, *rest = message.split(";")
            message = ";".join([f"{first} (seconds)", *rest])
        comparison = replace(comparison, message=message)
    if isinstance(a, Spans) and isinstance(b, Spans) and a.units != b.units:
        return replace(comparison, note=f"in {a.units} {rule.has} {b.units}; compared in seconds")
    return comparison


def _beyond(column: Nullable) -> bool:
    there = column.values[~column.missing]
    return bool(len(there)) and max(abs(int(there.max())), abs(int(there.min()))) > _EXACT_INTEGERS


def _one_missing(values: Any) -> Any:
    if not isinstance(values, np.ndarray) or values.dtype.kind != "f":
        return values
    missing = np.isnan(values)
    if not missing.any():
        return values
    doubles = values.astype(np.float64)
    doubles.view(np.uint64)[missing] = NA_BITS
    return doubles


def element_text(column: Any, place: int) -> str:
    """One element as a message shows it."""
    if isinstance(column, Nullable):
        if column.missing[place]:
            return "NA"
        return _truth_text(column.values[place]) if column.values.dtype.kind == "b" else str(column.values[place])
    if hasattr(column, "codes"):
        labels = column.levels if hasattr(column, "levels") else column.labels
        code = int(column.codes[place])
        return "NA" if code < 0 or labels[code] is None else repr(str(labels[code]))
    values = column.values if isinstance(column, Instants | Spans) else column
    element = values[place]
    if values.dtype.kind in "mM":
        return "NA" if np.isnat(element) else str(element)
    if values.dtype.kind == "f":
        if np.isnan(element):
            return "NA" if is_na(np.array([element], dtype=np.float64))[0] else "NaN"
        return f"{int(element)}" if float(element).is_integer() and abs(element) < 1e15 else repr(float(element))
    if values.dtype.kind == "b":
        return _truth_text(element)
    return "NA" if element is None else repr(element.item() if hasattr(element, "item") else element)
