"""From Python to R. What becomes what stands in the package's docstring.

Each method returns an SEXP that nothing roots: the caller stores or protects it before R allocates again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from parity.bridge import times
from parity.bridge.embedded import Embedded
from parity.bridge.errors import ConversionError
from parity.bridge.handles import Held, RValue
from parity.bridge.kinds import (
    CPLXSXP,
    EVALUATED_WHEN_PASSED,
    FLOAT64,
    INT_MAX,
    INTSXP,
    LGLSXP,
    NA_INTEGER,
    REALSXP,
    STRSXP,
    VECSXP,
)
from parity.bridge.labels import Duration, Factor, Labelled, Moment, Names

Array = np.ndarray[Any, Any]

_REMEMBERED_SHAPES = 1024
_TRANSPOSED_UP_TO = 4096  # bytes; below this NumPy's own copy into R's order is cheaper than an array over R's memory


class Sender:
    def __init__(self, r: Embedded) -> None:
        self._r = r
        self._lib = r.lib
        self._protect, self._unprotect, self._memmove = r.protect, r.unprotect, r.ffi.memmove
        self._alloc, self._real, self._set = r.lib.Rf_allocVector, r.lib.REAL, r.set_attribute
        self._dim = r.dim
        self._quote = r.quote
        self._shapes: dict[tuple[int, ...], RValue] = {}

    def to_r(self, value: Any) -> Any:
        if type(value) is np.ndarray:
            return self._array(value)
        if isinstance(value, Held):
            sexp = value._sexp
            return self._lib.Rf_lang2(self._quote, sexp) if sexp.sxpinfo.type in EVALUATED_WHEN_PASSED else sexp
        if value is None:
            return self._r.nil
        if isinstance(value, np.ma.MaskedArray):
            raise ConversionError("a masked array has no counterpart in R: fill it first")
        if isinstance(value, (np.ndarray, np.generic)):  # np.float64 is also a float, so before float
            return self._array(np.asarray(value))
        if isinstance(value, bool):
            return self._lib.Rf_ScalarLogical(value)
        if isinstance(value, float):
            return self._lib.Rf_ScalarReal(value)
        if isinstance(value, int):
            if not -INT_MAX <= value <= INT_MAX:
                raise ConversionError(_beyond(value))
            return self._lib.Rf_ScalarInteger(value)
        if isinstance(value, str):
            return self._r.strings((value,))
        if isinstance(value, Mapping):
            return self._named_list(value)
        if isinstance(value, (list, tuple)):
            return self._unnamed_list(value)
        if isinstance(value, (Labelled, Factor, Moment, Duration)):
            return self._with_labels(value)
        return self._other(value)

    def _other(self, value: Any) -> Any:
        raise ConversionError(f"a Python {type(value).__name__} has no counterpart in R")

    # -- arrays -------------------------------------------------------------------------------------------------------

    def _array(self, a: Array) -> Any:
        if a.dtype is FLOAT64 and a.nbytes <= _TRANSPOSED_UP_TO:
            # The vector of extents before the data: made afterwards, it could have the data collected.
            dim = self._dim_vector(a.shape) if a.ndim > 1 else None
            sexp = self._alloc(REALSXP, a.size)
            self._memmove(self._real(sexp), a.tobytes("F"), a.nbytes)
        else:
            if a.dtype.kind == "M":
                return self._moment(a)
            kind, a = _prepared(a)
            dim = self._dim_vector(a.shape) if a.ndim > 1 else None
            if kind == STRSXP:
                sexp = self._texts(a.ravel(order="F").tolist())
            else:
                sexp = self._r.allocate(kind, a.size)
                self._fill(sexp, kind, a)
        if dim is not None:
            self._protect(sexp)
            self._set(sexp, self._dim, dim)
            self._unprotect(1)
        return sexp

    def _texts(self, texts: list[Any]) -> Any:
        return self._r.strings(texts)

    def _fill(self, sexp: Any, kind: int, a: Array) -> None:
        pointer, dtype, _ = self._r.data[kind]
        if a.flags.f_contiguous and a.dtype == dtype:
            self._memmove(pointer(sexp), a.T, a.nbytes)  # the transposed view of Fortran order is C order
        else:
            room = self._r.ffi.buffer(pointer(sexp), a.size * dtype.itemsize)
            np.ndarray(a.shape, dtype, room, 0, None, "F")[...] = a

    def _dim_vector(self, shape: tuple[int, ...]) -> Any:
        vector = self._shapes.get(shape)
        if vector is None:
            if max(shape) > INT_MAX:
                raise ConversionError(f"an extent of {max(shape)} is beyond R's largest, {INT_MAX}")
            sexp = self._alloc(INTSXP, len(shape))
            extents = self._lib.INTEGER(sexp)
            for i, extent in enumerate(shape):
                extents[i] = extent
            if len(self._shapes) >= _REMEMBERED_SHAPES:
                self._shapes.clear()
            vector = self._shapes[shape] = RValue(sexp, self._r)
        return vector._sexp

    # -- lists --------------------------------------------------------------------------------------------------------

    def _unnamed_list(self, values: Any) -> Any:
        set_element = self._lib.SET_VECTOR_ELT
        sexp = self._protect(self._r.allocate(VECSXP, len(values)))
        try:
            for i, value in enumerate(values):
                # In a list even a call stands for itself.
                set_element(sexp, i, value._sexp if isinstance(value, Held) else self.to_r(value))
        finally:
            self._unprotect(1)
        return sexp

    def _named_list(self, values: Mapping[Any, Any]) -> Any:
        for name in values:
            if not isinstance(name, str) or not name:
                raise ConversionError(f"the names of an R list are non-empty strings, not {name!r}")
        names = self._protect(self._r.strings(tuple(values)))
        try:
            sexp = self._protect(self._unnamed_list(tuple(values.values())))
            self._set(sexp, self._r.names, names)
            self._unprotect(1)
        finally:
            self._unprotect(1)
        return sexp

    # -- labels -------------------------------------------------------------------------------------------------------
    # R checks attributes when they are set, and would leave for its top level, which is nowhere here, where they do not
    # fit: so that they fit is seen to before.

    def _with_labels(self, value: Labelled | Factor | Moment | Duration) -> Any:
        axes = None
        if isinstance(value, Factor):
            shape, build = np.shape(value.codes), self._factor
        elif isinstance(value, Labelled):
            shape, build, axes = np.shape(value.values), self._classed, value.axes
        else:
            shape, build = np.shape(value.values), self._time
        shape = shape or (1,)
        _check_names(value.names, axes, shape)
        sexp = self._protect(build(value))
        try:
            self._label(sexp, value.names, axes, shape)
        finally:
            self._unprotect(1)
        return sexp

    def _factor(self, value: Any) -> Any:
        codes = np.asarray(value.codes)
        if codes.dtype.kind not in "iu" or (
            codes.size and not (int(codes.min()) >= -1 and int(codes.max()) < len(value.levels))
        ):
            raise ConversionError(f"a factor's codes are integers from -1 (NA) to {len(value.levels) - 1}")
        if len(set(value.levels)) != len(value.levels):
            raise ConversionError("a factor's levels are all different")
        one_based = np.where(codes < 0, NA_INTEGER, codes.astype(np.int64) + 1).astype(np.int32)
        sexp = self._protect(self._array_with_na(INTSXP, one_based))
        try:
            self._put(sexp, self._r.levels, value.levels)
            self._put(sexp, self._r.class_, ("ordered", "factor") if value.ordered else ("factor",))
        finally:
            self._unprotect(1)
        return sexp

    def _classed(self, value: Any) -> Any:
        if "factor" in value.classes:
            raise ConversionError("a factor goes to R as a Factor")
        sexp = self._protect(self._array(np.asarray(value.values)))
        try:
            if value.classes:
                self._put(sexp, self._r.class_, value.classes)
        finally:
            self._unprotect(1)
        return sexp

    def _time(self, value: Any) -> Any:
        a = np.asarray(value.values)
        if isinstance(value, Moment):
            if a.dtype.kind != "M":
                raise ConversionError(f"a Moment's values are datetime64, not {a.dtype}")
            return self._moment(a, value.tz, date=False)
        sexp = self._protect(self._array(a))
        try:
            self._put(sexp, self._r.units, (value.units,))
            self._put(sexp, self._r.class_, ("difftime",))
        finally:
            self._unprotect(1)
        return sexp

    def _moment(self, a: Array, tz: str | None = "UTC", date: bool | None = None) -> Any:
        """A Date or a POSIXct, by the unit."""
        if np.datetime_data(a.dtype)[0] == "generic":
            raise ConversionError("a datetime64 array without a unit has no counterpart in R")
        if date is None:
            date = times.is_date(a.dtype)
        sexp = self._protect(self._array(times.r_days(a) if date else times.r_seconds(a)))
        try:
            if not date and tz is not None:
                self._put(sexp, self._r.tzone, (tz,))
            self._put(sexp, self._r.class_, ("Date",) if date else ("POSIXct", "POSIXt"))
        finally:
            self._unprotect(1)
        return sexp

    def _array_with_na(self, kind: int, a: Array) -> Any:
        """An array with `dim`, where R's NA is not refused: it is meant."""
        dim = self._dim_vector(a.shape) if a.ndim > 1 else None
        sexp = self._protect(self._r.allocate(kind, a.size))
        self._fill(sexp, kind, a)
        if dim is not None:
            self._set(sexp, self._dim, dim)
        self._unprotect(1)
        return sexp

    def _label(
        self, sexp: Any, names: Names | None, axes: tuple[str | None, ...] | None, shape: tuple[int, ...]
    ) -> None:
        if axes is None and len(shape) == 1:
            if names is not None and names[0] is not None:
                self._put(sexp, self._r.names, names[0])
            return
        if axes is None and (names is None or all(one is None for one in names)):
            return
        if len(shape) == 1:  # a vector's names have no name; those of a one-dimensional array have
            self._set(sexp, self._dim, self._dim_vector(shape))
        dimnames = self._protect(self._r.allocate(VECSXP, len(shape)))
        try:
            for i, one in enumerate(names or ()):
                if one is not None:
                    self._lib.SET_VECTOR_ELT(dimnames, i, self._r.strings(one))
            if axes is not None:
                self._put(dimnames, self._r.names, axes)
            self._set(sexp, self._r.dimnames, dimnames)
        finally:
            self._unprotect(1)

    def _put(self, sexp: Any, symbol: Any, texts: Any) -> None:
        strings = self._protect(self._r.strings(texts))
        self._set(sexp, symbol, strings)
        self._unprotect(1)


