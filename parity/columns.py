"""Values that NumPy has no array for, and that Python and R both have: columns of data frames before all.

Each is what its elements are, apart from how either language writes them. None of them is ever changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from parity.arrays import NA_BITS

Array = np.ndarray[Any, Any]

SECONDS = {"secs": 1.0, "mins": 60.0, "hours": 3600.0, "days": 86400.0, "weeks": 604800.0}
"""How long R's units of a difftime are."""


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts of which many are the same: `codes` count `labels`, which are all different, from 0; -1 is NA."""

    codes: Array
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def array(self) -> Array:
        """The texts one by one; a StringDType array, whose missing element is None, where one is missing."""
        if not self.labels:
            return np.full(len(self.codes), None, dtype=np.dtypes.StringDType(na_object=None))
        missing = self.codes < 0
        if not missing.any():
            return np.array(self.labels, dtype=np.str_)[self.codes]
        return np.array([*self.labels, None], dtype=np.dtypes.StringDType(na_object=None))[self.codes]


@dataclass(frozen=True, eq=False)
class Nullable:
    """Whole numbers, or truth values, of which some are NA: what `values` has where `missing` is true means nothing."""

    values: Array
    missing: Array

    def __len__(self) -> int:
        return len(self.values)

    def array(self) -> Array:
        """Whole numbers as doubles with R's NA; truth values as objects with None."""
        if self.values.dtype.kind == "b":
            objects = self.values.astype(object)
            objects[self.missing] = None
            return objects
        doubles = self.values.astype(np.float64)
        doubles.view(np.uint64)[self.missing] = NA_BITS
        return doubles


@dataclass(frozen=True, eq=False)
class Instants:
    """Instants, as datetime64 in UTC, and the time zone that they are told in; None where none is set."""

    values: Array
    tz: str | None
    names: None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Spans:
    """Spans of time: numbers of a unit of `SECONDS`; NA is R's NA among doubles, and NaN stays one."""

    values: Array
    units: str
    names: tuple[tuple[str | None, ...] | None, ...] | None = None

    def __len__(self) -> int:
        return len(self.values)

    def seconds(self) -> Array:
        factor = SECONDS[self.units]
        with np.errstate(invalid="ignore"):  # R's NA is a signalling NaN
            return self.values if factor == 1.0 else self.values * factor


@dataclass(frozen=True, eq=False)
class Sparse:
    """A matrix by its elements that are not zero: column by column, each place once, no zero among them.

    `values` are numbers, or truth values; `dimnames` are the names along the two axes.
    """

    shape: tuple[int, int]
    rows: Array
    columns: Array
    values: Array
    dimnames: tuple[tuple[str | None, ...] | None, ...] = (None, None)

    def dense(self) -> Array:
        full = np.zeros(self.shape, dtype=self.values.dtype)
        full[self.rows, self.columns] = self.values
        return full


def sparse(
    shape: tuple[int, ...], rows: Array, columns: Array, values: Array, dimnames: tuple[Any, ...] = (None, None)
) -> Sparse:
    """Triplets in any order, of which those of one place are added up, and zeros left out."""
    place = columns.astype(np.int64) * shape[0] + rows.astype(np.int64)
    places, at = np.unique(place, return_inverse=True)
    if values.dtype.kind == "b":
        total: Array = np.zeros(len(places), dtype=np.bool_)
        np.logical_or.at(total, at, values)
    elif len(places) == len(place):  # nothing to add up: every NaN and NA keeps its bits
        total = np.empty_like(values)
        total[at] = values
    else:
        total = np.zeros(len(places), dtype=values.dtype)
        np.add.at(total, at, values)
    there = total != 0
    column, row = np.divmod(places[there], shape[0] or 1)
    return Sparse((int(shape[0]), int(shape[1])), row, column, total[there], dimnames)
