"""The description of the format (fixtures/schema.json), and its findings as sentences.

The values of `make`, `with` and `expect` are left out of the check: `values.py` reads them element by element
and knows more than a schema can say (ragged arrays, overflow, seeds). The schema describes them for editors.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.case.problems import Finding, FixtureError, FixtureProblem, shown

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

_A_TYPE = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def schema_path() -> Path:
    """The schema that travels with the package, or else the checkout's."""
    package = Path(__file__).resolve().parents[1]
    bundled = package / "bundled" / "fixtures" / "schema.json"
    beside = package.parent / "fixtures" / "schema.json"
    for path in (bundled, beside):
        if path.is_file():
            return path
    raise FixtureError([FixtureProblem(bundled, None, None, "", "the fixture schema is missing; install parity again")])


def check(document: Any) -> Iterator[Finding]:
    """What in `document` is not as the schema says, values of arguments and of `expect` left out."""
    for error in _validator().iter_errors(_without_values(document)):
        yield from _sentences(error)


@cache
def _validator() -> Draft202012Validator:
    # Imported here: 0.1 s that `parity --help` need not spend.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema_path().read_text(encoding="utf-8")))


def _without_values(document: Any) -> Any:
    """`document` with the members of make, with and expect dropped (an empty expect stays an empty expect)."""
    if not isinstance(document, dict) or not isinstance(document.get("cases"), list):
        return document
    return {**document, "cases": [_case_without_values(case) for case in document["cases"]]}


def _case_without_values(case: Any) -> Any:
    if not isinstance(case, dict):
        return case
    case = dict(case)
    for key in ("make", "python_make", "r_make"):
        if isinstance(case.get(key), dict):
            case[key] = {}
    if isinstance(case.get("calls"), list):
        case["calls"] = [_call_without_values(call) for call in case["calls"]]
    return case


def _call_without_values(call: Any) -> Any:
    if not isinstance(call, dict):
        return call
    call = dict(call)
    if isinstance(call.get("with"), dict):
        call["with"] = {}
    if isinstance(call.get("expect"), dict) and call["expect"]:
        call["expect"] = {"out": 0}
    return call


def _sentences(error: ValidationError) -> Iterator[Finding]:
    """One error of jsonschema as short sentences."""
    path = tuple(error.absolute_path)
    value: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "additionalProperties":
            allowed = list(schema["properties"])
            for key in value:
                if key not in allowed:
                    yield _unknown_key(path, key, [name for name in allowed if name not in value], allowed)
        case "required":
            for key in rule:
                # Each missing key is an error of its own; jsonschema names it only in the message.
                if key not in value and error.message.startswith(f"{key!r} "):
                    yield Finding(path, f"missing key '{key}'", _described(schema["properties"].get(key, {}), key))
        case "type":
            kinds = [rule] if isinstance(rule, str) else rule
            problem = "null" if value is None else f"{shown(value)} is {_kind(value)}"
            yield Finding(path, problem, " or ".join(_A_TYPE[kind] for kind in kinds))
        case "minItems" | "minLength" | "minProperties":
            empty = {"minItems": "an empty list", "minLength": "an empty string", "minProperties": "an empty object"}
            if path == ("cases",):
                yield Finding(path, "no cases", "at least one case")
            else:
                yield Finding(path, empty[str(error.validator)], _described(schema, "something"))
        case "maxProperties":
            keys = " and ".join(f"'{key}'" for key in value)
            yield Finding(path, f"both {keys}", "exactly one of them")
        case "maxItems":
            yield Finding(path, f"{len(value)} entries", f"at most {rule}")
        case "uniqueItems":
            twice = next(item for index, item in enumerate(value) if item in value[:index])
            yield Finding(path, f"{shown(twice)} twice", "each once")
        case "pattern":
            example = schema.get("examples", [""])[0]
            at_key = "propertyNames" in error.absolute_schema_path
            problem = f"{shown(value)} is not of the form {shown(example)}"
            yield Finding((*path, value) if at_key else path, problem, _described(schema, ""), at_key=at_key)
        case "enum":
            near = difflib.get_close_matches(str(value), rule, 1)
            meant = f"; did you mean {shown(near[0])}?" if near else ""
            one_of = "" if near else "one of " + ", ".join(shown(choice) for choice in rule)
            yield Finding(path, f"unknown {shown(value)}{meant}", one_of)
        case "minimum":
            problem = f"{shown(value)} is negative" if rule == 0 else f"{shown(value)} is too small"
            yield Finding(path, problem, f"at least {rule}")
        case "maximum":
            yield Finding(path, f"{shown(value)} is too large", f"at most {rule}")
        case _:
            yield Finding(path, error.message)


def _unknown_key(path: tuple[str | int, ...], key: str, free: Iterable[str], allowed: Iterable[str]) -> Finding:
    near = difflib.get_close_matches(key, free, 1) or difflib.get_close_matches(key, allowed, 1)
    if near:
        return Finding((*path, key), f"unknown key '{key}'; did you mean '{near[0]}'?", at_key=True)
    listed = ", ".join(f"'{name}'" for name in allowed)
    return Finding((*path, key), f"unknown key '{key}'", f"one of {listed}", at_key=True)


def _described(schema: dict[str, Any], default: str) -> str:
    """The schema's description up to its first full stop, fit to follow "expected"."""
    text = str(schema.get("description", ""))
    if not text:
        return default
    first = text.split(". ")[0].rstrip(".")
    return first[0].lower() + first[1:]


def _kind(value: object) -> str:
    for kind, name in ((dict, "object"), (list, "array"), (str, "string"), (bool, "boolean")):
        if isinstance(value, kind):
            return "a boolean" if name == "boolean" else _A_TYPE[name]
    return "a number"
