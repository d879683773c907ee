"""A fixture's JSON file to a `Fixture`, or a `FixtureError` that names every problem with its line.

A good file costs one `json.loads`, one pass of the schema and the conversion of its values. Lines and columns
are looked for only once something is wrong (`positions.py`).
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from parity.case import schema
from parity.case.model import (
    Beside,
    Call,
    Case,
    Derivatives,
    Differs,
    Fixture,
    Picture,
    Printed,
    Tolerance,
    Trajectory,
    Watch,
)
from parity.case.positions import Positions, line_and_column, scan
from parity.case.problems import Finding, FixtureError, FixtureProblem, JsonPath, json_path, shown
from parity.case.values import ValueReader

__all__ = ["FixtureError", "FixtureProblem", "find_fixtures", "fixture_error", "read_fixture"]

MAKES = ("make", "python_make", "r_make")
_IS_SCHEMA = re.compile(rb'"\$schema"\s*:\s*"https?://json-schema\.org/')
_NEGATIVE_ZERO = re.compile(r"-0(?![\d.eE])")
_HARD_ESCAPE = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")


# -- finding ---------------------------------------------------------------------------------------------------


def find_fixtures(paths: Sequence[Path]) -> list[Path]:
    """The fixtures that `paths` name: files as given, directories searched for *.json, sorted, each once.

    JSON Schemas are passed over, and so are directories whose name begins with a dot. Every other *.json must
    be a fixture; `read_fixture` says so when it is not. Raises FixtureError for a path that does not exist
    and for a directory without fixtures.
    """
    found: dict[Path, Path] = {}
    problems: list[FixtureProblem] = []
    for path in map(Path, paths):
        if os.path.isdir(path):  # unlike Path.is_dir, never raises
            unread: list[OSError] = []
            below = [file for file in _json_files(path, unread) if not _is_schema(file)]
            problems += [_outside(Path(error.filename), f"cannot be read: {error.strerror}") for error in unread]
            if not below and not unread:
                problems.append(_outside(path, "a directory without fixtures", "at least one *.json below it"))
            for file in below:
                found.setdefault(file.resolve(), file)
        elif os.path.exists(path):
            found[path.resolve()] = path
        else:
            problems.append(_outside(path, "no such file or directory", "a fixture (*.json) or a directory of them"))
    if problems:
        raise FixtureError(problems)
    return sorted(found.values())


def _json_files(directory: Path, unread: list[OSError]) -> Iterable[Path]:
    """Every *.json below; folders that cannot be listed go to `unread`."""
    for folder, folders, files in os.walk(directory, onerror=unread.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder, name) for name in files if name.endswith(".json") and not name.startswith("."))


def _is_schema(file: Path) -> bool:
    """Whether the file calls itself a JSON Schema, in its first lines."""
    try:
        with file.open("rb") as stream:
            return _IS_SCHEMA.search(stream.read(4096)) is not None
    except OSError:
        return False  # reading it will say what is wrong


def _outside(path: Path, problem: str, expected: str = "") -> FixtureProblem:
    return FixtureProblem(path, None, None, "", problem, expected)


def fixture_name(path: Path) -> str:
    """The path below the nearest directory called "fixtures", without suffix; else the stem."""
    parts = Path(os.path.abspath(path)).with_suffix("").parts
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] == "fixtures":
            return "/".join(parts[index + 1 :])
    return parts[-1]


# -- reading ---------------------------------------------------------------------------------------------------


def read_fixture(path: Path, overrides: Mapping[str, Any] = MappingProxyType({})) -> Fixture:
    """The fixture in `path`. Raises FixtureError with every problem of the file, in the order of the file.

    `overrides` replace single numbers, texts and truth values of that name in `make`, `with` and `trajectory`. A case
    that is changed so expects nothing any more: its expected values belonged to the old ones.
    """
    path = Path(path)
    text = _text(path)
    try:
        return _read(path, text, overrides)
    except RecursionError:
        problem = FixtureProblem(path, 1, 1, "$", "lists or objects nested too deeply", "a few levels")
        raise FixtureError([problem]) from None


def fixture_error(path: Path, pointer: JsonPath, problem: str, expected: str = "") -> FixtureError:
    """A problem found later, when the fixture met the code under test, with the line that `pointer` leads to."""
    path = Path(path)
    try:
        text = _text(path)
        line, column = line_and_column(text, scan(text).offset(Finding(pointer, problem)))
    except (FixtureError, RecursionError):  # the file changed since it was read
        return FixtureError([FixtureProblem(path, None, None, json_path(pointer), problem, expected)])
    return FixtureError([FixtureProblem(path, line, column, json_path(pointer), problem, expected)])


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FixtureError([_outside(path, "no such file", "a fixture (*.json)")]) from None
    except IsADirectoryError:
        raise FixtureError([_outside(path, "a directory", "a fixture (*.json)")]) from None
    except OSError as error:
        if os.path.isdir(path):  # Windows calls reading a directory a lack of permission
            raise FixtureError([_outside(path, "a directory", "a fixture (*.json)")]) from None
        raise FixtureError([_outside(path, f"cannot be read: {error.strerror}")]) from None
    try:
        text = content.decode("utf-8-sig")  # a byte order mark at the front is let pass
    except UnicodeDecodeError as error:
        # "utf-8-sig" counts from behind the mark that it took away.
        offset = error.start + (len(content) - len(error.object))
        before = content[:offset].decode("utf-8-sig", "replace")
        line, column = line_and_column(before, len(before))
        problem = f"byte 0x{content[offset]:02x} at offset {offset} is not UTF-8"
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            problem += " (the file looks like UTF-16)"
        raise FixtureError([FixtureProblem(path, line, column, "", problem, "a file saved as UTF-8")]) from None
    if not text.strip(" \t\r\n"):
        raise FixtureError([FixtureProblem(path, 1, 1, "", "an empty file", "a fixture with at least one case")])
    return text


class _Findings:
    """What is wrong with one file. Turned into problems, with lines, by `stop`."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        self.found: list[Finding] = []

    def note(self, finding: Finding) -> None:
        self.found.append(finding)

    def stop(self, positions: Positions | None = None) -> None:
        """Raise when anything was found; returns otherwise."""
        if not self.found:
            return
        positions = positions or scan(self.text)
        placed = [(positions.offset(finding), finding) for finding in self.found]
        placed.sort(key=lambda entry: (entry[0], json_path(entry[1].path), entry[1].problem))
        problems = []
        for offset, finding in placed:
            line, column = line_and_column(self.text, offset)
            where = json_path(finding.path)
            problems.append(FixtureProblem(self.path, line, column, where, finding.problem, finding.expected))
        raise FixtureError(list(dict.fromkeys(problems)))


