"""Two data frames held against each other: their rows joined, then column by column.

With a key (`Join`) rows are matched by it, whatever their order. Every row must have its match: one that one side alone
has is a difference, as is a key that stands twice, of which nobody could say which row it means. Without a key rows are
matched by position, and there must be as many on both sides. Columns are matched by name; one that one side alone has
is a difference. So nothing passes by looking at what both sides happen to share.

A frame shows something where a column beside the key does: one that has two values that differ. A column of one value
throughout passes with the others, and a column in which nothing is there does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from parity.arrays import is_na
from parity.columns import Instants, Nullable, Spans
from parity.evidence import columns
from parity.evidence.columns import Rule
from parity.evidence.compare import Comparison
from parity.fixture.model import Join, Tolerance
from parity.subjects.observation import Leaf, Table, Uncomparable, length_of

Array = np.ndarray[Any, Any]

ROW_NAMES = "row.names"
_LISTED = 3
_BY_POSITION = Join()


@dataclass(frozen=True)
class Part:
    """What is said of one column, or with `column` None of the rows; and the columns as they were compared.

    `keyed`: rows have names, as `comparison.row` has it, and no numbers.
    """

    column: str | None
    comparison: Comparison
    actual: Leaf | None = None
    reference: Leaf | None = None
    keyed: bool = False


@dataclass(frozen=True)
class _Match:
    """Which row of the one is which of the other; None is every row in order. `name` says how a row is called."""

    ours: Array | None
    theirs: Array | None
    count: int
    name: Callable[[int], str]
    problems: tuple[tuple[str, str], ...] = ()
    apart: int = 0
    """Rows that one side alone has, or that cannot be told."""
    note: str = ""


def held_against(
    actual: Table,
    reference: Table,
    tolerance: Tolerance,
    join: Join | None = None,
    *,
    constant_ok: bool = False,
    half_unit: Callable[[Array], Any] = lambda _: 0.0,
    unsigned_zero: Callable[[Array], bool] = lambda _: False,
    names: tuple[str, str] = ("", ""),
) -> Iterator[Part]:
    """First what is said of the rows, then of each column of either.

    `constant_ok`: the reference is independent truth. `half_unit` and `unsigned_zero` say of a column of numbers of the
    reference how it was printed, and whether its zeros may have either sign.
    """
    join = join or _by_key(actual, reference)
    rule = Rule(
        tolerance=tolerance, types=join.types, nan_is_na=join.nan_is_na, constant_ok=constant_ok, names=names
    )  # fmt: skip
    match = _matched(actual, reference, join, rule)
    parts = [*_columns(actual, reference, match, join, rule, half_unit, unsigned_zero)]
    yield Part(None, _rows_comparison(actual, reference, match, join, rule, parts))
    yield from parts


def as_one(
    actual: Table, reference: Table, tolerance: Tolerance, join: Join | None = None, **options: Any
) -> Comparison:
    """The same as a single comparison: the first part that is not ok, or all of them counted together."""
    parts = [*held_against(actual, reference, tolerance, join, **options)]
    for part in parts:
        if not part.comparison.ok:
            where = f"{part.column}: " if part.column is not None else ""
            return replace(part.comparison, message=f"{where}{part.comparison.message}")
    count = sum(part.comparison.count for part in parts if part.column is not None)
    return replace(parts[0].comparison, count=count or parts[0].comparison.count)


def _by_key(actual: Table, reference: Table) -> Join:
    key = reference.key or actual.key
    return Join(key) if key else _BY_POSITION


# -- rows --------------------------------------------------------------------------------------------------------------


def _rows_comparison(
    actual: Table, reference: Table, match: _Match, join: Join, rule: Rule, parts: list[Part]
) -> Comparison:
    problems = [*match.problems]
    if join.ordered and not problems:
        shared = [[name for name in one.columns if name in other.columns] for one, other in _both(actual, reference)]
        if shared[0] != shared[1]:
            place = next(i for i, (p, q) in enumerate(zip(*shared, strict=True)) if p != q)
            problems.append(("order", f"column {shared[0][place]} {rule.has} {shared[1][place]}, at {place}"))
    if problems:
        message = "; ".join(text for _, text in problems)
        return rule.failed(problems[0][0], message, count=match.count, differing=match.apart)
    others = [part for part in parts if part.column not in join.key]
    if not rule.constant_ok:
        if not match.count:
            return rule.failed("vacuous", "no row to compare")
        if not parts:
            return rule.failed("vacuous", "no column to compare")
        if (
            others
            and all(part.comparison.ok for part in others)
            and not any(columns.tells(part.reference) for part in others if part.reference is not None)
        ):
            return rule.failed("vacuous", f"every column has one value in all {match.count} rows", count=match.count)
    return rule.passed(match.count, note=match.note)


def _both(actual: Table, reference: Table) -> tuple[tuple[Table, Table], tuple[Table, Table]]:
    return (actual, reference), (reference, actual)


def _matched(actual: Table, reference: Table, join: Join, rule: Rule) -> _Match:
    return _by_columns(actual, reference, join, rule) if join.key else _by_place(actual, reference, rule)


def _by_place(actual: Table, reference: Table, rule: Rule) -> _Match:
    ours, theirs = len(actual), len(reference)
    note = "rows are matched by position"
    if ours != theirs:
        text = f"{ours} rows {rule.has} {theirs}; {note}, for no key joins them"
        return _Match(None, None, 0, str, (("rows", text),), abs(ours - theirs), note)
    problems: tuple[tuple[str, str], ...] = ()
    if actual.rows is not None and reference.rows is not None and actual.rows != reference.rows:
        place = next(i for i, (p, q) in enumerate(zip(actual.rows, reference.rows, strict=True)) if p != q)
        same = sorted(actual.rows) == sorted(reference.rows)
        hint = f", the same names in another order: the key {ROW_NAMES!r} joins them" if same else ""
        text = f"the row named {actual.rows[place]!r} {rule.has} {reference.rows[place]!r}, at {place}{hint}"
        problems = (("names", text),)
    return _Match(None, None, theirs, str, problems, note=note)


def _by_columns(actual: Table, reference: Table, join: Join, rule: Rule) -> _Match:
    lacking = [
        f"{side or 'one side'} has no {'names of rows' if name == ROW_NAMES else f'column {name}'}"
        for side, table in zip(rule.names, (actual, reference), strict=True)
        for name in join.key
        if _key_column(table, name) is None
    ]
    if lacking:
        return _unmatched("key", f"{' and '.join(lacking)}, by which rows are joined")
    pairs = [(_key_column(actual, name), _key_column(reference, name)) for name in join.key]
    codes = []
    for name, (a, b) in zip(join.key, pairs, strict=True):
        both = _codes(a, b, nan_is_na=join.nan_is_na)
        if both is None:
            kinds = [one.kind if isinstance(one, Uncomparable) else columns.type_of(one) for one in (a, b)]
            return _unmatched("key", f"the key {name} is {kinds[0]} {rule.has} {kinds[1]}: no row can be joined")
        codes.append(both)
    x, y = _as_one_code(codes)

    def named(side: int) -> Callable[[int], str]:
        return lambda row: ", ".join(
            f"{name}={columns.element_text(pair[side], row)}" for name, pair in zip(join.key, pairs, strict=True)
        )

    doubled = [
        text
        for side, keys in enumerate((x, y))
        if (text := _doubled(keys, rule.names[side] or ("one side", "the reference")[side], named(side)))
    ]
    if doubled:
        return _unmatched("key", f"{' and '.join(doubled)}, so that rows cannot be joined by {', '.join(join.key)}")
    note = f"rows are joined by {', '.join(join.key)}"
    if np.array_equal(x, y):
        return _Match(None, None, len(y), named(1), note=note)
    import pandas as pd

    at = pd.Index(x).get_indexer(pd.Index(y))
    theirs = np.flatnonzero(at >= 0)
    ours = at[theirs]
    matched = np.zeros(len(x), dtype=bool)
    matched[ours] = True
    alone = [np.flatnonzero(~matched), np.flatnonzero(at < 0)]
    problems = []
    if not len(theirs):
        text = f"no key of {rule.names[0] or 'the one'} is one of {rule.names[1] or 'the reference'}"
        problems.append(("rows", text if len(x) and len(y) else _alone(alone, rule, named)))
    elif len(alone[0]) or len(alone[1]):
        problems.append(("rows", _alone(alone, rule, named)))
    if join.ordered and len(theirs) > 1 and (np.diff(ours) < 0).any():
        place = int(np.argmax(np.diff(ours) < 0))
        first, second = named(1)(int(theirs[place])), named(1)(int(theirs[place + 1]))
        problems.append(("order", f"row {second} stands before {first} {rule.has} them the other way round"))
    rows_of = named(1)
    return _Match(
        ours,
        theirs,
        len(theirs),
        lambda row: rows_of(int(theirs[row])),
        tuple(problems),
        len(alone[0]) + len(alone[1]),
        note,
    )


def _unmatched(reason: str, text: str) -> _Match:
    return _Match(None, None, 0, str, ((reason, text),))


def _key_column(table: Table, name: str) -> Any:
    if name in table.columns:
        return table.columns[name]
    return np.array(table.rows, dtype=object) if name == ROW_NAMES and table.rows is not None else None


def _alone(alone: list[Array], rule: Rule, named: Callable[[int], Callable[[int], str]]) -> str:
    texts = []
    for side, rows in enumerate(alone):
        if len(rows):
            listed = "; ".join(named(side)(int(row)) for row in rows[:_LISTED])
            more = f" and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
            name = rule.names[side] or ("the one", "the reference")[side]
            texts.append(f"{name} alone has {'a row' if len(rows) == 1 else f'{len(rows)} rows'}: {listed}{more}")
    return ", and ".join(texts)


def _doubled(keys: Array, side: str, named: Callable[[int], str]) -> str:
    import pandas as pd

    if pd.Index(keys).is_unique:
        return ""
    again = np.flatnonzero(pd.Index(keys).duplicated(keep="first"))
    count = int(np.count_nonzero(keys == keys[again[0]]))
    more = f", and {len(np.unique(keys[again])) - 1} more keys" if len(np.unique(keys[again])) > 1 else ""
    return f"{side} has {count} rows with the key {named(int(again[0]))}{more}"


def _codes(a: Any, b: Any, *, nan_is_na: bool) -> tuple[Array, Array] | None:
    """Whole numbers that are equal where the two columns' elements are; None where these are of unlike kinds."""
    if isinstance(a, Uncomparable) or isinstance(b, Uncomparable):
        return None
    kinds = {columns.type_of(column) for column in (a, b)}
    if kinds <= {"character", "factor"}:
        return columns.joint_codes(a, b)[:2]
    if kinds == {"logical"}:
        return _logical_codes(a), _logical_codes(b)
    if kinds <= {"date", "time"}:
        both = columns.ticks(a, b)
        return None if both is None else both[:2]
    if kinds <= {"integer", "double"}:
        return _number_codes(a, b, nan_is_na)
    if kinds == {"duration"} and isinstance(a, Spans) and isinstance(b, Spans):
        return _number_codes(a.seconds(), b.seconds(), nan_is_na)
    return None


