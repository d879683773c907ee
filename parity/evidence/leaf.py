"""Two leaves held against each other: what they are, their names, then their elements."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from parity.columns import Sparse
from parity.evidence import frames, sparse
from parity.evidence.compare import Comparison, compare
from parity.evidence.distance import BLOCK
from parity.evidence.structure import Keyed, is_nothing, kind_of
from parity.fixture.model import Tolerance
from parity.subjects.observation import Leaf, Table, Uncomparable, has_names

_FLOAT64 = np.dtype(np.float64)


def held_against(
    actual: Leaf | None,
    reference: Leaf | None,
    tolerance: Tolerance,
    *,
    constant_ok: bool = False,
    half_unit: float | np.ndarray = 0.0,
    signed_zero: bool = True,
    whole: bool = True,
    harmless_extents: bool = False,
    names: tuple[str, str] = ("", ""),
) -> Comparison:
    """Compare two leaves: what they are, their names, then their elements.

    `whole` says that the leaf is all that was named; a member that is nothing on both sides is agreement, a whole
    value that is nothing shows nothing.
    """
    if type(actual) is not np.ndarray or type(reference) is not np.ndarray:
        other = _otherwise(actual, reference, tolerance, constant_ok, whole, names[1] or "the reference")
        if other is not None:
            return other
        if isinstance(actual, Table) and isinstance(reference, Table):
            return frames.as_one(actual, reference, tolerance, constant_ok=constant_ok, names=names)
        if isinstance(actual, Sparse) or isinstance(reference, Sparse):
            actual, reference, index = sparse.as_arrays(actual, reference)
            if index is not None:
                comparison = held_against(actual, reference, tolerance, constant_ok=constant_ok, names=names)
                return sparse.at_places(comparison, index)
    return compare(
        actual,
        reference,
        rtol=tolerance.rtol,
        atol=tolerance.atol,
        half_unit=half_unit,
        constant_ok=constant_ok,
        signed_zero=signed_zero,
        harmless_extents=harmless_extents,
        actual_name=names[0],
        reference_name=names[1],
    )


def same_doubles(leaves: Sequence[Leaf | None]) -> bool:
    """Whether all are arrays of doubles, of one shape, of a moderate size and of the same bits."""
    first = leaves[0]
    if type(first) is not np.ndarray or first.dtype is not _FLOAT64 or first.size > BLOCK:
        return False
    shape, content = first.shape, first.tobytes()
    for leaf in leaves[1:]:
        if type(leaf) is not np.ndarray or leaf.dtype is not _FLOAT64 or leaf.shape != shape:
            return False
        if leaf.tobytes() != content:
            return False
    return True


def _otherwise(
    actual: Leaf | None, reference: Leaf | None, tolerance: Tolerance, constant_ok: bool, whole: bool, name: str
) -> Comparison | None:
    """What is said of two leaves without looking at elements; None where these decide."""
    if actual is None or reference is None:
        there = (actual is not None or None, reference is not None or None)
        return _not_compared("missing", "missing", *there, tolerance)
    if isinstance(actual, Uncomparable) or isinstance(reference, Uncomparable):
        odd = actual if isinstance(actual, Uncomparable) else reference
        return _not_compared("type", f"{kind_of(odd)} cannot be compared", None, None, tolerance)
    if is_nothing(actual) or is_nothing(reference):
        return _nothing(actual, reference, tolerance, constant_ok=constant_ok, whole=whole)
    if isinstance(actual, Table) != isinstance(reference, Table):
        why = f"{kind_of(actual)} where {name} has {kind_of(reference)}"
        return _not_compared("type", why, None, None, tolerance)
    why = _without_keys(actual, reference, name)
    return _not_compared("names", why, None, None, tolerance) if why else None


def _without_keys(actual: Leaf, reference: Leaf, name: str) -> str:
    """A dict against a vector without names. (An array of NumPy's has none; that is no difference.)"""
    if isinstance(actual, Keyed) and not has_names(reference):
        return f"the names {_listed(actual)} where {name} has none"
    if isinstance(reference, Keyed) and not has_names(actual):
        return f"no names where {name} has {_listed(reference)}"
    return ""


def _listed(keyed: Keyed) -> str:
    return ", ".join(map(str, keyed.names[0] or ()))


def _nothing(actual: Leaf, reference: Leaf, tolerance: Tolerance, *, constant_ok: bool, whole: bool) -> Comparison:
    empty = [leaf for leaf in (actual, reference) if isinstance(leaf, np.ndarray)]
    alike = type(actual) is type(reference) or any(leaf.size == 0 and leaf.ndim == 1 for leaf in empty)
    if not alike or (empty and any(kind_of(leaf) == "NULL" for leaf in (actual, reference))):
        message = f"{kind_of(actual)} where the reference has {kind_of(reference)}"
        return _not_compared("type", message, None, None, tolerance)
    if whole and not constant_ok:
        return _not_compared("vacuous", "nothing on both sides", None, None, tolerance)
    return dataclasses.replace(_not_compared("", "", None, None, tolerance), ok=True, reason=None)


def _not_compared(
    reason: str, message: str, actual: bool | None, reference: bool | None, tolerance: Tolerance
) -> Comparison:
    return Comparison(
        ok=False,
        reason=reason,
        message=message,
        actual=actual,
        reference=reference,
        rtol=tolerance.rtol,
        atol=tolerance.atol,
    )
