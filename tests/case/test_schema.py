"""The schema: valid, described throughout, and of one mind with the reader and with the values it becomes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from parity.case import model, schema, values
from parity.case.problems import Finding
from parity.results import PAIRS

SCHEMA: dict[str, Any] = json.loads(schema.schema_path().read_text(encoding="utf-8"))
CASE = SCHEMA["properties"]["cases"]["items"]["properties"]
CALL = CASE["calls"]["items"]["properties"]


def test_it_is_a_valid_schema_of_2020_12() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def _properties(node: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property that the schema names, with its path."""
    if isinstance(node, list):
        for index, entry in enumerate(node):
            yield from _properties(entry, f"{at}/{index}")
    if isinstance(node, dict):
        for name, entry in node.get("properties", {}).items():
            yield f"{at}/{name}", entry
        for key, entry in node.items():
            yield from _properties(entry, f"{at}/{key}")


def test_every_key_has_a_description() -> None:
    seen = 0
    for at, entry in _properties(SCHEMA):
        if "$ref" in entry:
            entry = SCHEMA["$defs"][entry["$ref"].rpartition("/")[2]]
        assert entry.get("description", "").endswith("."), at
        seen += 1
    assert seen > 60


def test_every_object_refuses_unknown_keys() -> None:
    for at, entry in [("", SCHEMA), *_properties(SCHEMA)]:
        if "properties" in entry:
            assert "additionalProperties" in entry, at


WRITTEN_AS = {"arguments": "with", "authority": "expected_by"}  # fields whose key in the file has another name
NOT_WRITTEN = {"overridden", "path", "name"}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (model.Fixture, SCHEMA["properties"]),
        (model.Watch, SCHEMA["properties"]["watch"]["items"]["properties"]),
        (model.Tolerance, SCHEMA["properties"]["tolerance"]["properties"]),
        (model.Derivatives, SCHEMA["properties"]["derivatives"]["properties"]),
        (model.Case, CASE),
        (model.Call, CALL),
        (model.Printed, CASE["printed"]["properties"]),
        (model.Differs, CASE["differs"]["properties"]),
        (model.Tolerance, CASE["tolerance"]["properties"]),
        (model.Derivatives, CASE["derivatives"]["properties"]),
    ],
)
def test_every_field_is_a_key(kind: type, properties: dict[str, Any]) -> None:
    fields = {WRITTEN_AS.get(field.name, field.name) for field in dataclasses.fields(kind)} - NOT_WRITTEN
    # Resolved while reading, or for editors: these keys become no field.
    assert fields == set(properties) - (
        {"$schema", "integers", "indices", "tolerance", "derivatives"}
        if kind is model.Fixture
        else {"integers"}
        if kind is model.Case
        else set()
    )


def test_the_pairs_are_those_of_the_verdict() -> None:
    assert CASE["differs"]["properties"]["pairs"]["items"]["enum"] == list(PAIRS)


# Values that both the schema (which editors ask) and the reader accept, and values that both refuse.
GOOD = [
    1,
    "NaN",
    "text",
    True,
    None,
    [],
    [[1, "NA"], [3, 4]],
    [True],
    ["a"],
    {},
    {"a": {"b": [1]}},
    {"list": [1, [2]]},
    {"function": {"python": "m:f", "r": "p::f"}},
    {"randn": [2], "seed": 1, "scale": 0.1, "shift": 1},
    {"randint": [], "seed": 1, "high": 3},
    {"random": {"x": {"rand": [2, 3], "seed": 0}}},
]
BAD = [
    [None],
    [{}],
    {"list": 1},
    {"list": [], "n": 1},
    {"function": {"python": "m:f"}},
    {"function": {"python": "m.f", "r": "p::f"}},
    {"randn": 3, "seed": 1},
    {"randn": [-1], "seed": 1},
    {"randn": [1], "seed": 4294967296},
    {"randn": [1], "seed": 1, "high": 1},
    {"rand": [1], "seed": 1, "scale": "x"},
    {"randint": [1], "seed": 1},
    {"random": {"x": 1}},
    {"random": {"x": {"normal": [1]}}},
    {"random": []},
]


@pytest.mark.parametrize(("value", "good"), [(v, True) for v in GOOD] + [(v, False) for v in BAD])
def test_schema_and_reader_agree_on_values(value: Any, good: bool) -> None:
    of_value = jsonschema.Draft202012Validator({"$ref": "#/$defs/value", "$defs": SCHEMA["$defs"]})
    assert of_value.is_valid(value) is good
    found: list[Finding] = []
    values.ValueReader(frozenset(), frozenset(), found.append).arguments({"v": value}, ())
    assert (not found) is good


def test_the_whole_schema_takes_a_real_fixture() -> None:
    # The reader leaves values out of this check, editors do not.
    for path in (schema.schema_path().parent).glob("*/*.json"):
        errors = list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(path.read_text(encoding="utf-8"))))
        assert errors == [], path


def test_the_copy_in_the_package_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "parity" / "case" / "schema.py"
    monkeypatch.setattr(schema, "__file__", str(module))
    with pytest.raises(schema.FixtureError, match="the fixture schema is missing"):
        schema.schema_path()
    for folder in (tmp_path / "fixtures", tmp_path / "parity" / "bundled" / "fixtures"):
        folder.mkdir(parents=True)
        (folder / "schema.json").write_text("{}")
        assert schema.schema_path() == folder / "schema.json"