def _logical_codes(column: Any) -> Array:
    if isinstance(column, Nullable):
        return np.where(column.missing, -1, column.values.astype(np.int64))
    return np.asarray(column, dtype=np.int64)


def _number_codes(a: Any, b: Any, nan_is_na: bool) -> tuple[Array, Array]:
    if all(isinstance(one, np.ndarray) and one.dtype.kind == "i" for one in (a, b)):
        return a.astype(np.int64), b.astype(np.int64)
    import pandas as pd

    # Whole numbers beyond 2^53, which a double may confuse, are told apart when the column itself is compared.
    doubles = [(one.array() if isinstance(one, Nullable) else np.asarray(one)).astype(np.float64) for one in (a, b)]
    for one in doubles:
        one[one == 0] = 0.0  # of either sign
    codes, _ = pd.factorize(np.concatenate(doubles))
    if nan_is_na:
        return codes[: len(doubles[0])], codes[len(doubles[0]) :]
    # NaN is its own key, and NA another.
    for start, one in zip((0, len(doubles[0])), (a, b), strict=True):
        raw = one.array() if isinstance(one, Nullable) else np.asarray(one)
        if raw.dtype.kind == "f":
            codes[start : start + len(raw)][is_na(raw.astype(np.float64))] = -2
    return codes[: len(doubles[0])], codes[len(doubles[0]) :]