def _read(path: Path, text: str, overrides: Mapping[str, Any]) -> Fixture:
    findings = _Findings(path, text)
    document = _document(text, findings)
    used = _override(document, overrides) if overrides else frozenset[str]()
    if isinstance(document, dict) and "json-schema.org/" in str(document.get("$schema")):
        findings.note(Finding(("$schema",), "a JSON Schema", "a fixture"))
        findings.stop()

    for finding in schema.check(document):
        findings.note(finding)
    sound = not findings.found  # from here on the document has the keys and types of the schema
    values = _values(document, findings)
    if sound:
        _check_sense(document, values, path, findings)
    findings.stop()
    return dataclasses.replace(_fixture(path, document, values), overridden=used)


def _override(document: Any, overrides: Mapping[str, Any]) -> frozenset[str]:
    """Replace values of the document, in place; the names that were found there."""
    used: set[str] = set()

    def replace(entry: Any) -> bool:
        found = [name for name in _object(entry) if name in overrides and not isinstance(entry[name], dict | list)]
        entry.update({name: overrides[name] for name in found}) if found else None
        used.update(found)
        return bool(found)

    for case in map(_object, _list(_object(document).get("cases"))):
        calls = list(map(_object, _list(case.get("calls"))))
        places = [case.get(key) for key in MAKES] + [call.get(key) for call in calls for key in ("with", "trajectory")]
        changed = [replace(place) for place in places]
        if any(changed):
            for key in ("expected_by", "printed"):
                case.pop(key, None)
            differs = _object(case.get("differs"))
            kept = [pair for pair in _list(differs.get("pairs")) if "expected" not in str(pair)]
            case.update(differs={**differs, "pairs": kept}) if kept else case.pop("differs", None)
            for call in calls:
                call.pop("expect", None)
                _object(call.get("trajectory")).pop("least", None)
    return frozenset(used)


