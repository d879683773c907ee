"""Each subject's values held against independent truth: what the fixture says they are."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from parity.evidence.compare import Comparison
from parity.evidence.finding import Owed
from parity.evidence.leaf import held_against
from parity.evidence.structure import plain
from parity.fixture.model import Case, Printed
from parity.subjects.observation import Leaf, leaves
from parity.subjects.per_case import once_per_case

KIND = "expected"


def pair_of(subject: str) -> str:
    return f"{subject}-{KIND}"


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    """Each value of each `expect`, on each subject."""
    for index, call in enumerate(case.calls):
        for name in call.expect:
            for subject in subjects:
                yield Owed(KIND, pair_of(subject), subject, index, call.do, name)


@dataclass(frozen=True)
class Truth:
    """An expected leaf. Whether it is a constant, which is then evidence; half a unit of its last printed digit;
    whether a zero in it may have either sign, since a source that writes 0 rarely means +0."""

    leaf: Leaf
    constant: bool
    half_unit: np.ndarray | float
    unsigned_zero: bool


@once_per_case
def truths_of(case: Case, index: int) -> Mapping[str, Truth]:
    """By path, what is expected of call number `index`."""
    return {
        path: truth_of(case, leaf)
        for name, value in case.calls[index].expect.items()
        for path, leaf in leaves(name, value)
    }


def truth_of(case: Case, leaf: Leaf) -> Truth:
    values = plain(leaf)
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu":
        return Truth(leaf, constant=True, half_unit=0.0, unsigned_zero=False)
    negative_zero = bool(np.any((values == 0) & np.signbit(values)))
    return Truth(leaf, is_constant(values), half_unit(case.printed, values), unsigned_zero=not negative_zero)


def as_printed(case: Case) -> dict[str, Any]:
    """What `frames.held_against` asks of a column of numbers of a frame that is expected."""
    return {
        "half_unit": lambda values: half_unit(case.printed, values),
        "unsigned_zero": lambda values: not bool(np.any((values == 0) & np.signbit(values))),
    }


def against_truth(
    case: Case, actual: Leaf | None, truth: Truth, subject: str, *, harmless: bool, whole: bool
) -> Comparison:
    held = functools.partial(
        held_against,
        actual,
        truth.leaf,
        case.tolerance,
        constant_ok=truth.constant,
        half_unit=truth.half_unit,
        whole=whole,
        harmless_extents=harmless,
        names=(subject, KIND),
    )
    comparison = held()
    return held(signed_zero=False) if comparison.reason == "class" and truth.unsigned_zero else comparison


def is_constant(expected: Any) -> bool:
    """Whether a constant, or for a lone number nothing, is what the truth is."""
    if not isinstance(expected, np.ndarray) or expected.dtype.kind not in "fiu" or expected.size == 0:
        return True
    first, last = expected.item(0), expected.item(-1)
    if expected.size == 1:
        return bool(first == 0 or first != first)
    if first != last and (first == first or last == last):  # NaN is the number that differs from itself
        return False
    return bool(np.all(expected == expected.flat[0]) or np.all(np.isnan(expected)))


def half_unit(printed: Printed | None, expected: np.ndarray) -> np.ndarray | float:
    """Half a unit of the last printed digit, which is all that a printed number promises.

    Decimals d: 10^-d / 2. Significant digits s: 10^(floor(log10 |e|) + 1 - s) / 2 for each element e != 0.
    """
    if printed is None or expected.dtype.kind not in "fiu":
        return 0.0
    if printed.decimals is not None:
        return 0.5 * 10.0**-printed.decimals
    magnitude = np.abs(np.asarray(expected, dtype=np.float64))
    usable = (magnitude > 0) & np.isfinite(magnitude)
    exponent = np.floor(np.log10(np.where(usable, magnitude, 1.0))) + 1 - float(printed.significant or 0)
    return np.where(usable, 0.5 * 10.0**exponent, 0.0)
