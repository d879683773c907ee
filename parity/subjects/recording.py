"""What a side gave, as JSON and back, bit for bit: leaves, observations, and the file that holds those of a fixture.

A leaf is {"float64": [1.5, "NaN", "NA", "Inf", -0.0], "shape": [..]}: elements in C order, the last index fastest, and
the shape unless there is one axis. The key is NumPy's name of the type; beside the numbers and "bool" there are

    {"text": ["a", null]}                            null is missing
    {"date": ["2024-02-29", null]}                   "unit" where it is not the day
    {"instant": ["2024-02-29T12:00:00"], "unit": "s"}   in UTC; "tz" is the zone that they are shown in, null if unset
    {"factor": [0, -1], "levels": ["f", "m"], "ordered": false}
    {"float64": [1.5], "units": "hours"}             spans of time; {"ticks": [90], "unit": "m"} those of NumPy
    {"sparse": {"shape": [2, 3], "rows": [1], "columns": [2], "values": LEAF, "names": [null, null]}}
    {"table": {"columns": [["age", LEAF], ..], "rows": ["r1", ..] or null}}
    {"null": true}, {"empty": true}, {"uncomparable": "what it is"}

with "names", a list per axis or null, where elements have names. Complex numbers are pairs. Numbers are the shortest
that read back as the same bits; of a NaN only whether it is R's NA is kept. Numeric arrays of more than LARGE elements
are "base64:zlib:...", their little-endian bytes.

The checksum in a file is the MD5 of its lines without the one of the checksum, which R computes without a package
(`tools::md5sum`). It tells that somebody's hand slipped, not an attack.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from parity.arrays import NA_BITS, is_na
from parity.bridge.labels import Factor, Labelled, Moment
from parity.columns import SECONDS, Instants, Nullable, Spans, Sparse, Texts
from parity.subjects.observation import (
    Condition,
    Empty,
    Failure,
    Leaf,
    Null,
    Observation,
    Table,
    Uncomparable,
    WithNames,
    has_names,
)

VERSION = 1
LARGE = 1000

NUMBERS = (
    *("float64", "float32", "float16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("complex64", "complex128", "bool"),
)
_COMPRESSED = "base64:zlib:"
_SPELLED = {"NaN": math.nan, "Inf": math.inf, "-Inf": -math.inf}
_KINDS = (*NUMBERS, "text", "date", "instant", "ticks", "factor", "table", "sparse", "null", "empty", "uncomparable")
_BESIDE = frozenset({"shape", "names", "axes", "classes", "unit", "units", "tz", "levels", "ordered"})

Json = Any
Array = np.ndarray[Any, Any]


class RecordingError(Exception):
    """A recording that cannot be read, or a value that cannot be recorded. The message says which and why."""


@dataclass(frozen=True)
class RecordedCase:
    """`inputs` is the digest of everything that decides what the side computes in the case, `parts` that of each."""

    inputs: str
    observations: tuple[Observation, ...]
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recording:
    """What one side gave for the cases of one fixture (or test): `fixture` is the file's name.

    `environment` says what ran: the language's version, the platform, the BLAS, `packages` and their versions.
    `sources` are digests of the code under test, by path from the fixture's folder. `document` is the digest of the
    fixture's file, for a reader that cannot compute those of the inputs; "" where there is no such reader.
    """

    side: str
    fixture: str
    environment: Mapping[str, Any]
    sources: Mapping[str, str]
    cases: Mapping[str, RecordedCase] = field(default_factory=dict)
    document: str = ""


# -- leaves ------------------------------------------------------------------------------------------------------------


def encode(leaf: Leaf) -> dict[str, Json]:
    """Raises RecordingError for what has no form here."""
    if isinstance(leaf, Null):
        return {"null": True}
    if isinstance(leaf, Empty):
        return {"empty": True}
    if isinstance(leaf, Uncomparable):
        return {"uncomparable": leaf.kind}
    if isinstance(leaf, Table):
        columns = [[name, encode(column)] for name, column in leaf.columns.items()]
        return {"table": {"columns": columns, "rows": None if leaf.rows is None else list(leaf.rows)}}
    if isinstance(leaf, Sparse):
        place = {"rows": leaf.rows.tolist(), "columns": leaf.columns.tolist(), "values": _encoded_array(leaf.values)}
        return {"sparse": {"shape": list(leaf.shape), **place, "names": _encoded_names(leaf.dimnames)}}
    if isinstance(leaf, Texts):
        return _encoded_array(leaf.array())
    if isinstance(leaf, Nullable):
        pairs = zip(leaf.values.tolist(), leaf.missing.tolist(), strict=True)
        return {leaf.values.dtype.newbyteorder("=").name: [None if missing else value for value, missing in pairs]}
    if all(hasattr(leaf, name) for name in ("codes", "levels", "ordered")):
        return _encoded_factor(leaf)
    if has_names(leaf):
        encoded = _encoded_array(np.asarray(leaf.values))
        if hasattr(leaf, "tz"):
            encoded["tz"] = leaf.tz
        if hasattr(leaf, "units"):
            encoded["units"] = leaf.units
        if leaf.names is not None:
            encoded["names"] = _encoded_names(leaf.names)
        if getattr(leaf, "axes", None) is not None:
            encoded["axes"] = list(leaf.axes)
        if getattr(leaf, "classes", ()):
            encoded["classes"] = list(leaf.classes)
        return encoded
    if isinstance(leaf, np.ndarray | np.generic):
        return _encoded_array(np.asarray(leaf))
    raise RecordingError(f"a value of type {type(leaf).__name__} cannot be recorded")


def decode(encoded: Json) -> Leaf:
    """Raises RecordingError for what `encode` does not write."""
    kind = _kind_of(encoded)
    if kind in ("null", "empty"):
        return Null() if kind == "null" else Empty()
    if kind == "uncomparable":
        return Uncomparable(str(encoded[kind]))
    if kind == "table":
        return _decoded_table(encoded[kind])
    if kind == "sparse":
        return _decoded_sparse(encoded[kind])
    names = _decoded_names(encoded["names"]) if "names" in encoded else None
    if kind == "factor":
        codes = _shaped(np.array(_integers(encoded[kind], kind), dtype=np.int32), encoded)
        levels = tuple(None if level is None else _text(level) for level in _listed(encoded.get("levels"), "levels"))
        if codes.size and (int(codes.min()) < -1 or int(codes.max()) >= len(levels)):
            raise RecordingError("a factor has a code without a level")
        return Factor(codes, levels, bool(encoded.get("ordered", False)), names)
    array = _decoded_array(kind, encoded)
    if names is not None and (
        len(names) != array.ndim or any(n is not None and len(n) != e for n, e in zip(names, array.shape, strict=True))
    ):
        raise RecordingError(f"names {encoded['names']} do not fit the shape {list(array.shape)}")
    if "units" in encoded:
        if encoded["units"] not in SECONDS or array.dtype != np.float64:
            raise RecordingError(f"{encoded['units']!r} is no unit of time, or its numbers are no doubles")
        return Spans(array, encoded["units"], names)
    if "tz" in encoded:
        return Moment(array, encoded["tz"], names)
    if "axes" in encoded or "classes" in encoded:
        axes = None if encoded.get("axes") is None else tuple(encoded["axes"])
        return Labelled(array, names or (None,) * array.ndim, axes, tuple(encoded.get("classes", ())))
    return array if names is None else WithNames(array, names)


def _kind_of(encoded: Json) -> str:
    if not isinstance(encoded, dict):
        raise RecordingError(f"{encoded!r} is no value: expected an object such as {{'float64': [1.5]}}")
    kinds = [key for key in encoded if key in _KINDS]
    others = [key for key in encoded if key not in _KINDS and key not in _BESIDE]
    if len(kinds) != 1 or others:
        raise RecordingError(f"a value with the keys {', '.join(encoded) or '(none)'}: expected one of its type")
    kind: str = kinds[0]
    return kind


def _encoded_factor(leaf: Any) -> dict[str, Json]:
    codes = np.asarray(leaf.codes)
    encoded: dict[str, Json] = {"factor": codes.ravel().tolist(), "levels": list(leaf.levels)}
    encoded["ordered"] = bool(leaf.ordered)
    if codes.ndim != 1:
        encoded["shape"] = list(codes.shape)
    if getattr(leaf, "names", None) is not None:
        encoded["names"] = _encoded_names(leaf.names)
    return encoded


def _encoded_array(array: np.ndarray) -> dict[str, Json]:
    kind, flat = array.dtype.kind, array.ravel()
    encoded: dict[str, Json]
    if kind in "UT" or (kind == "O" and all(one is None or isinstance(one, str) for one in flat)):
        missing = getattr(array.dtype, "na_object", None)
        encoded = {"text": [None if one is None or one is missing else str(one) for one in flat.tolist()]}
    elif kind == "M":
        encoded = _encoded_times(flat)
    elif kind == "m":
        unit, step = np.datetime_data(array.dtype)
        numbers = zip((flat.view(np.int64) * step).tolist(), np.isnat(flat).tolist(), strict=True)
        encoded = {"ticks": [None if nat else number for number, nat in numbers], "unit": unit}
    elif kind == "O" and all(one is None or isinstance(one, bool | np.bool_) for one in flat):
        encoded = {"bool": [None if one is None else bool(one) for one in flat]}
    elif array.dtype.newbyteorder("=").name in NUMBERS:
        encoded = {array.dtype.newbyteorder("=").name: _encoded_numbers(flat)}
    else:
        raise RecordingError(f"an array of {array.dtype} cannot be recorded")
    if array.ndim != 1:
        encoded["shape"] = list(array.shape)
    return encoded


def _encoded_numbers(flat: np.ndarray) -> Json:
    if flat.size > LARGE:
        plain = _without_payloads(flat)
        packed = zlib.compress(plain.astype(plain.dtype.newbyteorder("<")).tobytes(), 9)
        return _COMPRESSED + base64.b64encode(packed).decode("ascii")
    if flat.dtype.kind == "c":
        return [[_spelled(one.real), _spelled(one.imag)] for one in flat]
    if flat.dtype.kind != "f":
        return flat.tolist()
    if np.isfinite(flat).all():
        return [_shortest(one) for one in flat] if flat.dtype.itemsize < 8 else flat.tolist()
    missing = is_na(flat.astype(np.float64, copy=False)) if flat.dtype.itemsize == 8 else np.zeros(flat.size, bool)
    return ["NA" if na else _spelled(one) for one, na in zip(flat, missing.tolist(), strict=True)]


def _shortest(one: Any) -> float:
    """Digits enough for a narrower float to read back as itself."""
    return float(str(one)) if one.dtype.itemsize < 8 else float(one)


def _spelled(one: Any) -> float | str:
    if np.isnan(one):
        return "NA" if one.dtype == np.float64 and bool(is_na(np.asarray(one).reshape(1))[0]) else "NaN"
    return ("Inf" if one > 0 else "-Inf") if np.isinf(one) else _shortest(one)


def _without_payloads(flat: Array) -> Array:
    if flat.dtype.kind != "f" or not np.isnan(flat).any():
        return flat
    plain: Array = flat.copy()
    plain[np.isnan(flat)] = np.nan
    if flat.dtype.itemsize == 8:
        plain.view(np.uint64)[is_na(np.ascontiguousarray(flat, dtype=np.float64))] = NA_BITS
    return plain


def _encoded_times(flat: np.ndarray) -> dict[str, Json]:
    unit, step = np.datetime_data(flat.dtype)
    if step != 1:
        flat = flat.astype(f"M8[{unit}]")
    texts = np.datetime_as_string(flat).tolist() if flat.size else []
    written = [None if nat else text for text, nat in zip(texts, np.isnat(flat).tolist(), strict=True)]
    if unit == "D":
        return {"date": written}
    return {"date" if unit in ("Y", "M", "W") else "instant": written, "unit": unit}


def _encoded_names(names: Iterable[Sequence[str | None] | None]) -> Json:
    return [None if axis is None else list(axis) for axis in names]


def _decoded_array(kind: str, encoded: Mapping[str, Json]) -> np.ndarray:
    elements = encoded[kind]
    if isinstance(elements, str) and kind in NUMBERS:
        return _shaped(_unpacked(elements, kind), encoded)
    listed = _listed(elements, kind)
    if kind == "text":
        return _shaped(_decoded_texts(listed), encoded)
    if kind in ("date", "instant"):
        return _shaped(_decoded_times(kind, listed, encoded.get("unit")), encoded)
    if kind == "ticks":
        return _shaped(_decoded_ticks(listed, encoded.get("unit")), encoded)
    if kind in ("float64", "float32", "float16"):
        return _shaped(_decoded_floats(kind, listed), encoded)
    if kind in ("complex64", "complex128"):
        flat = _decoded_floats("float64", [part for pair in listed for part in _pair(pair)])
        return _shaped(flat.view(np.complex128).astype(kind), encoded)
    if None in listed:  # R's logical and integer with an NA are doubles here, as they come over the bridge
        return _shaped(_decoded_floats("float64", ["NA" if one is None else float(one) for one in listed]), encoded)
    if kind == "bool":
        if not all(isinstance(one, bool) for one in listed):
            raise RecordingError("a truth value that is neither true nor false")
        return _shaped(np.array(listed, dtype=bool), encoded)
    try:
        return _shaped(np.array(_integers(listed, kind), dtype=kind), encoded)
    except OverflowError:
        raise RecordingError(f"a number that {kind} cannot hold") from None


def _shaped(flat: Array, encoded: Mapping[str, Json]) -> Array:
    shape = encoded.get("shape", [flat.size])
    whole = isinstance(shape, list) and all(type(extent) is int and extent >= 0 for extent in shape)
    if not whole or math.prod(shape) != flat.size:
        raise RecordingError(f"{flat.size} elements do not have the shape {shape}")
    shaped: Array = flat.reshape(shape)
    return shaped


def _unpacked(text: str, kind: str) -> Array:
    if not text.startswith(_COMPRESSED):
        raise RecordingError(f"{text[:20]!r} is no array: expected a list, or {_COMPRESSED}...")
    try:
        data = zlib.decompress(base64.b64decode(text[len(_COMPRESSED) :], validate=True))
        flat: Array = np.frombuffer(data, np.dtype(kind).newbyteorder("<")).astype(kind)
    except (zlib.error, binascii.Error, ValueError) as error:
        raise RecordingError(f"a compressed array cannot be read: {error}") from None
    return flat


def _decoded_floats(kind: str, listed: Sequence[Json]) -> np.ndarray:
    array = np.empty(len(listed), dtype=kind)
    missing = []
    for place, one in enumerate(listed):
        if one == "NA" and kind == "float64":
            missing.append(place)
        elif isinstance(one, str) and one in _SPELLED:
            array[place] = _SPELLED[one]
        elif isinstance(one, float) and math.isfinite(one):
            array[place] = one
        elif type(one) is int and abs(one) < 2**1023 and int(float(one)) == one:
            array[place] = float(one)
        else:
            raise RecordingError(f"{one!r} is no number of {kind}")
    if missing:
        array.view(np.uint64)[missing] = NA_BITS
    return array


def _decoded_texts(listed: Sequence[Json]) -> np.ndarray:
    texts = [None if one is None else _text(one) for one in listed]
    if any(one is None for one in texts):
        return np.array(texts, dtype=np.dtypes.StringDType(na_object=None))
    return np.array(texts, dtype=np.str_)


def _decoded_times(kind: str, listed: Sequence[Json], unit: Json) -> np.ndarray:
    unit = unit or ("D" if kind == "date" else None)
    texts = ["NaT" if one is None else _text(one) for one in listed]
    if not all(map(_WITHOUT_ZONE.fullmatch, texts)):
        raise RecordingError("a date or time with more than its digits: expected 2024-02-29T12:00:00, in UTC")
    try:
        # Without a unit, the coarsest that holds the digits that are there.
        array = np.array(texts, dtype=f"M8[{unit}]" if unit else "M8")
        array = array if np.datetime_data(array.dtype)[0] != "generic" else array.astype("M8[s]")
        again = np.datetime_as_string(array).tolist() if array.size else []
    except (ValueError, TypeError) as error:
        raise RecordingError(f"a date or time cannot be read: {error}") from None
    for before, after in zip(texts, again, strict=True):
        if before != after:
            raise RecordingError(f"{before!r} is no {kind} of the unit {unit or 'of the others'}")
    return array


_WITHOUT_ZONE = re.compile(r"NaT|-?\d+(-\d\d(-\d\d(T\d\d(:\d\d){0,2}(\.\d+)?)?)?)?")


def _decoded_table(table: Json) -> Table:
    if not isinstance(table, dict) or set(table) != {"columns", "rows"} or not isinstance(table["columns"], list):
        raise RecordingError("a table without 'columns' and 'rows'")
    columns: dict[str, Leaf] = {}
    for entry in table["columns"]:
        if not isinstance(entry, list) or len(entry) != 2 or entry[0] in columns:
            raise RecordingError("a column of a table that is no pair of a name, which is its own, and a value")
        columns[_text(entry[0])] = _decoded_column(entry[1])
    rows = table["rows"]
    return Table(columns, None if rows is None else tuple(map(_text, _listed(rows, "rows"))))


def _decoded_column(encoded: Json) -> Leaf:
    """Whole numbers and truth values with null among them stay such in a table."""
    kind = _kind_of(encoded)
    elements = encoded[kind]
    if isinstance(elements, list) and None in elements and (kind == "bool" or "int" in kind):
        missing = np.array([one is None for one in elements])
        there = {**encoded, kind: [(False if kind == "bool" else 0) if one is None else one for one in elements]}
        return Nullable(_decoded_array(kind, there), missing)
    column = decode(encoded)
    return Instants(column.values, column.tz) if isinstance(column, Moment) else column


def _decoded_ticks(listed: Sequence[Json], unit: Json) -> Array:
    numbers = _integers([0 if one is None else one for one in listed], "ticks")
    try:
        spans: Array = np.array(numbers, dtype=np.int64).view(f"m8[{_text(unit)}]")
    except (TypeError, OverflowError) as error:
        raise RecordingError(f"spans of time cannot be read: {error}") from None
    spans[[one is None for one in listed]] = np.timedelta64("NaT", "ns")
    return spans


def _decoded_sparse(entry: Json) -> Sparse:
    if not isinstance(entry, dict) or set(entry) != {"shape", "rows", "columns", "values", "names"}:
        raise RecordingError("a sparse matrix without 'shape', 'rows', 'columns', 'values' and 'names'")
    shape, rows, columns = (np.array(_integers(entry[key], key), np.int64) for key in ("shape", "rows", "columns"))
    values = decode(entry["values"])
    if len(shape) != 2 or not isinstance(values, np.ndarray) or not len(rows) == len(columns) == len(values):
        raise RecordingError("a sparse matrix whose parts do not fit together")
    if len(rows) and (min(rows.min(), columns.min()) < 0 or rows.max() >= shape[0] or columns.max() >= shape[1]):
        raise RecordingError("a sparse matrix with elements beyond its shape")
    return Sparse((int(shape[0]), int(shape[1])), rows, columns, values, _decoded_names(entry["names"]))


def _decoded_names(names: Json) -> tuple[tuple[str | None, ...] | None, ...]:
    axes = [None if axis is None else _listed(axis, "names") for axis in _listed(names, "names")]
    return tuple(None if axis is None else tuple(None if n is None else _text(n) for n in axis) for axis in axes)


def _pair(pair: Json) -> list[Json]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise RecordingError(f"{pair!r} is no complex number: expected its real and its imaginary part")
    return pair


def _integers(listed: Json, kind: str) -> list[int]:
    whole = _listed(listed, kind)
    if not all(type(one) is int for one in whole):
        raise RecordingError(f"a number of {kind} that is not whole")
    return whole


def _listed(value: Json, what: str) -> list[Json]:
    if not isinstance(value, list):
        raise RecordingError(f"{what} is no list")
    return value


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise RecordingError(f"{value!r} is no text")
    return value


# -- observations ------------------------------------------------------------------------------------------------------


def encode_observation(observation: Observation) -> dict[str, Json]:
    """What was printed is left out: no verdict depends on it, and a line with the time would change each recording."""
    o = observation
    encoded: dict[str, Json] = {"call": o.call, "do": o.do}
    if o.piece:
        encoded |= {"step": o.step, "piece": o.piece}
    encoded["values"] = {path: _encoded_at(path, o, leaf) for path, leaf in o.values.items()}
    if o.warnings:
        encoded["warnings"] = [{"classes": list(one.classes), "message": one.message} for one in o.warnings]
    if o.changed:
        encoded["changed"] = list(o.changed)
    if o.error is not None:
        encoded["error"] = {"classes": list(o.error.classes), "message": o.error.message, "where": o.error.where}
    return encoded


def _encoded_at(path: str, observation: Observation, leaf: Leaf) -> dict[str, Json]:
    try:
        return encode(leaf)
    except RecordingError as error:
        raise RecordingError(f"{path} of {observation.do}: {error}") from None


def decode_observation(encoded: Json) -> Observation:
    """Raises RecordingError."""
    if not isinstance(encoded, dict) or not {"call", "do", "values"} <= set(encoded):
        raise RecordingError("an observation without 'call', 'do' and 'values'")
    numbers = [encoded["call"], encoded.get("step", 0), encoded.get("piece", 0)]
    if not all(type(number) is int for number in numbers) or not isinstance(encoded["values"], dict):
        raise RecordingError("an observation whose 'call', 'step' or 'piece' is no whole number, or without values")
    values = {}
    for path, leaf in encoded["values"].items():
        try:
            values[path] = decode(leaf)
        except RecordingError as error:
            raise RecordingError(f"{path} of {encoded['do']}: {error}") from None
    failure = encoded.get("error")
    return Observation(
        call=encoded["call"],
        do=_text(encoded["do"]),
        values=values,
        changed=tuple(map(_text, encoded.get("changed", []))),
        warnings=tuple(Condition(*_said(one)) for one in encoded.get("warnings", [])),
        output=_text(encoded.get("output", "")),
        error=None if failure is None else Failure(*_said(failure), where=_text(failure.get("where", ""))),
        step=numbers[1],
        piece=numbers[2],
    )


def _said(one: Json) -> tuple[tuple[str, ...], str]:
    if not isinstance(one, dict) or not {"classes", "message"} <= set(one):
        raise RecordingError("a warning or an error without 'classes' and 'message'")
    return tuple(map(_text, _listed(one["classes"], "classes"))), _text(one["message"])


# -- files -------------------------------------------------------------------------------------------------------------


def to_text(recording: Recording) -> str:
    """The recording as a file has it, checksum included: the same recording is the same text."""
    document = {
        "parity": "recording",
        "version": VERSION,
        "checksum": "",
        "side": recording.side,
        "fixture": recording.fixture,
        **({"document": recording.document} if recording.document else {}),
        "environment": dict(recording.environment),
        "sources": dict(sorted(recording.sources.items())),
        "cases": {
            id_: {
                "inputs": case.inputs,
                "parts": dict(case.parts),
                "observations": [encode_observation(one) for one in case.observations],
            }
            for id_, case in recording.cases.items()
        },
    }
    lines = list(_lines(document, ""))
    return "\n".join(lines).replace('"checksum": ""', f'"checksum": "{_checksum(lines)}"', 1) + "\n"


def write(recording: Recording, path: Path) -> None:
    """Written beside and moved into place, so that an interrupted writing leaves what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(to_text(recording), "utf-8", newline="\n")
    beside.replace(path)


