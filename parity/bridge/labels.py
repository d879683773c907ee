"""R's vectors with what R writes beside their values: names, levels, units, a time zone.

`names` has an entry per axis: the texts along it (None for NA), or None for an axis that has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Names = tuple[tuple[str | None, ...] | None, ...]


@dataclass(frozen=True, eq=False)
class Labelled:
    """An atomic vector or array with names, or with a class that has no form of its own here.

    values: as it would be without labels (datetime64 for a Date). names: as many entries as `values` has axes.
    axes: what the axes themselves are called (`names(dimnames(x))`), as a table's are; None if they have no names.
    classes: R's `class` where it is set and is none of factor, Date, POSIXct, difftime: ("table",), ("noquote",).
    """

    values: np.ndarray[Any, Any]
    names: Names
    axes: tuple[str | None, ...] | None = None
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Factor:
    """A factor. codes: int32, counted from 0 into `levels`; -1 is NA. A level None is R's NA among the levels."""

    codes: np.ndarray[Any, Any]
    levels: tuple[str | None, ...]
    ordered: bool = False
    names: Names | None = None


@dataclass(frozen=True, eq=False)
class Moment:
    """A POSIXct whose time zone is not UTC. values: datetime64, the instants in UTC. tz: R's `tzone`, None if unset.

    A POSIXct in UTC is a plain datetime64 array.
    """

    values: np.ndarray[Any, Any]
    tz: str | None
    names: Names | None = None


@dataclass(frozen=True, eq=False)
class Duration:
    """A difftime. units: "secs", "mins", "hours", "days" or "weeks"."""

    values: np.ndarray[Any, Any]
    units: str
    names: Names | None = None


@dataclass(frozen=True, eq=False)
class Frame:
    """A data.frame. columns: what each column is, `Texts` and `Nullable` of `parity.columns` among it.

    rows: the names of its rows; None where they are only counted.
    """

    columns: Mapping[str, Any]
    rows: tuple[str, ...] | None = None
