"""Values as a person would type them, in Python and in R."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeGuard

import numpy as np

from parity.arrays import is_na
from parity.columns import Instants, Nullable, Spans, Texts
from parity.consoles.columns import python_column, python_frame, r_column, r_frame
from parity.consoles.r_console import r_string
from parity.consoles.transcript import Language
from parity.fixture.model import Expression, Factor, Frame, FunctionReference, Named, Own, Value


def python_literal(value: Value, whole: bool, indent: int = 0) -> str:
    if value is None or isinstance(value, (bool, np.bool_, str)):
        return repr(bool(value) if isinstance(value, np.bool_) else value)
    if isinstance(value, FunctionReference):
        return value.python.partition(":")[2]
    if isinstance(value, Expression):
        return value.python
    if isinstance(value, Own):
        return repr(value.value)
    if isinstance(value, Named):
        return python_literal(value.values, whole, indent)
    if isinstance(value, Frame):
        return python_frame(value)
    if isinstance(value, Texts | Nullable | Instants | Spans) or _is_unlike_numbers(value):
        return python_column(value)
    if isinstance(value, Factor):
        return repr([None if code < 0 else value.levels[code] for code in value.codes])
    if isinstance(value, Mapping):
        inner = [f'    "{k}": {python_literal(v, whole, 8 + len(k))},' for k, v in value.items()]
        return "{\n" + "\n".join(inner) + "\n}" if inner else "{}"
    if isinstance(value, list):
        inner = [f"    {python_literal(v, whole, 4)}," for v in value]
        return "[\n" + "\n".join(inner) + "\n]" if inner else "[]"
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return python_literal(value.item(), whole)
        if value.size == 0:
            return f"np.zeros({value.shape!r})"
        # One fraction makes the array a float array, however the other numbers are typed.
        as_int = value.dtype.kind in "iu" or whole or not _all_whole(value)
        return f"np.array({_nested(value, as_int, indent + len('np.array('))})"
    return _number(float(value), isinstance(value, (int, np.integer)) or whole, "python")


def _is_unlike_numbers(value: Value) -> TypeGuard[np.ndarray]:
    """Texts and dates in a vector."""
    return isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "UTM" and value.size > 0


def _nested(array: np.ndarray, as_int: bool, indent: int) -> str:
    if array.dtype.kind == "b":
        flat = [str(bool(v)) for v in array] if array.ndim == 1 else []
    else:
        flat = [_number(float(v), as_int, "python") for v in array] if array.ndim == 1 else []
    if array.ndim == 1:
        return f"[{_wrapped(flat, indent + 1, 76)}]"
    rows = [_nested(row, as_int, indent + 1) for row in array]
    one = f"[{', '.join(rows)}]"
    if "\n" not in one and indent + len(one) <= 72:
        return one
    return "[" + (",\n" + " " * (indent + 1)).join(rows) + "]"


def _wrapped(parts: Sequence[str], indent: int, width: int) -> str:
    lines: list[str] = []
    line = ""
    for number, part in enumerate(parts):
        piece = part + ("" if number == len(parts) - 1 else ",")
        if line and indent + len(line) + 1 + len(piece) > width:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return ("\n" + " " * indent).join([*lines, line])


def _all_whole(array: np.ndarray) -> bool:
    return bool(np.all(np.isfinite(array)) and np.all(array == np.rint(array)) and np.all(np.abs(array) < 1e15))


def _number(value: float, as_int: bool, language: Language) -> str:
    if math.isnan(value):
        return "np.nan" if language == "python" else ("NA_real_" if _is_na(value) else "NaN")
    if math.isinf(value):
        word = "np.inf" if language == "python" else "Inf"
        return word if value > 0 else f"-{word}"
    if value == int(value) and abs(value) < 1e15:
        if value == 0 and math.copysign(1, value) < 0:
            return "-0" if language == "r" else "-0.0"
        return f"{int(value)}" if as_int else repr(value)
    return repr(value)


def _is_na(value: float) -> bool:
    return bool(is_na(np.array(value)))


def r_name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z.][A-Za-z0-9._]*", name) else f"`{name}`"


def r_literal(value: Value, indent: int = 0) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, (bool, np.bool_)):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return r_string(value)
    if isinstance(value, FunctionReference):
        return value.r.rpartition("::")[2]
    if isinstance(value, Expression):
        return value.r
    if isinstance(value, Own):
        raise TypeError("an object of Python's own has no line in R")
    if isinstance(value, Named):
        members = zip(value.names, value.values, strict=True)
        return f"c({', '.join(f'{r_name(name)} = {r_literal(one.item())}' for name, one in members)})"
    if isinstance(value, Frame):
        return r_frame(value)
    if isinstance(value, Texts | Nullable | Instants | Spans) or _is_unlike_numbers(value):
        return r_column(value)
    if isinstance(value, Factor):
        labels = ", ".join("NA" if code < 0 else r_string(value.levels[code]) for code in value.codes)
        levels = ", ".join(map(r_string, value.levels))
        return f"factor(c({labels}), levels = c({levels}){', ordered = TRUE' if value.ordered else ''})"
    if isinstance(value, (Mapping, list)):
        items = value.items() if isinstance(value, Mapping) else [("", v) for v in value]
        heads = [f"  {r_name(k)} = " if k else "  " for k, _ in items]
        # Lists within lists are indented by their depth; what is aligned is aligned to where it stands.
        elements = [
            head + (r_literal(v).replace("\n", "\n  ") if isinstance(v, (Mapping, list)) else r_literal(v, len(head)))
            for head, (_, v) in zip(heads, items, strict=True)
        ]
        return "list(\n" + ",\n".join(elements) + "\n)" if elements else "list()"
    if isinstance(value, np.ndarray):
        return _r_array(value, indent)
    suffix = "L" if isinstance(value, (int, np.integer)) else ""
    return _number(float(value), True, "r") + suffix


def _r_array(array: np.ndarray, indent: int) -> str:
    def one(value: object) -> str:
        if array.dtype.kind == "b":
            return "TRUE" if value else "FALSE"
        text = _number(float(value), True, "r")  # type: ignore[arg-type]
        return text + "L" if array.dtype.kind in "iu" else text

    if array.ndim == 0:
        return one(array.item())
    if array.size == 0:
        kind = {"b": "logical(0)", "i": "integer(0)", "u": "integer(0)"}.get(array.dtype.kind, "numeric(0)")
        return kind if array.ndim == 1 else f"array({kind}, dim = c({', '.join(map(str, array.shape))}))"
    flat = [one(v) for v in array.ravel()]
    if array.ndim == 1:
        return f"c({_wrapped(flat, indent + 2, 72)})" if array.size > 1 else flat[0]
    if array.ndim == 2 and 1 in array.shape:
        body = f"c({_wrapped(flat, indent + 9, 72)})" if array.size > 1 else flat[0]
        return f"matrix({body}, {'nrow' if array.shape[0] == 1 else 'ncol'} = 1)"
    # Row by row, as NumPy writes it: byrow = TRUE for a matrix, aperm() for more dimensions.
    head = "matrix(c(" if array.ndim == 2 else "aperm(array(c("
    last = array.shape[-1]
    step = last if last > 1 else len(flat)
    rows = [_wrapped(flat[at : at + step], indent + len(head), 72) for at in range(0, len(flat), step)]
    body = head + (",\n" + " " * (indent + len(head))).join(rows) + ")"
    if array.ndim == 2:
        tail = f"nrow = {array.shape[0]}, byrow = TRUE)"
    else:
        tail = f"dim = c({', '.join(map(str, reversed(array.shape)))})), {array.ndim}:1)"
    wide = indent + len(head) + len(rows[-1].split("\n")[-1]) + len(tail) > 72
    return body + (",\n" + " " * (indent + head.index("(") + 1) if wide else ", ") + tail