def read(path: Path) -> Recording:
    """Raises RecordingError for what is no recording, or was changed after it was written; FileNotFoundError."""
    try:
        text = path.read_bytes().decode("utf-8")
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise RecordingError(f"it is no JSON: {error}") from None
    if not isinstance(document, dict) or document.get("parity") != "recording":
        raise RecordingError('it is no recording: expected an object with "parity": "recording"')
    if document.get("version") != VERSION:
        raise RecordingError(f"it is of version {document.get('version')}; this parity reads version {VERSION}")
    if document.get("checksum") != _checksum(text.splitlines()):
        raise RecordingError("it was changed by hand: its checksum is not that of its lines")
    shapes = {"side": str, "fixture": str, "environment": dict, "sources": dict, "cases": dict}
    for key, kind in shapes.items():
        if not isinstance(document.get(key), kind):
            raise RecordingError(f"it has no {key!r}")
    cases = {id_: _decoded_case(id_, case) for id_, case in document["cases"].items()}
    return Recording(
        document["side"],
        document["fixture"],
        document["environment"],
        document["sources"],
        cases,
        document.get("document", ""),
    )


def _decoded_case(id_: str, case: Json) -> RecordedCase:
    if not isinstance(case, dict) or not {"inputs", "observations"} <= set(case):
        raise RecordingError(f"case {id_!r}: expected 'inputs' and 'observations'")
    try:
        observations = tuple(map(decode_observation, _listed(case["observations"], "observations")))
        return RecordedCase(_text(case["inputs"]), observations, case.get("parts", {}))
    except RecordingError as error:
        raise RecordingError(f"case {id_!r}: {error}") from None


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError(f"a key stands twice among {', '.join(key for key, _ in pairs)}")
    return document


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is a number in no JSON")


