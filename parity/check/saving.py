"""A check as a fixture's file, which `parity run` verifies to the same verdict."""

from __future__ import annotations

import importlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parity.arrays import is_na
from parity.check.draft import Draft
from parity.check.errors import CheckError
from parity.check.references import UNNAMED, Caller
from parity.columns import Instants, Nullable, Spans, Texts
from parity.fixture.arguments import Arguments
from parity.fixture.arrays import SPELLED
from parity.fixture.model import Expression, Factor, Frame, Named, Own, Value
from parity.fixture.read import FixtureError, read_fixture
from parity.subjects.frames import same_bits

_ROW = re.compile(r'\[\n([^"{}\[\]]*)\]')
"""A list of numbers alone, which is one line of the file."""


@dataclass(frozen=True)
class Destination:
    """A file that may be entries, and what its fixture calls the Python side."""

    path: Path
    python: str

    @classmethod
    def of(cls, save: Any, one: Draft, by: Caller) -> Destination:
        """Raises CheckError where the check cannot be a file, or the file is something else's."""
        if not isinstance(save, str | Path) or Path(save).suffix != ".json":
            raise CheckError(f"save: {save!r} is no fixture's file; expected a path that ends in .json")
        path = (by.folder / save).absolute()
        if not path.parent.is_dir():
            raise CheckError(f"save: there is no folder {path.parent}; expected a file in an existing folder")
        destination = cls(path, _importable(one))
        destination._refuse_another(one)
        return destination

    def write(self, one: Draft) -> Path:
        """Raises CheckError, and leaves what is there, for a value that would not be read back as it is."""
        document = self._document(one)
        text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        text = _ROW.sub(lambda row: f"[{', '.join(row[1].split())}]".replace(",,", ","), text)
        handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.stem}.", suffix=".json")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            _check_lossless(Path(temporary), one)
            os.chmod(temporary, 0o644)
            os.replace(temporary, self.path)
        except BaseException:
            os.unlink(temporary)
            raise
        return self.path

    def _refuse_another(self, one: Draft) -> None:
        if not self.path.exists():
            return
        try:
            there = json.loads(self.path.read_text("utf-8"))
            same = _subject(there) == _subject({**one.document, "python": self.python}) and len(there["cases"]) == 1
        except (OSError, ValueError, LookupError, TypeError):
            same = False
        if not same:
            raise CheckError(
                f"save: {self.path} is there and is not what an earlier check of {one.sides.title} saved; expected "
                "another name, or the file taken away"
            )

    def _document(self, one: Draft) -> dict[str, Any]:
        document = {**one.document, "python": self.python}
        if not self.python:
            del document["python"]
        if one.sides.r and one.sides.r.files:
            document["r_source"] = [os.path.relpath(file, self.path.parent) for file in one.sides.r.files]
        case = {**document["cases"][0]}
        case |= _arguments(one.values.make, "make")
        if one.values.attributes:
            case["set"] = {language: _members(own, "") for language, own in one.values.attributes.items()}
        case["calls"] = [
            {
                **call,
                **_arguments(arguments, "with"),
                **({"expect": _members(expected, "expect")} if expected else {}),
            }
            for call, (arguments, expected) in zip(case["calls"], one.values.calls, strict=True)
        ]
        document["cases"] = [case]
        return document


def _subject(document: Mapping[str, Any]) -> tuple[object, ...]:
    return document.get("python") or "", document.get("r") or ""


def _importable(one: Draft) -> str:
    """The name by which the Python side is imported, "" where there is none. Raises CheckError for what has none."""
    python = one.sides.python
    if python is None or python.name != UNNAMED:
        return python.name if python else ""
    target = python.target
    module, name = getattr(target, "__module__", None), getattr(target, "__qualname__", None)
    problem = f"save: {python.title} has no name to import it by; expected a function or class of a module"
    if not isinstance(module, str) or not isinstance(name, str) or "<" in name or module == "__main__":
        raise CheckError(problem)
    try:
        imported: Any = importlib.import_module(module)
        for part in name.split("."):
            imported = getattr(imported, part)
    except Exception:
        raise CheckError(problem) from None
    if imported is not target:
        raise CheckError(f"save: {module}:{name} is another object than the one that was given; expected that one")
    return f"{module}:{name}"