def _check_names(names: Names | None, axes: tuple[str | None, ...] | None, shape: tuple[int, ...]) -> None:
    if names is not None:
        if len(names) != len(shape):
            raise ConversionError(f"names of {len(names)} axes for an array of {len(shape)}")
        for axis, (one, extent) in enumerate(zip(names, shape, strict=True)):
            if one is not None and len(one) != extent:
                raise ConversionError(f"{len(one)} names for the {extent} elements along axis {axis}")
    if axes is not None and len(axes) != len(shape):
        raise ConversionError(f"names for {len(axes)} axes of an array of {len(shape)}")


def _beyond(value: Any) -> str:
    return (
        f"{value} is beyond R's integers, which are whole numbers from -{INT_MAX} to {INT_MAX} "
        f"({NA_INTEGER} is R's NA): send it as a float"
    )


def _prepared(a: Array) -> tuple[int, Array]:
    """The R type for an array, and the array if it can be stored as that type without loss."""
    dtype = a.dtype
    if dtype.kind == "f" and dtype.itemsize <= 8:
        return REALSXP, a
    if dtype.kind == "b":
        return LGLSXP, a
    if dtype.kind in "iu":
        if dtype == np.uint64:
            raise ConversionError("R has no 64-bit integers: a uint64 array is refused; use int32 or float64")
        if dtype.itemsize >= 4 and a.size:
            for extreme in (a.min(), a.max()):
                if not -INT_MAX <= int(extreme) <= INT_MAX:
                    raise ConversionError(_beyond(extreme))
        return INTSXP, a
    if dtype.kind in "UT":
        return STRSXP, a
    if dtype.kind == "c" and dtype.itemsize <= 16:
        return CPLXSXP, a
    raise ConversionError(f"an array of {dtype} has no counterpart in R")