_CHECKSUM = re.compile(r' "checksum": "')


def _checksum(lines: Iterable[str]) -> str:
    kept = "".join(f"{line}\n" for line in lines if not _CHECKSUM.match(line))
    return "md5:" + hashlib.md5(kept.encode("utf-8"), usedforsecurity=False).hexdigest()


WIDTH = 100


def _lines(value: Json, indent: str) -> Iterator[str]:
    """JSON for people who read a diff: what is short is a line, a matrix a line per row, a long vector some lines."""
    short = _dumped(value)
    if len(indent) + len(short) <= WIDTH or not isinstance(value, dict | list) or not value:
        yield short
        return
    inner = f"{indent} "
    if isinstance(value, list) and all(not isinstance(one, dict | list) for one in value):
        yield "["
        yield from (f"{inner}{line}" for line in _filled(list(map(_dumped, value)), WIDTH - len(inner)))
        yield f"{indent}]"
        return
    parts: list[list[str]] = []
    if isinstance(value, dict):
        for key, element in value.items():
            first, *rest = _member_lines(value, key, element, inner)
            parts.append([f"{inner}{_dumped(key)}: {first}", *rest])
    else:
        for element in value:
            first, *rest = _lines(element, inner)
            parts.append([f"{inner}{first}", *rest])
    yield "[" if isinstance(value, list) else "{"
    for number, part in enumerate(parts):
        yield from part[:-1]
        yield part[-1] + ("," if number < len(parts) - 1 else "")
    yield f"{indent}]" if isinstance(value, list) else f"{indent}}}"


def _member_lines(value: Mapping[str, Json], key: str, element: Json, indent: str) -> Iterator[str]:
    shape = value.get("shape")
    if key in NUMBERS and isinstance(element, list) and isinstance(shape, list) and len(shape) > 1 and shape[-1] > 1:
        rows = [element[start : start + shape[-1]] for start in range(0, len(element), shape[-1])]
        texts = [", ".join(map(_dumped, row)) for row in rows]
        if max(map(len, texts)) <= WIDTH:
            yield "["
            for number, text in enumerate(texts):
                yield f"{indent} {text}" + ("," if number < len(texts) - 1 else "")
            yield f"{indent}]"
            return
    yield from _lines(element, indent)


def _filled(words: Sequence[str], width: int) -> Iterator[str]:
    line = ""
    for number, word in enumerate(words):
        word += "," if number < len(words) - 1 else ""
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _dumped(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    # No encoding has half of a surrogate pair, and what splits lines would split the lines that the checksum is of.
    return _ODD.sub(lambda one: f"\\u{ord(one[0]):04x}", text)


_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