# -- values as the format writes them ----------------------------------------------------------------------------------


def _arguments(arguments: Arguments, key: str) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    if arguments.common:
        entries[key] = _members(arguments.common, "")
    if arguments.only:
        entries["only"] = {language: _members(own, "") for language, own in arguments.only.items()}
    return entries


def _members(values: Mapping[str, Value], where: str) -> dict[str, Any]:
    return {name: as_json(value, f"{where}[{name!r}]" if where else name) for name, value in values.items()}


def as_json(value: Value, name: str) -> Any:
    """A value as JSON that is read back as the same. Raises CheckError, naming the argument, where there is none."""
    if isinstance(value, Own):
        return _plain(value.value, name)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Expression):
        return {"expression": {side: code for side, code in (("python", value.python), ("r", value.r)) if code}}
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return {"integer": value}
    if isinstance(value, str):
        return {"text": value} if value in SPELLED else value
    if isinstance(value, np.ndarray):
        return _array(value, name)
    if isinstance(value, Named):
        if len(set(value.names)) < len(value.names):
            raise CheckError(f"save: two elements of {name} have the same name; expected names of their own")
        elements = value.values.tolist()
        return {"named": dict(zip(value.names, map(_leaf, elements), strict=True))}
    if isinstance(value, Factor):
        labels = [None if code < 0 else value.levels[code] for code in value.codes.tolist()]
        return {"factor": labels, "levels": list(value.levels), "ordered": value.ordered}
    if isinstance(value, Nullable):
        elements = value.values.tolist()
        listed = [None if lacks else one for one, lacks in zip(elements, value.missing.tolist(), strict=True)]
        return listed if value.values.dtype.kind == "b" else {"integer": listed}
    if isinstance(value, Texts):
        return {"text": value.array().tolist()}
    if isinstance(value, Instants):
        return {"instant": _instants(value.values), "tz": value.tz or "UTC"}
    if isinstance(value, Spans):
        return {"span": [_leaf(one) for one in value.values.tolist()], "units": value.units}
    if isinstance(value, Frame):
        key = {"key": list(value.key)} if value.key else {}
        return {"frame": _members(value.columns, name), **key}
    if isinstance(value, Texts):
        return {"text": value.array().tolist()}
    if isinstance(value, Nullable):
        elements = [None if missing else one for one, missing in zip(value.values.tolist(), value.missing, strict=True)]
        return elements if value.values.dtype.kind == "b" else {"integer": elements}
    if isinstance(value, Instants) and value.tz is not None:
        texts = [None if one == "NaT" else f"{one}Z" for one in value.values.astype(str).tolist()]
        return {"instant": texts, "tz": value.tz}
    if isinstance(value, Spans):
        return {"span": _mapped(value.values.tolist(), _leaf), "units": value.units}
    if isinstance(value, Mapping):
        return _members(value, name)
    if isinstance(value, list):
        return {"list": [as_json(element, f"{name}[{index}]") for index, element in enumerate(value)]}
    raise CheckError(f"save: {name} has no form in a fixture; expected arrays, numbers, texts, lists or frames")


def _plain(value: Any, name: str) -> Any:
    """What Python alone gets, as far as a fixture can hand it over too."""
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return {"integer": int(value)}
    if isinstance(value, np.float64 | float):
        return _number(float(value))
    if isinstance(value, list):
        return {"list": [_plain(element, f"{name}[{index}]") for index, element in enumerate(value)]}
    if value is None or isinstance(value, bool | int | str):
        return as_json(value, name)
    if type(value) is np.ndarray:
        return _array(value, name)
    if isinstance(value, dict):
        return {key: _plain(element, f"{name}[{key!r}]") for key, element in value.items()}
    if type(value).__name__ in ("DataFrame", "Series", "Categorical"):
        from parity.check.inputs import for_both

        return as_json(for_both(value, name).r, name)
    raise CheckError(
        f"save: {name} is a {type(value).__name__}, which a fixture cannot hold; expected an array or list"
    )


def _number(value: float) -> float | str:
    return _leaf(value) if value != value or value in (float("inf"), float("-inf")) else value


