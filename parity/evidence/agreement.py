"""One call's values, each compared in every pair that applies: Python with R, each with what is expected."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

import numpy as np

from parity.evidence.blame import EXPECTED, blame
from parity.evidence.compare import Comparison, compare
from parity.evidence.differentiation import GradientCheck
from parity.evidence.results import Pair, ValueResult
from parity.exact import differing_bits
from parity.fixture.model import Case, Printed
from parity.subjects.observation import leaves


def compare_call(
    case: Case,
    index: int,
    found: Mapping[str, Mapping[str, np.ndarray]],
    checks: Mapping[tuple[str, str], GradientCheck],
    *,
    bits: bool = False,
) -> Iterator[ValueResult]:
    """The values of call number `index`; `found` holds, by language, what each side gave for it."""
    call = case.calls[index]
    expected = {path: leaf for name, value in call.expect.items() for path, leaf in leaves(name, value)}
    for path in paths(case.compared(index), [*found.values(), expected]):
        arrays = {language: values.get(path) for language, values in found.items()}
        value = compare_value(call.do, path, arrays, expected.get(path), case, checks)
        yield dataclasses.replace(value, bits=count_bits(arrays)) if bits else value


def count_bits(arrays: Mapping[str, np.ndarray | None]) -> int | None:
    """Bits in which Python and R differ; None where the two cannot be laid over each other."""
    python, r = arrays.get("python"), arrays.get("r")
    if python is None or r is None or python.size != r.size or {python.dtype.kind, r.dtype.kind} & set("US"):
        return None
    return differing_bits(python.ravel(), r.ravel())


def paths(names: Sequence[str], sides: Sequence[Mapping[str, np.ndarray]]) -> list[str]:
    """Every leaf below the names, on either side; a name found on no side stays, to be reported as missing."""
    paths: dict[str, None] = {}
    for name in names:
        below = [p for side in sides for p in side if p == name or p.startswith(f"{name}.")]
        paths.update(dict.fromkeys(below or [name]))
    return list(paths)


def compare_value(
    call: str,
    path: str,
    arrays: Mapping[str, np.ndarray | None],
    expected: np.ndarray | None,
    case: Case,
    checks: Mapping[tuple[str, str], GradientCheck],
) -> ValueResult:
    comparisons: dict[Pair, Comparison] = {}
    rtol, atol = case.tolerance.rtol, case.tolerance.atol
    # A constant is an empty comparison, unless independent truth says that it is one.
    constant = expected is not None and _is_constant(expected)
    if len(arrays) == 2:
        comparisons["python-r"] = compare(arrays["r"], arrays["python"], rtol=rtol, atol=atol, constant_ok=constant)
    if expected is not None:
        half = half_unit(case.printed, expected)
        for language, array in arrays.items():
            found = compare(array, expected, rtol=rtol, atol=atol, half_unit=half, constant_ok=constant)
            if found.reason == "class" and not np.any((expected == 0) & np.signbit(expected)):
                # A source that writes 0 rarely means +0; one that writes -0 does mean -0.
                found = compare(
                    array, expected, rtol=rtol, atol=atol, half_unit=half, constant_ok=constant, signed_zero=False
                )
            comparisons[EXPECTED[language]] = found
    wrong = next((comparison for comparison in comparisons.values() if not comparison.ok), None)
    if wrong is None:
        return ValueResult(call, path, comparisons, True)
    comparisons = {pair: _named(pair, path, comparison) for pair, comparison in comparisons.items()}
    index = wrong.ratio.index if wrong.ratio else None
    sides = {**arrays, "expected": expected}
    numbers = {side: np.asarray(array[index]).item() for side, array in sides.items() if _reaches(array, index)}
    return ValueResult(call, path, comparisons, False, blame(path, comparisons, arrays, checks), index, numbers)


def _named(pair: Pair, path: str, comparison: Comparison) -> Comparison:
    """A missing value is said of the side that lacks it."""
    if comparison.reason != "missing":
        return comparison
    sides = {"python-r": ("R", "Python"), "python-expected": ("Python", ""), "r-expected": ("R", "")}[pair]
    absent = [
        side for side, value in zip(sides, (comparison.actual, comparison.reference), strict=True) if value is None
    ]
    return dataclasses.replace(comparison, message=f"{' and '.join(reversed(absent))} gave no {path}")


def _is_constant(expected: np.ndarray) -> bool:
    """Whether a constant, or for a lone number nothing, is what the truth is."""
    if expected.dtype.kind not in "fiu" or expected.size == 0:
        return True
    first, last = expected.item(0), expected.item(-1)
    if expected.size == 1:
        return bool(first == 0 or first != first)
    if first != last and (first == first or last == last):  # NaN is the number that differs from itself
        return False
    return bool(np.all(expected == expected.flat[0]) or np.all(np.isnan(expected)))


def _reaches(array: np.ndarray | None, index: tuple[int, ...] | None) -> TypeGuard[np.ndarray]:
    if array is None or index is None or array.ndim != len(index):
        return False
    return all(i < n for i, n in zip(index, array.shape, strict=True))


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
