"""Inputs out of files: CSV, NPY and NPZ, JSON, Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from parity.check.errors import CheckError

_MISSING = frozenset({"", "NA", "NaN", "nan"})


def is_file(text: str) -> bool:
    """Whether a text names a file that could be read here, whether or not there is one."""
    return _parted(text)[0].suffix.lower() in READERS


def read(text: str, name: str) -> Any:
    """The value in a file; "arrays.npz:x" is one of several arrays. Raises CheckError, naming the argument."""
    path, member = _parted(text)
    if not path.is_file():
        raise CheckError(f"{name}: there is no file {path}")
    try:
        return READERS[path.suffix.lower()](path, member, name)
    except CheckError:
        raise
    except ImportError as error:
        raise CheckError(f"{name}: {path} needs pyarrow ({error}); expected pip install pyarrow") from None
    except Exception as error:
        message = " ".join(str(error).split()) or type(error).__name__
        raise CheckError(f"{name}: {path} cannot be read: {message}") from None


def _parted(text: str) -> tuple[Path, str]:
    file, colon, member = text.rpartition(":")
    if colon and Path(file).suffix.lower() == ".npz":
        return Path(file), member
    return Path(text), ""


def arrays(value: Any) -> Any:
    """JSON's lists of numbers, texts or truth values of one kind as arrays, also inside objects and other lists."""
    if isinstance(value, dict):
        return {key: arrays(element) for key, element in value.items()}
    if not isinstance(value, list):
        return value
    try:
        array = np.array(value)
    except ValueError:  # ragged
        return [arrays(element) for element in value]
    if array.dtype.kind == "U" and not all(isinstance(one, str) for one in _leaves(value)):
        return [arrays(element) for element in value]
    kinds = {isinstance(one, bool) for one in _leaves(value)}
    return array if array.dtype.kind in "fibU" and len(kinds) < 2 else [arrays(element) for element in value]


def _leaves(value: Any) -> list[Any]:
    return [leaf for element in value for leaf in _leaves(element)] if isinstance(value, list) else [value]


def _csv(path: Path, _member: str, name: str) -> Any:
    """A first row of names makes a data frame; numbers throughout make a matrix, also of one row or column."""
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter=separator) if row]
    if not rows:
        raise CheckError(f"{name}: {path} is empty; expected rows")
    if any(_number(field) is None for field in rows[0]):
        import pandas as pd

        return pd.read_csv(path, sep=separator, encoding="utf-8-sig")
    for line, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise CheckError(f"{name}: row {line} of {path} has {len(row)} fields; expected {len(rows[0])}, as row 1")
        for field in row:
            if _number(field) is None:
                raise CheckError(f"{name}: row {line} of {path} has {field!r}; expected numbers, or names in row 1")
    return np.array([[_number(field) for field in row] for row in rows], dtype=np.float64)


def _number(field: str) -> float | None:
    if field.strip() in _MISSING:
        return float("nan")
    try:
        return float(field)
    except ValueError:
        return None


def _npy(path: Path, _member: str, _name: str) -> Any:
    return np.load(path, allow_pickle=False)


def _npz(path: Path, member: str, name: str) -> Any:
    with np.load(path, allow_pickle=False) as archive:
        there = list(archive)
        if not member and len(there) == 1:
            member = there[0]
        if member not in there:
            raise CheckError(f"{name}: {path} holds {', '.join(there)}; expected {path}:NAME with one of them")
        return archive[member]


def _json(path: Path, _member: str, _name: str) -> Any:
    return arrays(json.loads(path.read_text("utf-8-sig")))


def _parquet(path: Path, _member: str, _name: str) -> Any:
    import pandas as pd

    return pd.read_parquet(path)


READERS: Mapping[str, Callable[[Path, str, str], Any]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".npy": _npy,
    ".npz": _npz,
    ".json": _json,
    ".parquet": _parquet,
}