def _leaf(value: Any) -> Any:
    if isinstance(value, float):
        if value != value:
            return "NA" if is_na(np.array([value]))[0] else "NaN"
        if value in (float("inf"), float("-inf")):
            return "Inf" if value > 0 else "-Inf"
    return value


def _array(array: np.ndarray, name: str) -> Any:
    kind = array.dtype
    if array.size == 0 and array.shape != (0,):
        raise CheckError(f"save: {name} is empty, of the shape {array.shape}; a fixture holds empty vectors alone")
    if kind == np.float64:
        nested = array.tolist()
        return _mapped(nested, _leaf) if not np.isfinite(array).all() else nested
    if kind == np.int64:
        return {"integer": array.tolist()}
    if kind == np.bool_:
        return array.tolist()
    if kind.kind in "UT":
        return {"text": array.tolist()}
    if kind == np.dtype("datetime64[D]"):
        return {"date": _mapped(array.astype(str).tolist(), lambda day: "NA" if day == "NaT" else day)}
    raise CheckError(f"save: {name} is an array of {kind}; expected float64, int64, bool, str or datetime64[D]")


def _instants(values: np.ndarray) -> list[str | None]:
    texts = np.datetime_as_string(values).tolist()
    return [None if text == "NaT" else f"{text}Z" for text in texts]


def _mapped(nested: Any, leaf: Any) -> Any:
    return [_mapped(element, leaf) for element in nested] if isinstance(nested, list) else leaf(nested)


# -- read back ---------------------------------------------------------------------------------------------------------


def _check_lossless(path: Path, one: Draft) -> None:
    """What R gets from the file is bit for bit what it got; what Python gets is, where both get the same."""
    try:
        (case,) = read_fixture(path).cases
    except FixtureError as error:
        raise CheckError(f"save: the fixture would not be read: {error.problem}; expected {error.expected}") from None
    language = one.sides.languages[-1]
    pairs = [(case.made_with(language), one.values.make)]
    pairs += [(call.given(language), own) for call, (own, _) in zip(case.calls, one.values.calls, strict=True)]
    for there, arguments in pairs:
        here = {**arguments.common, **arguments.only.get(language, {})}
        for name, value in here.items():
            if name not in there or not _same(value, there[name]):
                raise CheckError(f"save: {name} would not be read back as it is; expected what JSON can hold")


def _same_column(one: Texts | Nullable | Instants | Spans, other: Value) -> bool:
    """Whether a column of a frame is read back as what it was: texts as an array of them, times in any unit."""
    if isinstance(one, Texts):
        return isinstance(other, np.ndarray) and other.dtype.kind in "UT" and _content(one.array()) == _content(other)
    if isinstance(one, Instants) and isinstance(other, Instants):
        return one.tz == other.tz and np.array_equal(one.values, other.values, equal_nan=True)
    return same_bits(one, other)


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, np.ndarray):
        if not isinstance(other, np.ndarray) or one.shape != other.shape or one.dtype.kind != other.dtype.kind:
            return False
        return _content(one) == _content(other)
    if isinstance(one, Texts) and isinstance(other, Texts | np.ndarray):
        return bool(one.array().tolist() == (other.array() if isinstance(other, Texts) else other).tolist())
    if isinstance(one, Nullable | Instants | Spans):
        return same_bits(one, other)
    if isinstance(one, Named):
        return isinstance(other, Named) and one.names == other.names and _same(one.values, other.values)
    if isinstance(one, Factor):
        return isinstance(other, Factor) and one.levels == other.levels and _same(one.codes, other.codes)
    if isinstance(one, Texts | Nullable | Instants | Spans):
        return _same_column(one, other)
    if isinstance(one, Frame):
        return (
            isinstance(other, Frame)
            and one.rows == other.rows
            and list(one.columns) == list(other.columns)
            and all(_same(column, other.columns[name]) for name, column in one.columns.items())
        )
    if isinstance(one, Mapping):
        return (
            isinstance(other, Mapping)
            and list(one) == list(other)
            and all(_same(value, other[name]) for name, value in one.items())
        )
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return _content(np.array(one)) == _content(np.array(other))
    return type(one) is type(other) and bool(one == other)


def _content(array: np.ndarray) -> object:
    return array.tolist() if array.dtype.kind in "UT" else array.tobytes()
