"""Data frames of pandas, polars and Arrow, their columns, and sparse matrices of SciPy: as leaves, and from fixtures.

None of these packages is imported unless a value of it is there, except pandas where a fixture has a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from parity import bridge
from parity.arrays import NA_BITS
from parity.columns import Instants, Nullable, Spans, Texts, sparse
from parity.fixture.foreign import OddColumn, of_arrow, of_polars, of_series
from parity.fixture.model import Column, Factor, Frame
from parity.subjects.observation import Table, Uncomparable, WithNames, as_table, length_of

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, Any]

_UNITS = {"secs": "s", "mins": "m", "hours": "h", "days": "D", "weeks": "W"}


def as_leaf(value: Any) -> Any:
    """Frames and their columns as leaves, also inside lists and dicts; anything else as it is."""
    if type(value) is np.ndarray:
        return _of_texts(value) if value.dtype.kind == "O" else value
    if isinstance(value, Mapping):
        return {key: as_leaf(element) for key, element in value.items()}
    if isinstance(value, list | tuple):
        return [as_leaf(element) for element in value]
    package = type(value).__module__.partition(".")[0]
    kind = type(value).__name__
    if package == "pandas":
        return _of_pandas(value, kind)
    if package == "polars":
        return _of_polars(value, kind)
    if package == "pyarrow":
        return _of_arrow(value, kind)
    if hasattr(value, "tocoo") and hasattr(value, "nnz") and len(getattr(value, "shape", ())) == 2:
        triplets = value.tocoo()
        return sparse(triplets.shape, triplets.row, triplets.col, np.asarray(triplets.data))
    return value


def _of_texts(array: Array) -> Array:
    """An array of objects that are texts, or missing, as one of texts; any other as it is."""
    elements = array.ravel().tolist()
    texts = [None if _lacks(element) else element for element in elements]
    if not any(texts) or not all(text is None or isinstance(text, str) for text in texts):
        return array
    words: Array = np.array(texts, dtype=np.dtypes.StringDType(na_object=None)).reshape(array.shape)
    return words


def _lacks(element: object) -> bool:
    return element is None or (isinstance(element, float) and element != element) or type(element).__name__ == "NAType"


# -- pandas ------------------------------------------------------------------------------------------------------------


def _of_pandas(value: Any, kind: str) -> Any:
    if kind == "DataFrame":
        return table_of(value)
    if kind == "Series":
        return _with_index(value)
    if kind.endswith("Index") and hasattr(value, "to_series"):
        if kind == "MultiIndex":
            return value.tolist()
        return _plain(_column(of_series, value.to_series(index=range(len(value)))))
    dtype = getattr(value, "dtype", None)
    if dtype is not None and hasattr(value, "__len__"):
        import pandas as pd

        return _plain(_column(of_series, pd.Series(value)))
    if kind == "NAType":
        return Nullable(np.zeros(1), np.ones(1, dtype=bool))
    return value.to_numpy() if hasattr(value, "to_numpy") else value


def _with_index(series: Any) -> Any:
    """A Series: what its elements are, with the names that its index gives them."""
    column = _column(of_series, series)
    if type(series.index).__name__ == "RangeIndex":
        return _plain(column)
    names = (tuple(map(str, series.index)),)
    if isinstance(column, Uncomparable):
        return column
    if isinstance(column, Factor | Instants):
        return column
    if isinstance(column, Spans):
        return Spans(column.values, column.units, names)
    return WithNames(_plain(column), names)


def _plain(column: Any) -> Any:
    return column.array() if isinstance(column, Texts | Nullable) else column


def _column(convert: Callable[[Any], Any], column: Any) -> Any:
    try:
        return convert(column)
    except OddColumn as odd:
        return Uncomparable(str(odd))


def table_of(frame: pd.DataFrame) -> Table:
    """A DataFrame as a leaf.

    An index with a name is a column, as `reset_index` makes it one: R has what was grouped by in columns. An index of
    texts without a name is the names of the rows; one of numbers is none.
    """
    names, rows = _index(frame.index)
    columns: dict[str, Any] = {}
    labels = [".".join(map(str, label)).rstrip(".") if isinstance(label, tuple) else str(label) for label in frame]
    for name, series in (*names, *zip(labels, (frame.iloc[:, i] for i in range(frame.shape[1])), strict=True)):
        columns[name] = _column(of_series, series) if name not in columns else Uncomparable(f"two columns named {name}")
    return Table(columns, rows)


def _index(index: Any) -> tuple[list[tuple[str, Any]], tuple[str, ...] | None]:
    levels = list(index.names)
    if any(name is not None for name in levels):
        return [
            (str(name) if name is not None else f"level_{number}", index.get_level_values(number).to_series(index=None))
            for number, name in enumerate(levels)
        ], None
    if len(levels) > 1 or index.dtype.kind in "iufbMm":
        return [], None
    return [], tuple(map(str, index))


# -- polars and Arrow --------------------------------------------------------------------------------------------------


def _of_polars(value: Any, kind: str) -> Any:
    if kind == "LazyFrame":
        value, kind = value.collect(), "DataFrame"
    if kind == "DataFrame":
        return Table({series.name: _column(of_polars, series) for series in value.get_columns()})
    return _plain(_column(of_polars, value)) if kind == "Series" else value


def _of_arrow(value: Any, kind: str) -> Any:
    if kind in {"Table", "RecordBatch"}:
        names = list(value.schema.names)
        return Table(
            {name: _column(of_arrow, value.column(i)) for i, name in enumerate(names)}
            if len(set(names)) == len(names)
            else {name: Uncomparable(f"{names.count(name)} columns named {name}") for name in names}
        )
    return _plain(_column(of_arrow, value)) if hasattr(value, "null_count") else value


# -- of a fixture ------------------------------------------------------------------------------------------------------


def frame_of(value: Any, key: Sequence[str] = ()) -> Frame:
    """A frame that a caller has, as an argument of a case. Raises ValueError for a column that has no form in R."""
    table = as_leaf(value)
    if not isinstance(table, Table):
        raise ValueError(f"{type(value).__name__} is no data frame")
    for name, column in table.columns.items():
        if isinstance(column, Uncomparable):
            raise ValueError(f"column {name!r} cannot be handed to both sides: {column.kind}")
    columns = {
        name: _spans(column) if isinstance(column, np.ndarray) and column.dtype.kind == "m" else column
        for name, column in table.columns.items()
    }
    return Frame(columns, tuple(key), table.rows)


def _spans(column: Array) -> Spans:
    """timedelta64 in seconds, as R has them: NaT is NA."""
    seconds: Array = column / np.timedelta64(1, "s")
    seconds.view(np.uint64)[np.isnat(column)] = NA_BITS
    return Spans(seconds, "secs")


def in_r(frame: Frame) -> bridge.Frame:
    """The frame as the bridge takes it."""
    columns = {
        name: bridge.Factor(column.codes, column.levels, column.ordered) if isinstance(column, Factor) else column
        for name, column in frame.columns.items()
    }
    return bridge.Frame(columns, frame.rows)


def with_pandas(value: Any) -> Any:
    """What the bridge gave, with its data frames as DataFrames; also inside lists and dicts."""
    if isinstance(value, bridge.Frame):
        columns = {
            name: Factor(column.codes, tuple(map(str, column.levels)), column.ordered)
            if isinstance(column, bridge.Factor)
            else column
            for name, column in as_table(value).columns.items()
        }
        return dataframe(Frame(columns, rows=value.rows))
    if isinstance(value, dict):
        return {name: with_pandas(element) for name, element in value.items()}
    return [with_pandas(element) for element in value] if isinstance(value, list) else value


def dataframe(frame: Frame) -> pd.DataFrame:
    """A fresh DataFrame, of which nothing is shared."""
    import pandas as pd

    columns = {name: series_of(column) for name, column in frame.columns.items()}
    table: pd.DataFrame = pd.DataFrame(columns, index=range(len(frame)), copy=True)
    if frame.rows is not None:
        table.index = pd.Index(list(frame.rows))
    return table


def series_of(column: Column) -> Any:
    """A column as pandas has it: NA in Int64 and boolean, a factor as a categorical, times in their zone."""
    import pandas as pd

    if isinstance(column, Factor):
        codes = np.array(column.codes)
        levels = pd.Index(list(column.levels), dtype=None if column.levels else "str")
        return pd.Series(pd.Categorical.from_codes(codes, categories=levels, ordered=column.ordered))
    if isinstance(column, Texts):
        labels = np.array([*column.labels, None], dtype=object)
        return pd.Series(labels[column.codes])
    if isinstance(column, Nullable):
        if column.values.dtype.kind == "b":
            return pd.Series(pd.arrays.BooleanArray(column.values.copy(), column.missing.copy()))
        return pd.Series(pd.arrays.IntegerArray(column.values.astype(np.int64), column.missing.copy()))
    if isinstance(column, Instants):
        series = pd.Series(_unit_of_pandas(column.values))
        return series if column.tz in (None, "") else series.dt.tz_localize("UTC").dt.tz_convert(column.tz)
    if isinstance(column, Spans):
        return pd.Series(_ticks(column.seconds()))
    if column.dtype.kind in "UT":
        return pd.Series(column.astype(object))
    return pd.Series(_unit_of_pandas(column) if column.dtype.kind == "M" else column.copy())


def _ticks(seconds: Array) -> Array:
    """timedelta64, in nanoseconds where 64 bits hold them."""
    missing = np.isnan(seconds)
    plain = np.where(missing, 0.0, seconds)
    unit, per = ("ns", 1e9) if not plain.size or np.abs(plain).max() < 9e9 else ("us", 1e6)
    spans: Array = np.rint(plain * per).astype(np.int64).view(f"m8[{unit}]")
    spans[missing] = np.timedelta64("NaT", "ns")
    return spans


def _unit_of_pandas(values: Array) -> Array:
    """pandas has times from seconds to nanoseconds; days are seconds there."""
    unit = np.datetime_data(values.dtype)[0]
    return values.copy() if unit in {"s", "ms", "us", "ns"} else values.astype("datetime64[s]")


def unchanged(before: Frame, after: Any) -> bool:
    """Whether a DataFrame that was handed over is still what it was made of, bit for bit."""
    if type(after).__name__ != "DataFrame":
        return False
    return same_table(table_of(dataframe(before)), table_of(after))


def same_table(one: Table, other: Table) -> bool:
    """Whether two frames are the same to the last bit, their columns in the same order."""
    return (
        list(one.columns) == list(other.columns)
        and one.rows == other.rows
        and all(same_bits(column, other.columns[name]) for name, column in one.columns.items())
    )


def same_bits(one: Any, other: Any) -> bool:
    """Whether two columns are the same to the last bit."""
    if type(one) is not type(other) or isinstance(one, Uncomparable):
        return bool(one == other)
    if isinstance(one, np.ndarray):
        if one.dtype != other.dtype or one.shape != other.shape:
            return False
        return bool((one == other).all()) if one.dtype.kind in "TO" else one.tobytes() == other.tobytes()
    if length_of(one) != length_of(other):
        return False
    if isinstance(one, Texts):
        if one.labels == other.labels:
            return bool(np.array_equal(one.codes, other.codes))
        place = {label: code for code, label in enumerate(other.labels)}
        codes = np.array([*(place.get(label, -2) for label in one.labels), -1])
        return bool(np.array_equal(codes[one.codes], other.codes))
    if isinstance(one, Nullable):
        same = np.array_equal(one.missing, other.missing)
        return bool(same and np.array_equal(one.values[~one.missing], other.values[~one.missing]))
    if isinstance(one, Instants):
        return one.tz == other.tz and same_bits(one.values, other.values)
    if isinstance(one, Spans):
        return one.units == other.units and same_bits(one.values, other.values)
    if hasattr(one, "levels"):
        alike = tuple(one.levels) == tuple(other.levels) and one.ordered == other.ordered
        return alike and bool(np.array_equal(one.codes, other.codes))
    return bool(one == other)


def leaf_of(frame: Frame) -> Table:
    return as_table(frame)