def _document(text: str, findings: _Findings) -> Any:
    """The JSON document. What `json` lets pass and we do not (duplicate keys, NaN, …) goes to `findings`."""
    suspect = _HARD_ESCAPE.search(text) is not None

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal suspect
        result = dict(pairs)
        suspect = suspect or len(result) != len(pairs)
        return result

    def constant(_: str) -> float:
        nonlocal suspect
        suspect = True
        return 0.0

    def integer(digits: str) -> int | float:
        return -0.0 if digits == "-0" else int(digits)

    # Python reads -0 as the integer 0; the hook that keeps the sign is slow, so only where there may be one.
    parse_int = integer if _NEGATIVE_ZERO.search(text) else None
    try:
        document = json.loads(text, object_pairs_hook=members, parse_constant=constant, parse_int=parse_int)
    except ValueError as error:  # malformed, or an integer of too many digits
        positions = scan(text)
        findings.found.extend(positions.findings)
        if not positions.findings:
            findings.note(Finding((), f"malformed JSON: {error}", "a fixture"))
        findings.stop(positions)
    if suspect:
        findings.found.extend(scan(text).findings)
    return document


class _Values:
    """The values of one case, read: `make` and its overrides, and `with` and `expect` of each call."""

    def __init__(self) -> None:
        self.made: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[dict[str, Any], dict[str, Any]]] = []


def _values(document: Any, findings: _Findings) -> list[_Values]:
    """Every value of every case, as far as the document has the form for it."""
    document = _object(document)
    whole, positions = (
        frozenset(name for name in _list(document.get(key)) if isinstance(name, str)) for key in ("integers", "indices")
    )
    for name in sorted(positions - whole):
        findings.note(Finding(("indices",), f"'{name}' is not listed in 'integers'", "a name of 'integers'"))
    result = []
    for index, case in enumerate(_list(document.get("cases"))):
        at: JsonPath = ("cases", index)
        own = frozenset(name for name in _list(_object(case).get("integers")) if isinstance(name, str))
        reader = ValueReader(whole | own, positions, findings.note, findings.path.parent)
        values = _Values()
        for key in MAKES:
            values.made[key] = reader.arguments(_object(_object(case).get(key)), (*at, key))
        for step, call in enumerate(_list(_object(case).get("calls"))):
            here = (*at, "calls", step)
            arguments = reader.arguments(_object(_object(call).get("with")), (*here, "with"))
            expected = reader.expected(_object(_object(call).get("expect")), (*here, "expect"))
            values.calls.append((arguments, expected))
        result.append(values)
    return result


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# -- what a schema cannot say ----------------------------------------------------------------------------------


def _check_sense(document: dict[str, Any], values: list[_Values], path: Path, findings: _Findings) -> None:
    _check_sources(document, path, findings)
    seen: dict[str, int] = {}
    for index, case in enumerate(document["cases"]):
        at: JsonPath = ("cases", index)
        if case["id"] in seen:
            problem = f"duplicate case id {shown(case['id'])} (first in $.cases[{seen[case['id']]}])"
            findings.note(Finding((*at, "id"), problem, "an id of its own"))
        seen.setdefault(case["id"], index)
        _check_case(document, case, values[index], at, findings)
    _check_inherited(document, values, findings)


