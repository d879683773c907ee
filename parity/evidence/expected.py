"""Each subject's values held against independent truth: what the fixture says they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from parity.evidence.compare import Comparison
from parity.evidence.finding import Owed
from parity.evidence.leaf import held_against
from parity.evidence.structure import plain
from parity.fixture.model import Case, Printed
from parity.subjects.observation import Leaf, leaves

KIND = "expected"


def pair_of(subject: str) -> str:
    return f"{subject}-{KIND}"


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    """Each value of each `expect`, on each subject."""
    for index, call in enumerate(case.calls):
        for name in call.expect:
            for subject in subjects:
                yield Owed(KIND, pair_of(subject), subject, index, call.do, name)


def leaves_of(case: Case, index: int) -> dict[str, Leaf]:
    return {path: leaf for name, value in case.calls[index].expect.items() for path, leaf in leaves(name, value)}


def against_truth(
    case: Case, actual: Leaf | None, truth: Leaf | None, subject: str, *, harmless: bool, whole: bool
) -> Comparison:
    options: dict[str, Any] = {
        "constant_ok": truth is not None and is_constant(plain(truth)),
        "half_unit": half_unit(case.printed, plain(truth)) if isinstance(plain(truth), np.ndarray) else 0.0,
        "harmless_extents": harmless,
        "whole": whole,
        "names": (subject, KIND),
    }
    comparison = held_against(actual, truth, case.tolerance, **options)
    values = plain(truth)
    if comparison.reason == "class" and not np.any((values == 0) & np.signbit(values)):
        # A source that writes 0 rarely means +0; one that writes -0 does mean -0.
        comparison = held_against(actual, truth, case.tolerance, signed_zero=False, **options)
    return comparison


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
