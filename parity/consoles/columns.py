"""Data frames, and columns of them, as a person would type them in pandas and in R."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from parity.arrays import is_na
from parity.columns import Instants, Nullable, Spans, Texts
from parity.consoles.r_console import r_string
from parity.fixture.model import Column, Factor, Frame

_UNITS = {"secs": "s", "mins": "min", "hours": "h", "days": "D", "weeks": "W"}


def python_frame(frame: Frame) -> str:
    """pd.DataFrame({...}), a column a line."""
    lines = [f'    "{name}": {python_column(column)},' for name, column in frame.columns.items()]
    index = "" if frame.rows is None else f", index=[{', '.join(map(repr, frame.rows))}]"
    return "\n".join(["pd.DataFrame({", *lines, f"}}{index})"])


def r_frame(frame: Frame) -> str:
    """data.frame(...), a column a line."""
    lines = [f"  {_r_name(name)} = {r_column(column)}" for name, column in frame.columns.items()]
    if frame.rows is not None:
        lines.append(f"  row.names = {_r_vector(map(r_string, frame.rows))}")
    if any(_r_name(name).startswith("`") for name in frame.columns):
        lines.append("  check.names = FALSE")
    return "data.frame(\n" + ",\n".join(lines) + "\n)"


def python_column(column: Column) -> str:
    if isinstance(column, Factor):
        labels = [None if code < 0 else column.levels[code] for code in column.codes]
        ordered = ", ordered=True" if column.ordered else ""
        return f"pd.Categorical({labels!r}, categories={list(column.levels)!r}{ordered})"
    if isinstance(column, Nullable):
        dtype = "boolean" if column.values.dtype.kind == "b" else "Int64"
        return f'pd.array({[None if lacks else value for value, lacks in _pairs(column)]!r}, dtype="{dtype}")'
    if isinstance(column, Instants):
        zone = "" if column.tz in (None, "", "UTC") else f'.tz_convert("{column.tz}")'
        return f"pd.to_datetime({_moments(column.values)!r}, utc=True){zone}"
    if isinstance(column, Spans):
        return f'pd.to_timedelta({_python_list(column.values)}, unit="{_UNITS[column.units]}")'
    array = column.array() if isinstance(column, Texts) else column
    if array.dtype.kind == "M":
        return f"pd.to_datetime({_moments(array)!r})"
    return _python_list(array)


def r_column(column: Column) -> str:
    if isinstance(column, Factor):
        labels = _r_vector("NA" if code < 0 else r_string(column.levels[code]) for code in column.codes)
        levels = _r_vector(map(r_string, column.levels))
        return f"factor({labels}, levels = {levels}{', ordered = TRUE' if column.ordered else ''})"
    if isinstance(column, Nullable):
        word: Callable[[Any], str] = _truth if column.values.dtype.kind == "b" else "{}L".format
        return _r_vector("NA" if lacks else word(value) for value, lacks in _pairs(column))
    if isinstance(column, Instants):
        return f".POSIXct({_r_vector(_seconds(column.values))}, tz = {r_string(column.tz or '')})"
    if isinstance(column, Spans):
        return f"as.difftime({_r_vector(map(_r_number, column.values))}, units = {r_string(column.units)})"
    array = column.array() if isinstance(column, Texts) else column
    if array.dtype.kind == "M":
        if np.datetime_data(array.dtype)[0] in {"Y", "M", "W", "D"}:
            days = ["NA" if text is None else r_string(text) for text in _moments(array)]
            return f"as.Date({_r_vector(days)})"
        return f'.POSIXct({_r_vector(_seconds(array))}, tz = "UTC")'
    if array.dtype.kind in "UT":
        return _r_vector("NA" if text is None else r_string(text) for text in array.tolist())
    if array.dtype.kind == "b":
        return _r_vector(map(_truth, array.tolist()))
    if array.dtype.kind in "iu":
        return _r_vector(f"{value}L" for value in array.tolist())
    return _r_vector(map(_r_number, array))


def _pairs(column: Nullable) -> Iterable[tuple[Any, bool]]:
    return zip(column.values.tolist(), column.missing.tolist(), strict=True)


def _moments(values: np.ndarray) -> list[str | None]:
    texts = np.datetime_as_string(values).tolist()
    return [None if text == "NaT" else text for text in texts]


def _seconds(values: np.ndarray) -> list[str]:
    numbers = (values.astype("M8[ns]") - np.datetime64(0, "ns")) / np.timedelta64(1, "s")
    return ["NA" if nat else _r_number(number) for number, nat in zip(numbers, np.isnat(values), strict=True)]


def _python_list(array: np.ndarray) -> str:
    if array.dtype.kind != "f":
        return repr(array.tolist())
    words = ["np.nan" if math.isnan(v) else repr(v).replace("inf", "np.inf") for v in array.tolist()]
    return f"[{', '.join(words)}]"


def _r_number(value: Any) -> str:
    number = float(value)
    if math.isnan(number):
        return "NA" if bool(is_na(np.array([value], dtype=np.float64))[0]) else "NaN"
    if math.isinf(number):
        return "Inf" if number > 0 else "-Inf"
    if number == int(number) and abs(number) < 1e15:
        return "-0" if number == 0 and math.copysign(1, number) < 0 else str(int(number))
    return repr(number)


def _truth(value: object) -> str:
    return "TRUE" if value else "FALSE"


def _r_vector(parts: Iterable[str]) -> str:
    listed = list(parts)
    return listed[0] if len(listed) == 1 and listed[0] != "NA" else f"c({', '.join(listed)})"


def _r_name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z.][A-Za-z0-9._]*", name) else f"`{name}`"