def _as_one_code(codes: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """The codes of several columns as one: equal where all are."""
    import pandas as pd

    x, y = codes[0]
    for next_x, next_y in codes[1:]:
        (first, _), (second, ranks) = (
            pd.factorize(np.concatenate(pair)) for pair in ((x, y), (next_x, next_y))
        )  # fmt: skip
        together = first.astype(np.int64) * (len(ranks) + 1) + second
        x, y = together[: len(x)], together[len(x) :]
    return x, y


# -- columns -----------------------------------------------------------------------------------------------------------


def _columns(
    actual: Table,
    reference: Table,
    match: _Match,
    join: Join,
    rule: Rule,
    half_unit: Callable[[Array], Any],
    unsigned_zero: Callable[[Array], bool],
) -> Iterator[Part]:
    for name in dict.fromkeys([*reference.columns, *actual.columns]):
        a, b = actual.columns.get(name), reference.columns.get(name)
        if a is None or b is None:
            there = {"actual": a is not None or None, "reference": b is not None or None}
            yield Part(name, rule.failed("missing", "missing", **there), a, b, bool(join.key))
            continue
        if not match.count and (match.problems or not rule.constant_ok):
            continue  # of which the rows say why
        a, b = columns.at_rows(a, match.ours), columns.at_rows(b, match.theirs)
        numbers = b if isinstance(b, np.ndarray) and b.dtype.kind in "fiu" else None
        half = 0.0 if numbers is None else half_unit(numbers)
        comparison = columns.comparison_of(a, b, rule, half_unit=half)
        if comparison.reason == "class" and numbers is not None and unsigned_zero(numbers):
            comparison = columns.comparison_of(a, b, rule, half_unit=half, signed_zero=False)
        # A column of one value tells nothing and does no harm; one whose values the tolerance takes for one does.
        harmless = name in join.key or not (columns.all_missing(b) or columns.tells(b))
        if comparison.reason == "vacuous" and harmless:
            comparison = replace(comparison, ok=True, reason=None, message="")
        if comparison.ok and not rule.constant_ok and name not in join.key:
            if columns.all_missing(b):
                why = f"nothing is there in all {match.count} rows"
                comparison = replace(comparison, ok=False, reason="vacuous", message=why)
            elif not columns.tells(b):
                comparison = replace(
                    comparison, note="; ".join(filter(None, (comparison.note, "one value in every row")))
                )
        if not comparison.ok:
            comparison = _placed(comparison, a, b, match, join)
        yield Part(name, comparison, a, b, bool(join.key))


def _placed(comparison: Comparison, a: Any, b: Any, match: _Match, join: Join) -> Comparison:
    """With the row that the worst place is in."""
    if comparison.ratio is None or not comparison.ratio.index or comparison.reason not in ("class", "value"):
        return comparison
    row = match.name(comparison.ratio.index[0])
    hint = ""
    if not join.key and _permuted(a, b):
        hint = "; the same values in another order: a key would join the rows"
    elif not join.key:
        hint = "; rows are matched by position"
    return replace(comparison, row=row, message=f"in row {row}: {comparison.message}{hint}")


def _permuted(a: Any, b: Any) -> bool:
    """Whether two columns that differ have the same elements."""
    if length_of(a) < 2:
        return False
    if hasattr(a, "codes") and hasattr(b, "codes"):
        x, y, _ = columns.joint_codes(a, b)
    else:
        x, y = ((one.values if isinstance(one, Instants | Spans | Nullable) else one) for one in (a, b))
    if not isinstance(x, np.ndarray) or x.dtype.kind not in "iufMmb" or x.dtype.kind != y.dtype.kind:
        return False
    return bool(np.array_equal(np.sort(x), np.sort(y), equal_nan=x.dtype.kind in "fMm"))


def place_of(path: str, part: Part) -> str:
    """Where a column differs most, in both tongues: "out[id=17].age", or "out.age[4]  (R: out$age[5])"."""
    if part.column is None or not part.comparison.row:
        return ""
    row = part.comparison.row
    return (
        f"{path}[{row}].{part.column}"
        if part.keyed
        else f"{path}.{part.column}[{row}]  (R: {path}${part.column}[{int(row) + 1}])"
    )
