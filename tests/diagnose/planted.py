"""Porting faults as data, and each as a fixture that can be verified.

A fault is a pair of ports that agree and the source of one of them with a mistake in it, as JSON in `faults/`:

    id, cause           what went wrong, and its code; "a+b" where two mistakes were made at once
    also                codes that name the same mistake as well
    wrong               the language that has it, "python" or "r"
    python, r, fault    sources: both right ones, and what takes the place of the one that is wrong. They define `f`, a
                        function, or a class in Python and `f.forward`, `f.backward` in R. Several lines are a list.
                        `np` is there.
    inputs              of the function, as values of a fixture. A layer has `make`, `calls` and `derivatives` instead.
    expect, because     what the right function gives, computed apart from both sources, and how. Of a layer it lies in
                        `calls`.
    tolerance           where the usual one will not do

The files in `faults/held_out` are every third fault in the order of their causes, the pairs for themselves. Whoever
tunes a hypothesis leaves them closed: they measure whether it names causes that it was not made for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAULTS = Path(__file__).with_name("faults")
SPLITS = ("seen", "held_out")
TOLERANCE = {
    "rtol": 1e-10,
    "atol": 1e-12,
    "because": "Sums of at most thirty terms near 1, and decompositions of well-conditioned matrices, are known to "
    "1e-13; the smallest of the mistakes, single precision, moves the 8th digit.",
}


@dataclass(frozen=True)
class Fault:
    """A mistake in one of two ports. `case` is what the fixture says of the case, without its id."""

    id: str
    cause: str
    also: frozenset[str]
    wrong: str
    held_out: bool
    python: str
    r: str
    mistaken: str
    case: Mapping[str, Any] = field(repr=False)
    tolerance: Mapping[str, Any] = field(repr=False)

    @property
    def causes(self) -> frozenset[str]:
        return frozenset(self.cause.split("+"))

    @property
    def pair(self) -> bool:
        return len(self.causes) > 1


def faults(*splits: str) -> tuple[Fault, ...]:
    """Those of the splits, "seen" or "held_out"; all of them where none is named."""
    unknown = set(splits) - set(SPLITS)
    if unknown:
        raise ValueError(f"no split is called {unknown.pop()!r}; expected {' or '.join(SPLITS)}")
    return tuple(
        _fault(entry, split == "held_out")
        for split in splits or SPLITS
        for path in sorted((FAULTS / split).glob("*.json"))
        for entry in json.loads(path.read_text("utf-8"))
    )


def plant(fault: Fault, folder: Path, *, right: bool = False) -> Path:
    """The fixture of a fault, written into `folder` with its two sources; with `right`, of the ports that agree."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = {"python": fault.python, "r": fault.r}
    if not right:
        sources[fault.wrong] = fault.mistaken
    (folder / "port.py").write_text(f"import numpy as np\n\n\n{sources['python']}\n", "utf-8")
    (folder / "port.R").write_text(f"{sources['r']}\n", "utf-8")
    document = {
        "about": fault.id,
        "source": "a planted fault",
        "python": "port:f",
        "r": "f",
        "r_source": ["port.R"],
        "tolerance": dict(fault.tolerance),
        "cases": [{"id": fault.id, **fault.case}],
    }
    path = folder / "port.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    return path


def _fault(entry: Mapping[str, Any], held_out: bool) -> Fault:
    return Fault(
        id=entry["id"],
        cause=entry["cause"],
        also=frozenset(entry["also"]),
        wrong=entry["wrong"],
        held_out=held_out,
        python=_source(entry["python"]),
        r=_source(entry["r"]),
        mistaken=_source(entry["fault"]),
        case=_case(entry),
        tolerance=entry.get("tolerance", TOLERANCE),
    )


def _source(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "\n".join(lines)


def _case(entry: Mapping[str, Any]) -> dict[str, Any]:
    case: dict[str, Any] = {}
    if "because" in entry:
        case["expected_by"] = entry["because"]
    if "calls" in entry:
        return case | {key: entry[key] for key in ("make", "calls", "derivatives") if key in entry}
    call = {"do": "call", "with": entry["inputs"], "returns": "y"}
    if "expect" in entry:
        call["expect"] = {"y": entry["expect"]}
    return case | {"calls": [call]}
