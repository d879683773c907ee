"""From R to Python. What becomes what stands in the package's docstring.

An `sexp` is rooted by the caller: reading a compact vector (ALTREP) may allocate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from parity.bridge import times
from parity.bridge.embedded import Embedded
from parity.bridge.errors import ConversionError
from parity.bridge.handles import RValue, variable
from parity.bridge.kinds import (
    ENVSXP,
    INTSXP,
    LGLSXP,
    NA_INTEGER,
    NA_REAL_BITS,
    NILSXP,
    REALSXP,
    STRSXP,
    VECSXP,
)
from parity.bridge.labels import Duration, Factor, Labelled, Moment, Names

Array = np.ndarray[Any, Any]

_COPY_UP_TO = 512  # bytes; below this copying a result costs less than keeping R's memory alive for a view
_NA_INTEGER_BYTES = np.int32(NA_INTEGER).tobytes()
_INTEGER64_NA = np.iinfo(np.int64).min


class Receiver:
    def __init__(self, r: Embedded) -> None:
        self._r = r
        self._lib = r.lib
        self._nil, self._length, self._data = r.nil, r.length, r.data
        self._buffer, self._unpack, self._gc = r.ffi.buffer, r.ffi.unpack, r.ffi.gc
        self._get, self._dim, self._names, self._class = r.get_attribute, r.dim, r.names, r.class_
        self._attrib = r.lib.ATTRIB  # rpy2's struct has the field elsewhere than R
        self._tag, self._value, self._next = r.lib.TAG, r.lib.CAR, r.lib.CDR
        self._integer = r.lib.INTEGER
        self._atomic = {*r.data, STRSXP}
        self._meaningful = {
            r.dim: "dim",
            r.names: "names",
            r.dimnames: "dimnames",
            r.class_: "class",
            r.tzone: "tzone",
            r.units: "units",
        }

    def to_python(self, sexp: Any, labels: bool = False) -> Any:
        kind = sexp.sxpinfo.type
        if kind in self._atomic:
            node, nil = self._attrib(sexp), self._nil
            shape = None
            if node != nil:
                if self._tag(node) != self._dim or self._next(node) != nil:
                    return self._with_labels(sexp, kind) if labels else self._without_labels(sexp, kind)
                dim = self._value(node)
                shape = tuple(self._unpack(self._integer(dim), self._length(dim)))
            return self._numbers(sexp, kind, shape) if kind == REALSXP else self._vector(sexp, kind, shape)
        if kind == VECSXP:
            return self._list(sexp, labels)
        if kind == NILSXP:
            return None
        return self._other(sexp, labels)

    def _other(self, sexp: Any, labels: bool) -> Any:  # noqa: ARG002
        """What is no vector stays in R."""
        return RValue(sexp, self._r)

    def read(self, sexp: Any, names: Sequence[str], labels: bool = False) -> dict[str, Any]:
        """Those elements of a list, or variables of an environment, that are there: name -> value, in order of `names`.

        As `element` and `to_python` of each, in one pass.
        """
        kind = sexp.sxpinfo.type
        if kind == ENVSXP:
            variables = ((name, variable(self._r, sexp, name)) for name in names)
            return {name: self.to_python(value._sexp, labels) for name, value in variables if value is not None}
        if kind != VECSXP:
            return {}
        own_names = self._get(sexp, self._names)
        if own_names == self._nil:
            return {}
        text, element, known = self._lib.STRING_ELT, self._lib.VECTOR_ELT, self._r.known
        at: dict[str, int] = {}
        missing = set(names)
        for i in range(self._length(own_names)):
            char = text(own_names, i)
            name = known.get(char) or self._r.name(char)
            if name in missing:
                missing.remove(name)
                at[name] = i
                if not missing:
                    break
        to_python = self.to_python
        return {name: to_python(element(sexp, at[name]), labels) for name in names if name in at}

    # -- values -------------------------------------------------------------------------------------------------------

    def _vector(self, sexp: Any, kind: int, shape: tuple[int, ...] | None) -> Array:
        """An atomic vector without its labels."""
        if kind == REALSXP:
            return self._numbers(sexp, kind, shape)
        if kind == STRSXP:
            return self._character(sexp, shape)
        values = self._numbers(sexp, kind, shape)
        if kind == INTSXP:
            return _with_na_as_float(values)
        if kind == LGLSXP:
            values = _with_na_as_float(values)
            return values if values.dtype.kind == "f" else _read_only(values.astype(np.bool_))
        return values

    def _numbers(self, sexp: Any, kind: int, shape: tuple[int, ...] | None) -> Array:
        pointer, stored, _ = self._data[kind]
        length = self._length(sexp)
        size = length * stored.itemsize
        if size <= _COPY_UP_TO:  # an array over bytes is read-only by itself
            copied: Array = np.ndarray(shape or (length,), stored, self._buffer(pointer(sexp), size)[:], 0, None, "F")
            return copied
        # The array holds the buffer, the buffer holds the pointer, and the pointer's end gives back the slot.
        slots = self._r.slots
        memory = pointer(sexp)
        owner = self._gc(memory, partial(_give_back, slots.given_back.append, slots.park(sexp)))
        return _read_only(np.ndarray(shape or (length,), stored, self._buffer(owner, size), 0, None, "F"))

    def _integers(self, sexp: Any) -> tuple[int, ...]:
        return tuple(self._unpack(self._integer(sexp), self._length(sexp)))

    def _character(self, sexp: Any, shape: tuple[int, ...] | None) -> Array:
        texts = _of_texts(self._strings(sexp))
        return _read_only(texts if shape is None else texts.reshape(shape, order="F"))

    def _strings(self, sexp: Any) -> tuple[str | None, ...]:
        element, text = self._lib.STRING_ELT, self._r.text
        return tuple(text(element(sexp, i)) for i in range(self._length(sexp)))

    def _list(self, sexp: Any, labels: bool) -> Any:
        element, length = self._lib.VECTOR_ELT, self._length(sexp)
        names = self._nil
        if self._attrib(sexp) != self._nil:
            if self._get(sexp, self._dim) != self._nil:
                raise ConversionError("a list with dim has no counterpart in Python: keep() it in R")
            names = self._get(sexp, self._names)
        if names == self._nil:
            return [self.to_python(element(sexp, i), labels) for i in range(length)]
        text, name_of = self._lib.STRING_ELT, self._r.name
        members: dict[str, Any] = {}
        for i in range(length):
            name = name_of(text(names, i))
            if not name:
                raise ConversionError(f"element {i + 1} of an R list has no name but others have")
            if name in members:
                raise ConversionError(f"an R list has two elements named {name!r}")
            members[name] = self.to_python(element(sexp, i), labels)
        return members

    # -- classes and labels -------------------------------------------------------------------------------------------

    def _without_labels(self, sexp: Any, kind: int) -> Array:
        dim = self._get(sexp, self._dim)
        shape = None if dim == self._nil else self._integers(dim)
        classes = self._r.texts(self._get(sexp, self._class))
        if "factor" in classes and kind == INTSXP:
            codes, levels = self._codes(sexp, None)
            return _read_only(_of_texts(tuple(None if code < 0 else levels[code] for code in codes)))
        if "integer64" in classes and kind == REALSXP:
            return self._integer64(sexp, shape)
        return self._vector(sexp, kind, shape)

    def _with_labels(self, sexp: Any, kind: int) -> Any:
        attributes = self._attributes(sexp)
        dim = attributes.get("dim")
        shape = None if dim is None else self._integers(dim)
        names, axes = self._label_names(attributes, shape)
        class_ = attributes.get("class")
        classes = () if class_ is None else self._r.texts(class_)
        if "factor" in classes and kind == INTSXP:
            codes, levels = self._codes(sexp, shape)
            return Factor(codes, levels, "ordered" in classes, names)
        values: Array
        if "POSIXct" in classes and kind in {REALSXP, INTSXP}:
            values = times.instants_of(self._numbers(sexp, kind, shape))
            tz = self._one_text(attributes, "tzone")
            if tz != "UTC":
                return Moment(values, tz, names)
            classes = ()
        elif "Date" in classes and kind in {REALSXP, INTSXP}:
            values, classes = times.days_of(self._numbers(sexp, kind, shape)), ()
        elif "difftime" in classes and kind in {REALSXP, INTSXP}:
            return Duration(self._vector(sexp, kind, shape), self._one_text(attributes, "units") or "", names)
        elif "integer64" in classes and kind == REALSXP:
            values, classes = self._integer64(sexp, shape), ()
        else:
            values = self._vector(sexp, kind, shape)
        if names is None and axes is None and not classes:
            return values
        return Labelled(values, names or (None,) * values.ndim, axes, classes)

    def _attributes(self, sexp: Any) -> dict[str, Any]:
        """The attributes that are labels, by name."""
        nil, node = self._nil, self._attrib(sexp)
        labels: dict[str, Any] = {}
        while node != nil:
            name = self._meaningful.get(self._tag(node))
            if name is not None:
                labels[name] = self._value(node)
            node = self._next(node)
        return labels

    def _label_names(
        self, attributes: dict[str, Any], shape: tuple[int, ...] | None
    ) -> tuple[Names | None, tuple[str | None, ...] | None]:
        """The names of each axis, and of the axes themselves; None where there are none at all."""
        if shape is None:
            names = attributes.get("names")
            return (None if names is None else (self._strings(names),)), None
        dimnames = attributes.get("dimnames")
        if dimnames is None:
            return None, None
        element = self._lib.VECTOR_ELT
        each = [element(dimnames, i) for i in range(len(shape))]
        per_axis = tuple(None if one == self._nil else self._strings(one) for one in each)
        axes = self._get(dimnames, self._names)
        return per_axis, None if axes == self._nil else self._strings(axes)

    def _one_text(self, attributes: dict[str, Any], name: str) -> str | None:
        sexp = attributes.get(name)
        if sexp is None:
            return None
        if sexp.sxpinfo.type != STRSXP or self._length(sexp) != 1:
            raise ConversionError(f"an R vector whose {name!r} is not one text has no counterpart in Python")
        return self._strings(sexp)[0]

    def _codes(self, sexp: Any, shape: tuple[int, ...] | None) -> tuple[Array, tuple[str | None, ...]]:
        """A factor's codes from 0, with -1 for NA, and its levels."""
        levels_of = self._get(sexp, self._r.levels)
        if levels_of.sxpinfo.type not in {STRSXP, NILSXP}:
            raise ConversionError("a factor whose levels are no texts has no counterpart in Python")
        levels = () if levels_of == self._nil else self._strings(levels_of)
        stored = self._numbers(sexp, INTSXP, shape)
        missing = stored == NA_INTEGER
        codes = np.asfortranarray(np.where(missing, -1, np.where(missing, 0, stored) - 1).astype(np.int32))
        if ((codes < 0) & ~missing).any() or (codes >= len(levels)).any():
            raise ConversionError(f"a factor with codes that are none of its {len(levels)} levels")
        return _read_only(codes), levels

    def _integer64(self, sexp: Any, shape: tuple[int, ...] | None) -> Array:
        """The package bit64 keeps 64-bit integers in the bits of doubles."""
        integers: Array = self._numbers(sexp, REALSXP, shape).view(np.int64)
        if (integers == _INTEGER64_NA).any():
            raise ConversionError("an integer64 vector with NA has no counterpart in NumPy: take as.double() in R")
        return integers


def _give_back(append: Callable[[Any], None], slot: tuple[Any, int], _pointer: Any) -> None:
    append(slot)


def _of_texts(texts: tuple[str | None, ...]) -> Array:
    if None in texts:
        return np.array(texts, dtype=np.dtypes.StringDType(na_object=None))
    return np.array(texts, dtype=np.str_)


def _with_na_as_float(a: Array) -> Array:
    memory: Any = a.base
    if type(memory) is bytes and _NA_INTEGER_BYTES not in memory:
        return a  # a small one: searching its bytes is cheaper than a reduction
    if not a.size or a.min() != NA_INTEGER:
        return a
    floats = a.astype(np.float64, order="F")
    floats.T.view(np.uint64)[a.T == NA_INTEGER] = NA_REAL_BITS
    return _read_only(floats)


def _read_only(a: Array) -> Array:
    a.flags.writeable = False
    return a