def _check_sources(document: dict[str, Any], path: Path, findings: _Findings) -> None:
    if "::" not in document["r"] and "r_source" not in document:
        problem = f"{shown(document['r'])} names no package, and there is no 'r_source'"
        findings.note(Finding(("r",), problem, "\"package::Name\", or the files of 'r_source'"))
    for index, name in enumerate(document.get("r_source", [])):
        if not (path.parent / name).is_file():
            problem = f"no file {path.parent / name}"
            findings.note(Finding(("r_source", index), problem, "an R file, relative to the fixture"))


def _check_case(
    document: dict[str, Any], case: dict[str, Any], values: _Values, at: JsonPath, findings: _Findings
) -> None:
    expects = [step for step, call in enumerate(case["calls"]) if "expect" in call]
    if expects and "expected_by" not in case:
        where = (*at, "calls", expects[0], "expect")
        findings.note(Finding(where, "'expect' without 'expected_by'", "'expected_by' in the case: who says so"))
    for key in ("expected_by", "printed"):
        if key in case and not expects:
            findings.note(Finding((*at, key), f"'{key}' without any 'expect'", "'expect' in a call of the case"))

    if "derivatives" in case and case["derivatives"] is None and "note" not in case:
        findings.note(Finding((*at, "derivatives"), "null without a 'note'", "a 'note' that says why"))
    own = case.get("derivatives")
    if own is not None:
        made = {call["do"] for call in case["calls"]}
        for key, name in (("call", own["call"]), ("gradient", own.get("gradient", "backward"))):
            if name not in made:
                where = (*at, "derivatives", key) if key in own else (*at, "derivatives")
                findings.note(Finding(where, f"the case makes no call '{name}'", _one_of(made)))
        if own["call"] in made:
            _check_inputs(own, [(case, values)], (*at, "derivatives"), findings)

    for step in [step for step, call in enumerate(case["calls"]) if "trajectory" in call][1:]:
        where = (*at, "calls", step, "trajectory")
        findings.note(Finding(where, "a second trajectory in one case", "a case of its own", at_key=True))
    for step, call in enumerate(case["calls"]):
        _check_named(call, (*at, "calls", step), findings)
        if "raises" in call and "expect" in call:
            where = (*at, "calls", step, "expect")
            findings.note(Finding(where, "'expect' beside 'raises'", "one of the two", at_key=True))

    lengths = {len(column) for column in case.get("beside", {}).get("columns", {}).values()}
    if len(lengths) > 1:
        problem = f"columns of {' and '.join(map(str, sorted(lengths)))} entries"
        findings.note(Finding((*at, "beside", "columns"), problem, "columns of one length"))

    compared = _compared(document, case)
    if not compared and not any("raises" in call for call in case["calls"]):
        expected = "'returns', 'updates', 'compare', 'expect' or 'raises' in a call"
        findings.note(Finding((*at, "calls"), "no call names a value to compare", expected))
    differs = case.get("differs")
    if differs is not None:
        for index, name in enumerate(differs["names"]):
            if not any(_within(name, other) or _within(other, name) for other in compared):
                where = (*at, "differs", "names", index)
                findings.note(Finding(where, f"{shown(name)} is not compared in this case", _one_of(compared)))


def _check_named(call: dict[str, Any], at: JsonPath, findings: _Findings) -> None:
    shown_values = {key: name for key, name in call.get("picture", {}).items() if key != "extent"}
    named = {*_names(call.get("returns")), *call.get("compare", []), *call.get("updates", [])}
    for key, name in shown_values.items():
        if name not in named:
            findings.note(Finding((*at, "picture", key), f"'{name}' is not compared in this call", _one_of(named)))
    entry = call.get("trajectory")
    if entry is None:
        return
    if "steps" in call.get("with", {}):
        where = (*at, "with", "steps")
        findings.note(Finding(where, "'steps' beside 'trajectory'", "the trajectory's own", at_key=True))
    for key in ("series", "least"):
        for name in entry.get(key, ()):
            if name not in named:
                where = (*at, "trajectory", key, name) if key == "least" else (*at, "trajectory", key)
                findings.note(Finding(where, f"'{name}' is not compared in this call", _one_of(named)))


