"""Data frames, sparse matrices and many texts, both ways: what the plain conversions do not know.

A data.frame that is asked for with its labels is a `Frame`. Its columns are what vectors are with labels, and besides

    integer or logical with an NA   `Nullable`; without, int32 or bool
    integer64                       int64, or `Nullable`
    character                       `Texts`
    a matrix, a list                as it is elsewhere

where names of a column's elements, and classes that have no form of their own, are dropped.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from parity.bridge import texts
from parity.bridge.errors import ConversionError
from parity.bridge.handles import Held
from parity.bridge.kinds import INTSXP, LGLSXP, NA_INTEGER, RAWSXP, REALSXP, S4SXP, STRSXP, VECSXP
from parity.bridge.labels import Duration, Factor, Frame, Labelled, Moment
from parity.bridge.receiving import Receiver
from parity.bridge.sending import Sender
from parity.columns import Instants, Nullable, Spans, Sparse, Texts, sparse

Array = np.ndarray[Any, Any]

_SPARSE = re.compile(r"([dln])([gst])([CRT])Matrix")  # elements, shape, and by column, by row or by triplets
_INTEGER64_NA = np.iinfo(np.int64).min
_CLASSES_OF_THEIR_OWN = frozenset({"factor", "Date", "POSIXct", "difftime", "integer64"})


class FrameSender(Sender):
    def _other(self, value: Any) -> Any:
        if isinstance(value, Frame):
            return self._frame(value)
        if isinstance(value, Texts):
            return texts.codes_to_r(self._r, value)
        if isinstance(value, Nullable):
            return self._nullable(value)
        if isinstance(value, Instants):
            return self._with_labels(Moment(value.values, value.tz))
        if isinstance(value, Spans):
            return self._with_labels(Duration(value.values, value.units, value.names))
        if isinstance(value, complex):
            return self._array(np.asarray(value))
        if isinstance(value, bytes | bytearray):
            return self._array_with_na(RAWSXP, np.frombuffer(value, dtype=np.uint8))
        return super()._other(value)

    def _texts(self, values: list[Any]) -> Any:
        return texts.to_r(self._r, values)

    def _nullable(self, value: Nullable) -> Any:
        if value.values.dtype.kind == "b":
            return self._array_with_na(LGLSXP, np.where(value.missing, NA_INTEGER, value.values.astype(np.int32)))
        whole = np.where(value.missing, 0, value.values)
        if whole.size and (int(whole.max()) > -(NA_INTEGER + 1) or int(whole.min()) <= NA_INTEGER):
            raise ConversionError(f"{int(whole[np.argmax(np.abs(whole))])} is beyond R's integers: send it as a float")
        return self._array_with_na(INTSXP, np.where(value.missing, NA_INTEGER, whole).astype(np.int32))

    def _frame(self, frame: Frame) -> Any:
        r, lengths = self._r, {name: _length(column) for name, column in frame.columns.items()}
        rows = next(iter(lengths.values()), len(frame.rows or ()))
        for name, length in lengths.items():
            if length != rows:
                raise ConversionError(f"column {name!r} has {length} rows where others have {rows}")
        if frame.rows is not None and len(frame.rows) != rows:
            raise ConversionError(f"{len(frame.rows)} names for {rows} rows")
        sexp = self._protect(self._r.allocate(VECSXP, len(lengths)))
        try:
            for i, column in enumerate(frame.columns.values()):
                self._lib.SET_VECTOR_ELT(sexp, i, column._sexp if isinstance(column, Held) else self.to_r(column))
            self._put(sexp, r.names, tuple(lengths))
            self._put(sexp, r.class_, ("data.frame",))
            if frame.rows is not None:
                names = texts.to_r(r, frame.rows)
            else:  # what R writes instead of the numbers 1 to n
                names = r.allocate(INTSXP, 2 if rows else 0)
                if rows:
                    numbers = self._lib.INTEGER(names)
                    numbers[0], numbers[1] = NA_INTEGER, -rows
            self._protect(names)
            self._set(sexp, r.row_names, names)
            self._unprotect(1)
        finally:
            self._unprotect(1)
        return sexp


def _length(column: Any) -> int:
    if isinstance(column, Factor):
        return len(column.codes)
    values = getattr(column, "values", column)
    return len(column.codes) if isinstance(column, Texts) else len(values)


class FrameReceiver(Receiver):
    def _character(self, sexp: Any, shape: tuple[int, ...] | None) -> Array:
        if self._length(sexp) <= texts.MANY:
            return super()._character(sexp, shape)
        values = texts.to_python(self._r, sexp).array()
        if shape is not None:
            values = values.reshape(shape, order="F")
        values.flags.writeable = False
        return values

    def _list(self, sexp: Any, labels: bool) -> Any:
        if labels and "data.frame" in self._r.texts(self._get(sexp, self._class)):
            return self._frame(sexp)
        return super()._list(sexp, labels)

    def _frame(self, sexp: Any) -> Frame:
        given = self._get(sexp, self._names)
        names = self._strings(given) if given.sxpinfo.type == STRSXP else ()
        if len(names) != self._length(sexp):
            raise ConversionError("a data frame whose columns have no names has no counterpart in Python")
        columns: dict[str, Any] = {}
        for i, name in enumerate(names):
            if not name:
                raise ConversionError(f"column {i + 1} of a data frame has no name")
            if name in columns:
                raise ConversionError(f"a data frame has two columns named {name!r}")
            try:
                columns[name] = self._column(self._lib.VECTOR_ELT(sexp, i))
            except ConversionError as error:
                raise ConversionError(f"column {name!r}: {error}") from error
        return Frame(columns, self._row_names(sexp))

    def _row_names(self, sexp: Any) -> tuple[str, ...] | None:
        """Those that are texts: numbers are what is left of a count."""
        node = self._attrib(sexp)
        while node != self._nil:  # asked for as R's other attributes, the count would be written out
            if self._tag(node) == self._r.row_names:
                names = self._value(node)
                if names.sxpinfo.type != STRSXP:
                    return None
                return tuple(name or "" for name in texts.to_python(self._r, names).array().tolist())
            node = self._next(node)
        return None

    def _column(self, sexp: Any) -> Any:
        kind = sexp.sxpinfo.type
        attributes = self._attributes(sexp)
        if "dim" in attributes or kind not in self._atomic:
            return self.to_python(sexp, True)
        classes = frozenset(self._r.texts(attributes["class"])) if "class" in attributes else frozenset()
        if not classes & _CLASSES_OF_THEIR_OWN:
            if kind == STRSXP:
                return texts.to_python(self._r, sexp)
            if kind in {INTSXP, LGLSXP}:
                return self._whole(sexp, kind)
        elif "integer64" in classes and kind == REALSXP:
            values = self._numbers(sexp, REALSXP, None).view(np.int64)
            missing = values == _INTEGER64_NA
            return Nullable(values, missing) if missing.any() else values
        column = self.to_python(sexp, True)
        if isinstance(column, Factor):
            return Factor(column.codes, column.levels, column.ordered)
        if isinstance(column, Moment):
            return Moment(column.values, column.tz)
        if isinstance(column, Duration):
            return Duration(column.values, column.units)
        return column.values if isinstance(column, Labelled) else column

    def _whole(self, sexp: Any, kind: int) -> Array | Nullable:
        stored = self._numbers(sexp, kind, None)
        missing = stored == NA_INTEGER if stored.size and stored.min() == NA_INTEGER else None
        values: Array = stored
        if kind == LGLSXP:
            values = (stored != 0) if missing is None else (stored != 0) & ~missing
            values.flags.writeable = False
        return values if missing is None else Nullable(values, missing)

    # -- sparse matrices ----------------------------------------------------------------------------------------------

    def _other(self, sexp: Any, labels: bool) -> Any:
        if labels and sexp.sxpinfo.type == S4SXP:
            matrix = self._sparse(sexp)
            if matrix is not None:
                return matrix
        return super()._other(sexp, labels)

    def _sparse(self, sexp: Any) -> Sparse | None:
        """A sparse matrix of the package Matrix, read from its slots; None for any other object."""
        classes = self._r.texts(self._get(sexp, self._class))
        name = classes[0] if len(classes) == 1 else ""
        known = _SPARSE.fullmatch(name)
        if known is None and name != "ddiMatrix":
            return None
        extent = self._whole_slot(sexp, "Dim")
        if extent is None or len(extent) != 2 or (extent < 0).any():
            return None
        shape = (int(extent[0]), int(extent[1]))
        names = self._dimnames(sexp)
        triplets = self._diagonal(sexp, shape) if known is None else self._triplets(sexp, known, shape)
        if triplets is None:
            return None
        rows, columns, values = triplets
        if known is not None and known[2] == "s":
            off = rows != columns
            rows, columns = np.concatenate([rows, columns[off]]), np.concatenate([columns, rows[off]])
            values = np.concatenate([values, values[off]])
            names = (names[0] or names[1],) * 2
        if len(rows) and (min(rows.min(), columns.min()) < 0 or rows.max() >= shape[0] or columns.max() >= shape[1]):
            raise ConversionError(f"a {name} of {shape[0]} x {shape[1]} with elements beyond it")
        return sparse(shape, rows, columns, values, names)

    def _triplets(self, sexp: Any, known: re.Match[str], shape: tuple[int, int]) -> tuple[Array, Array, Array] | None:
        elements, form, order = known.groups()
        first = self._whole_slot(sexp, "j" if order == "R" else "i")
        second = self._whole_slot(sexp, "j" if order == "T" else "p")
        if first is None or second is None:
            return None
        if order != "T":
            if len(second) != shape[order == "C"] + 1 or (np.diff(second) < 0).any() or second[-1] != len(first):
                return None
            second = np.repeat(np.arange(len(second) - 1), np.diff(second))
        rows, columns = (second, first) if order == "R" else (first, second)
        values = np.ones(len(rows), dtype=np.bool_) if elements == "n" else self._elements(sexp, elements)
        if values is None or not len(values) == len(rows) == len(columns):
            return None
        if form == "t" and self._is_unit(sexp):
            ones = np.arange(shape[0])
            rows, columns = np.concatenate([rows, ones]), np.concatenate([columns, ones])
            values = np.concatenate([values, np.ones(shape[0], dtype=values.dtype)])
        return rows, columns, values

    def _diagonal(self, sexp: Any, shape: tuple[int, int]) -> tuple[Array, Array, Array] | None:
        place = np.arange(min(shape))
        values = np.ones(len(place)) if self._is_unit(sexp) else self._elements(sexp, "d")
        return None if values is None or len(values) != len(place) else (place, place, values)

    def _slot(self, sexp: Any, name: str) -> Any:
        return self._get(sexp, self._lib.Rf_install(name.encode()))

    def _whole_slot(self, sexp: Any, name: str) -> Array | None:
        slot = self._slot(sexp, name)
        return self._numbers(slot, INTSXP, None).astype(np.int64) if slot.sxpinfo.type == INTSXP else None

    def _elements(self, sexp: Any, elements: str) -> Array | None:
        slot, kind = self._slot(sexp, "x"), LGLSXP if elements == "l" else REALSXP
        return self._vector(slot, kind, None) if slot.sxpinfo.type == kind else None

    def _is_unit(self, sexp: Any) -> bool:
        slot = self._slot(sexp, "diag")
        return slot.sxpinfo.type == STRSXP and self._strings(slot) == ("U",)

    def _dimnames(self, sexp: Any) -> tuple[tuple[str | None, ...] | None, ...]:
        slot = self._slot(sexp, "Dimnames")
        if slot.sxpinfo.type != VECSXP or self._length(slot) != 2:
            return (None, None)
        each = [self._lib.VECTOR_ELT(slot, i) for i in range(2)]
        return tuple(self._strings(one) if one.sxpinfo.type == STRSXP else None for one in each)
