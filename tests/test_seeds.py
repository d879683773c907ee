"""Every number that the seed documents print, and that can be printed again, is expected by a fixture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity.fixture.read import find_fixtures, read_fixture
from parity.subjects.observation import leaves

ROOT = Path(__file__).resolve().parents[1]
VALUES = ROOT.parent / "shared" / "seeds" / "seed_values.json"
if not VALUES.is_file():
    pytest.skip(
        "the list of the documents' numbers lies beside the checkout, and is not there", allow_module_level=True
    )


def printed() -> list[dict[str, Any]]:
    """Those that were printed, and came out again when they were checked."""
    values = json.loads(VALUES.read_text("utf-8"))["values"]
    return [value for value in values if value["printed"] and value["verified"].get("ok")]


def expected() -> Iterator[np.ndarray]:
    for path in find_fixtures([ROOT / "fixtures"]):
        for case in read_fixture(path).cases:
            for call in case.calls:
                for name, value in call.expect.items():
                    arrays = (leaf for _, leaf in leaves(name, value) if isinstance(leaf, np.ndarray))
                    yield from (leaf for leaf in arrays if leaf.dtype.kind in "fiu")


EXPECTED = list(expected())
SHAPES = {tuple(leaf.shape) for leaf in EXPECTED}


def stands_in_a_fixture(numbers: np.ndarray) -> bool:
    """The same digits, whatever extents of 1 surround them; a print is the number to its last digit and no further."""
    flat = numbers.ravel()
    return any(leaf.size == flat.size and np.array_equal(leaf.ravel(), flat) for leaf in EXPECTED)


@pytest.mark.parametrize("value", printed(), ids=lambda value: value["id"])
def test_a_printed_number_is_expected_by_a_fixture(value: dict[str, Any]) -> None:
    for name, numbers in value["expected"].items():
        if value["id"].endswith((".shape", ".shapes")):
            assert _is_made(tuple(numbers)), f"{name} of shape {numbers}"
        elif name != "dim_b":  # the shape of an input
            assert stands_in_a_fixture(np.array(numbers, dtype=float)), name


def _is_made(shape: tuple[int, ...]) -> bool:
    """An array of this shape goes into, or comes out of, a case."""
    if shape in SHAPES:
        return True
    for path in find_fixtures([ROOT / "fixtures"]):
        for case in read_fixture(path).cases:
            inputs = [case.make, *(call.arguments for call in case.calls)]
            given = (leaf for values in inputs for _, leaf in leaves("", values) if isinstance(leaf, np.ndarray))
            if any(leaf.shape == shape for leaf in given):
                return True
    return False
