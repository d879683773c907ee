"""Sparse matrices as arrays that can be compared: whole where they are small, else by the places that either has.

Zeros that are written out are zeros. A place that one side alone has is held against zero.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from parity.columns import Sparse
from parity.evidence.compare import Comparison, Worst
from parity.subjects.observation import WithNames

DENSE_UP_TO = 1_000_000

Places = np.ndarray[Any, Any]


def as_arrays(actual: Any, reference: Any) -> tuple[Any, Any, Places | None]:
    """What to compare; and, where that are only the places that either has, the row and column of each."""
    both = isinstance(actual, Sparse) and isinstance(reference, Sparse)
    shape = reference.shape if isinstance(reference, Sparse) else actual.shape
    if not both or actual.shape != shape or shape[0] * shape[1] <= DENSE_UP_TO:
        return _dense(actual), _dense(reference), None
    keys = [one.columns.astype(np.int64) * shape[0] + one.rows for one in (actual, reference)]
    if not all(_alike(p, q) for p, q in zip(actual.dimnames, reference.dimnames, strict=True)):
        return WithNames(np.zeros(0), (actual.dimnames[0],)), WithNames(np.zeros(0), (reference.dimnames[0],)), None
    places = np.union1d(*keys)
    values = []
    for key, one in zip(keys, (actual, reference), strict=True):
        filled = np.zeros(len(places), dtype=one.values.dtype)
        filled[np.searchsorted(places, key)] = one.values
        values.append(filled)
    columns, rows = np.divmod(places, shape[0])
    return values[0], values[1], np.stack([rows, columns], axis=1)


def _alike(ours: Any, theirs: Any) -> bool:
    return ours is None or theirs is None or ours == theirs


def at_places(comparison: Comparison, places: Places) -> Comparison:
    """With places of the matrix instead of places among those that were compared."""

    def of(worst: Worst | None) -> Worst | None:
        return worst and Worst(worst.value, tuple(places[worst.index[0]].tolist()) if worst.index else worst.index)

    return dataclasses.replace(
        comparison,
        absolute=of(comparison.absolute),
        relative=of(comparison.relative),
        ulp=of(comparison.ulp),
        ratio=of(comparison.ratio),
    )


def _dense(value: Any) -> Any:
    if not isinstance(value, Sparse):
        return value
    if value.shape[0] * value.shape[1] > 100 * DENSE_UP_TO:  # no memory is to be had for it
        return WithNames(np.zeros((0, *value.shape)), (None, None, None))
    named = any(name is not None for name in value.dimnames)
    return WithNames(value.dense(), value.dimnames) if named else value.dense()
