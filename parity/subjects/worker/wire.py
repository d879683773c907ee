"""An observation as it travels: plain tuples, which cost a third of what pickling its classes does.

What it holds beside small numeric arrays (texts, factors, dates, large arrays) is left to pickle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from parity.subjects.observation import Generators, Leaf, Observation
from parity.subjects.worker.channel import LARGE

Packed = tuple[Any, ...]


def pack(observation: Observation) -> Packed:
    o = observation
    return (
        o.call,
        o.do,
        _pack(o.values),
        o.changed,
        o.warnings,
        o.output,
        o.error,
        o.step,
        o.piece,
        tuple(o.generators),
    )


def unpack(packed: Packed) -> Observation:
    call, do, values, changed, warnings, output, error, step, piece, generators = packed
    values = _unpack(values)
    return Observation(call, do, values, changed, warnings, output, error, step, piece, Generators(*generators))


def _pack(values: Mapping[str, Leaf]) -> dict[str, Any]:
    """No leaf is a tuple, so that a tuple can stand for an array."""
    packed: dict[str, Any] = {}
    for path, leaf in values.items():
        if type(leaf) is np.ndarray and leaf.dtype.kind in "fiub" and leaf.nbytes <= LARGE:
            flags = leaf.flags
            if flags.c_contiguous:
                leaf = leaf.dtype.str, leaf.shape, "C", leaf.tobytes()
            elif flags.f_contiguous:
                leaf = leaf.dtype.str, leaf.shape, "F", leaf.tobytes("F")
        packed[path] = leaf
    return packed


def _unpack(packed: dict[str, Any]) -> dict[str, Leaf]:
    values: dict[str, Leaf] = {}
    for path, leaf in packed.items():
        if type(leaf) is tuple:
            kind, shape, order, data = leaf
            leaf = np.ndarray(shape, kind, data, order=order)
        values[path] = leaf
    return values
