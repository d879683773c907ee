"""Many texts at once, through bytes and a few calls of R: one by one each costs a microsecond.

R has each text once, and a vector of a million texts rarely has more than some thousands of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from parity.bridge.embedded import Embedded
from parity.bridge.errors import ConversionError
from parity.bridge.kinds import INTSXP, NA_INTEGER, RAWSXP
from parity.columns import Texts

MANY = 256
"""Beyond so many the way by bytes is the shorter one."""


def to_r(r: Embedded, texts: Sequence[str | None]) -> Any:
    """A character vector, not rooted; None becomes NA."""
    if len(texts) <= MANY:
        return r.strings(texts)
    missing = [place for place, text in enumerate(texts, start=1) if not isinstance(text, str)]
    try:
        joined = "\0".join(text if isinstance(text, str) else "" for text in texts) if missing else "\0".join(texts)  # type: ignore[arg-type]
        encoded = joined.encode("utf-8")
    except UnicodeEncodeError:
        return r.strings(texts)  # which says which of them it is
    if encoded.count(b"\0") != len(texts) - 1:
        return r.strings(texts)
    memory = r.protect(_vector(r, RAWSXP, np.frombuffer(encoded + b"\0", dtype=np.uint8)))
    count = r.protect(r.lib.Rf_ScalarInteger(len(texts)))
    places = r.protect(_vector(r, INTSXP, np.array(missing, dtype=np.int32)))
    try:
        return r.side("texts_of", memory, count, places)
    finally:
        r.unprotect(3)


def codes_to_r(r: Embedded, texts: Texts) -> Any:
    """The character vector that codes and labels say, not rooted."""
    codes = np.where(texts.codes < 0, NA_INTEGER, texts.codes.astype(np.int64) + 1).astype(np.int32)
    labels = r.protect(to_r(r, texts.labels))
    stored = r.protect(_vector(r, INTSXP, codes))
    try:
        return r.side("taken", labels, stored)
    finally:
        r.unprotect(2)


def to_python(r: Embedded, sexp: Any) -> Texts:
    """Codes and labels of a character vector, which the caller has rooted."""
    parts = r.protect(r.side("distinct", sexp))
    try:
        codes, labels = (r.lib.VECTOR_ELT(parts, i) for i in range(2))
        numbers = np.frombuffer(r.ffi.buffer(r.lib.INTEGER(codes), 4 * r.length(codes))[:], dtype=np.int32)
        return Texts(numbers - np.int32(1), _strings(r, labels))
    finally:
        r.unprotect(1)


def _strings(r: Embedded, sexp: Any) -> tuple[str, ...]:
    """Texts of which none is NA."""
    count = r.length(sexp)
    if count > MANY:
        memory = r.protect(r.side("bytes_of", sexp))
        try:
            if memory != r.nil:
                encoded = r.ffi.buffer(r.lib.RAW(memory), r.length(memory))[:]
                texts = encoded.decode("utf-8").split("\0")
                if len(texts) == count + 1:
                    return tuple(texts[:-1])
        finally:
            r.unprotect(1)
    each = tuple(r.text(r.lib.STRING_ELT(sexp, i)) for i in range(count))
    if None in each:
        raise ConversionError("a label of a text that is NA")
    return each  # type: ignore[return-value]


def _vector(r: Embedded, kind: int, values: np.ndarray[Any, Any]) -> Any:
    pointer, stored, _ = r.data[kind]
    sexp = r.allocate(kind, values.size)
    if values.size:
        r.ffi.memmove(pointer(sexp), np.ascontiguousarray(values, dtype=stored), values.nbytes)
    return sexp
