"""compare gives every verdict of the conformance cases, which were reasoned by hand and hold for R's comparer too."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity.arrays import NA_BITS
from parity.bridge.labels import Factor, Labelled
from parity.evidence.compare import compare

ROOT = Path(__file__).resolve().parents[2]
GROUPS = json.loads((ROOT / "tests" / "conformance" / "comparing.json").read_text("utf-8"))["groups"]
CASES = [pytest.param(g, c, id=f"{g['name']}: {c['id']}") for g in GROUPS for c in g["cases"]]
REASONS = {"missing", "type", "shape", "class", "value", "levels", "names", "vacuous"}
DTYPES = {"date": "datetime64[D]", "time": "datetime64[s]"}


def bits_of(element: Any) -> int:
    """The bits of a double, so that no move can quiet an NA."""
    if element == "NA":
        return NA_BITS
    if isinstance(element, str) and "0x" in element:
        element = float.fromhex(element)
    return int(np.float64(float(element)).view(np.uint64))


def value_of(entry: dict[str, Any] | None) -> Any:
    if entry is None:
        return None
    (kind,) = set(entry) - {"shape", "names", "levels", "ordered"}
    elements = entry[kind]
    if kind == "double":
        flat = np.array([bits_of(e) for e in elements], np.uint64).view(np.float64)
    elif kind == "integer":
        flat = np.array([int(e) for e in elements])
    elif kind in DTYPES:
        flat = np.array(["NaT" if e is None else e for e in elements], DTYPES[kind])
    elif kind == "factor":
        return Factor(np.array(elements), tuple(entry["levels"]), entry["ordered"])
    elif None in elements:
        flat = np.array(elements, dtype=object)
    else:
        flat = np.array(elements, dtype={"logical": bool, "character": str}[kind])
    array = flat.reshape(entry.get("shape", [len(elements)]))
    if "names" in entry:
        return Labelled(array, tuple(None if n is None else tuple(n) for n in entry["names"]))
    return array


def number_of(entry: Any) -> float:
    return float(value_of({"double": [entry]})[0])


@pytest.mark.parametrize(("group", "case"), CASES)
def test_compare(group: dict[str, Any], case: dict[str, Any]) -> None:
    options = {name: case[name] for name in ("constant_ok", "signed_zero", "harmless_extents") if name in case}
    if "half_unit" in case:
        options["half_unit"] = value_of(case["half_unit"])
    found = compare(
        value_of(case["actual"]),
        value_of(case["reference"]),
        rtol=number_of(case.get("rtol", group["rtol"])),
        atol=number_of(case.get("atol", group["atol"])),
        **options,
    )
    assert (found.reason, found.message == "") == (case["reason"], case["reason"] is None)
    assert found.ok == (case["verdict"] == "agree")
    if "differing" in case:
        assert found.differing == case["differing"]


def test_the_cases_say_what_they_are_for() -> None:
    assert len(CASES) >= 120
    assert {case["reason"] for group in GROUPS for case in group["cases"]} == {None, *REASONS}
    for group in GROUPS:
        assert group["because"]
        assert len({case["id"] for case in group["cases"]}) == len(group["cases"])
        for case in group["cases"]:
            assert (case["verdict"], case["reason"] is None) in {("agree", True), ("differ", False)}
            assert case.get("only") in (None, "python")
            assert ("differing" in case) == (case["reason"] in ("class", "value"))


def test_numbers_are_read_exactly() -> None:
    assert value_of({"double": ["NA", "NaN"]}).view(np.uint64).tolist() == [NA_BITS, 0x7FF8000000000000]
    assert math.copysign(1.0, number_of("-0")) == -1.0
    assert (number_of("0x1p-1074"), number_of("-0x1.8p+1"), number_of(0.25)) == (5e-324, -3.0, 0.25)