def _check_inherited(document: dict[str, Any], values: list[_Values], findings: _Findings) -> None:
    """The fixture's derivatives concern at least one case, and inputs that a case has."""
    entry = document.get("derivatives")
    if entry is None:
        return
    cases = document["cases"]
    made = {call["do"] for case in cases for call in case["calls"]}
    missing = False
    for key, name in (("call", entry["call"]), ("gradient", entry.get("gradient", "backward"))):
        if name not in made:
            where: JsonPath = ("derivatives", key) if key in entry else ("derivatives",)
            findings.note(Finding(where, f"no case makes the call '{name}'", _one_of(made)))
            missing = True
    if missing:
        return
    users = [(case, values[index]) for index, case in enumerate(cases) if _makes_both(entry, case)]
    if not users:
        problem = f"no case makes both calls, '{entry['call']}' and '{entry.get('gradient', 'backward')}'"
        findings.note(Finding(("derivatives",), problem, "a case that makes both"))
    else:
        _check_inputs(entry, users, ("derivatives",), findings)


def _makes_both(entry: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    made = {call["do"] for call in case["calls"]}
    return entry["call"] in made and entry.get("gradient", "backward") in made


def _check_inputs(
    entry: dict[str, Any], users: list[tuple[dict[str, Any], _Values]], at: JsonPath, findings: _Findings
) -> None:
    """Each input of `pairs` is an argument of `make`, or of a call up to the differentiated one, in some case."""
    given: set[str] = set()
    for case, values in users:
        for arguments in values.made.values():
            given.update(arguments)
        for call, (arguments, _) in zip(case["calls"], values.calls, strict=True):
            given.update(arguments)
            if call["do"] == entry["call"]:
                break
    for name in entry["pairs"]:
        if name.split(".")[0] not in given:
            problem = f"'{name}' is no argument of '{entry['call']}', of a call before it or of 'make'"
            findings.note(Finding((*at, "pairs", name), problem, _one_of(given), at_key=True))


def _compared(document: dict[str, Any], case: dict[str, Any]) -> set[str]:
    """The paths that the case compares, gradients included."""
    names: set[str] = set()
    for call in case["calls"]:
        names.update(_names(call.get("returns")), call.get("updates", []), call.get("compare", []))
        names.update(call.get("expect", {}))
    entry = case["derivatives"] if "derivatives" in case else document.get("derivatives")
    if entry is not None and _makes_both(entry, case):
        names.update(entry["pairs"].values())
    return names


def _within(path: str, other: str) -> bool:
    return path == other or path.startswith(other + ".")


def _one_of(names: Iterable[str]) -> str:
    listed = sorted(names)
    return "one of " + ", ".join(f"'{name}'" for name in listed) if listed else "none, for there is none"


# -- building --------------------------------------------------------------------------------------------------


def _fixture(path: Path, document: dict[str, Any], values: list[_Values]) -> Fixture:
    return Fixture(
        path=path,
        name=fixture_name(path),
        about=_text_in_both(document["about"]),
        source=_text_in_both(document["source"]),
        python=document["python"],
        r=document["r"],
        cases=tuple(_case(document, case, own) for case, own in zip(document["cases"], values, strict=True)),
        formula=tuple(document.get("formula", ())),
        r_source=tuple(path.parent / name for name in document.get("r_source", ())),
        watch=tuple(
            Watch(_text_in_both(entry["text"]), tuple(entry.get("python", ())), tuple(entry.get("r", ())))
            for entry in document.get("watch", ())
        ),
        on_request=_text_in_both(document.get("on_request")),
    )


def _case(document: dict[str, Any], case: dict[str, Any], values: _Values) -> Case:
    differs = case.get("differs")
    return Case(
        id=case["id"],
        make=values.made["make"],
        calls=tuple(_call(call, *own) for call, own in zip(case["calls"], values.calls, strict=True)),
        tolerance=_tolerance(case.get("tolerance", document["tolerance"])),
        printed=_printed(case["printed"]) if "printed" in case else None,
        derivatives=_derivatives(document, case),
        differs=None if differs is None else _differs(differs),
        note=_text_in_both(case.get("note")),
        python_make=values.made["python_make"],
        r_make=values.made["r_make"],
        beside=_beside(case["beside"]) if "beside" in case else None,
        authority=_text_in_both(case.get("expected_by")),
    )


def _beside(entry: dict[str, Any]) -> Beside:
    columns = {name: tuple(column) for name, column in entry["columns"].items()}
    return Beside(_text_in_both(entry["title"]), _text_in_both(entry["source"]), columns)


def _call(call: dict[str, Any], arguments: dict[str, Any], expected: dict[str, Any]) -> Call:
    return Call(
        do=call["do"],
        arguments=arguments,
        returns=tuple(_names(call.get("returns"))),
        updates=tuple(call.get("updates", ())),
        compare=tuple(call.get("compare", ())),
        expect=expected,
        raises=call.get("raises", {}),
        state=tuple(call.get("state", ())),
        trajectory=_trajectory(call["trajectory"]) if "trajectory" in call else None,
        picture=_picture(call["picture"]) if "picture" in call else None,
    )


def _picture(entry: dict[str, Any]) -> Picture:
    extent = entry.get("extent")
    left, right, bottom, top = map(float, extent or (0, 1, 0, 1))
    return Picture(entry["value"], (left, right, bottom, top) if extent else None, entry.get("points"))


def _trajectory(entry: dict[str, Any]) -> Trajectory:
    every = int(entry["every"])
    until = entry.get("until")
    return Trajectory(
        int(entry["steps"]),
        every,
        int(entry.get("first", every)),
        None if until is None else int(until),
        tuple(entry.get("series", ())),
        {name: float(least) for name, least in entry.get("least", {}).items()},
    )


def _names(returns: str | list[str] | None) -> list[str]:
    if returns is None:
        return []
    return [returns] if isinstance(returns, str) else returns


def _derivatives(document: dict[str, Any], case: dict[str, Any]) -> Derivatives | None:
    """The case's own, or the fixture's when the case makes both calls."""
    entry = case["derivatives"] if "derivatives" in case else document.get("derivatives")
    if entry is None or not _makes_both(entry, case):
        return None
    gradient = entry.get("gradient", "backward")
    return Derivatives(entry["call"], entry["of"], gradient, entry.get("along"), dict(entry["pairs"]))


def _tolerance(entry: dict[str, Any]) -> Tolerance:
    return Tolerance(float(entry["rtol"]), float(entry["atol"]), _text_in_both(entry.get("because")))


def _printed(entry: dict[str, Any]) -> Printed:
    decimals, significant = entry.get("decimals"), entry.get("significant")
    return Printed(None if decimals is None else int(decimals), None if significant is None else int(significant))


def _differs(entry: dict[str, Any]) -> Differs:
    return Differs(entry["id"], _text_in_both(entry["reason"]), tuple(entry["pairs"]), tuple(entry["names"]))


def _text_in_both(entry: dict[str, str] | str | None) -> dict[str, str]:
    """Both languages; where one is not written, the other stands for it, and so does a plain text for both."""
    if entry is None:
        return {}
    if isinstance(entry, str):
        return {"en": entry, "ko": entry}
    either = next(iter(entry.values()))
    return {"en": entry.get("en", either), "ko": entry.get("ko", either)}
