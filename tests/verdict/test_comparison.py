"""compare: every reason has a pair that must fail for it, and a neighbour of that pair that must pass."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from parity.evidence.compare import Comparison, Worst, compare, number, python_index, r_index

NA = struct.unpack("<d", struct.pack("<Q", 0x7FF00000000007A2))[0]
QUIET_NA = struct.unpack("<d", struct.pack("<Q", 0x7FF80000000007A2))[0]
INF, NAN = math.inf, math.nan


def check(a: Any, b: Any, rtol: float = 1e-12, atol: float = 1e-13, **more: Any) -> Comparison:
    return compare(a, b, rtol=rtol, atol=atol, **more)


def test_equal_arrays_pass_and_record_every_measure() -> None:
    found = check([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]])
    assert found.ok
    assert found.reason is None
    assert found.message == ""
    assert (found.count, found.differing) == (4, 0)
    assert found.absolute == found.relative == found.ulp == found.ratio == Worst(0.0, (0, 0))
    assert (found.actual, found.reference, found.allowed) == (1.0, 1.0, 1e-12 + 1e-13)


def test_a_pass_records_the_worst_of_each_measure() -> None:
    reference = np.array([1000.0, 1.0])
    found = check(np.array([1000.0 + 2**-20, 1.0 + 2**-21]), reference, rtol=1e-6, atol=0.0)
    assert found.ok
    assert found.absolute == Worst(2**-20, (0,))
    assert found.relative == Worst(2**-21, (1,))
    assert found.ulp == Worst(2.0**31, (1,))
    assert found.ratio is not None
    assert found.ratio.index == (1,)
    assert found.ratio.value == pytest.approx(2**-21 / 1e-6)
    assert (found.actual, found.reference, found.allowed) == (1.0 + 2**-21, 1.0, 1e-6)


def test_value_message_reads_as_the_report_prints_it() -> None:
    reference = np.array([[-48.0, -57.0, -66.0], [-60.0, -72.0, -84.0]])
    wrong = reference + np.array([[0, 3, 0], [-12, 5, 9]])
    found = compare(wrong, reference, rtol=1e-12, atol=0.0)
    assert (found.ok, found.reason, found.differing) == (False, "value", 4)
    assert found.message == "off by 12, allowed 6e-11; 4 of 6 elements differ"
    assert found.ratio is not None
    assert found.ratio.index == (1, 0)
    assert (found.actual, found.reference) == (-72.0, -60.0)


def test_message_of_one_number_and_of_a_near_miss() -> None:
    assert check(2.0, 1.0, atol=0.5, rtol=0.0).message == "off by 1, allowed 0.5"
    assert check([1.0, 5.5], [1.0, 5.0], rtol=0.0, atol=0.499999).message == (
        "off by 0.5, allowed 0.499999; 1 of 2 elements differs"
    )


def test_no_mean_one_of_ten_thousand_is_found() -> None:
    reference = np.linspace(1.0, 2.0, 10_000).reshape(100, 100)
    wrong = reference.copy()
    wrong[41, 7] += 1e-4
    found = check(wrong, reference)
    assert not found.ok
    assert found.differing == 1
    assert found.absolute is not None
    assert found.absolute.index == (41, 7)


def test_rtol_is_a_share_of_the_second_argument() -> None:
    assert check([1.0, 90.0], [1.0, 100.0], rtol=0.1, atol=0.0).ok
    assert not check([1.0, 100.0], [1.0, 90.0], rtol=0.1, atol=0.0).ok


def test_half_unit_is_added_per_element() -> None:
    reference = np.array([0.33, 120.0])
    half = np.array([0.005, 5.0])
    assert compare([0.3333, 124.0], reference, rtol=0.0, atol=1e-9, half_unit=half).ok
    found = compare([0.3353, 124.0], reference, rtol=0.0, atol=1e-9, half_unit=half)
    assert not found.ok
    assert found.differing == 1
    assert found.ratio is not None
    assert found.ratio.index == (0,)
    assert not compare([0.3333, 126.0], reference, rtol=0.0, atol=1e-9, half_unit=half).ok
    with pytest.raises(ValueError, match="half_unit has 3 elements"):
        compare([1.0, 2.0], [1.0, 2.0], rtol=0.0, atol=0.0, half_unit=np.ones(3))


@pytest.mark.parametrize("tolerance", [-1.0, NAN, INF])
def test_a_tolerance_that_would_pass_or_fail_everything_is_refused(tolerance: float) -> None:
    with pytest.raises(ValueError, match="tolerances"):
        compare(1.0, 1.0, rtol=tolerance, atol=0.0)
    with pytest.raises(ValueError, match="tolerances"):
        compare(1.0, 1.0, rtol=0.0, atol=tolerance)


# ------------------------------------------------------------------------------------------------ missing, type


def test_missing() -> None:
    assert check(None, [1.0, 2.0]).reason == "missing"
    assert check([1.0, 2.0], None).message == "the reference is missing"
    assert check(None, None).reason == "missing"


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([True, False], [1.0, 0.0], "logical where the reference is numeric"),
        ([1, 0], [True, False], "numeric where the reference is logical"),
        (["1", "2"], [1.0, 2.0], "character where the reference is numeric"),
        ([1.0, 2.0], [1 + 2j, 2.0], "numeric where the reference is complex128"),
        ([1j, 2.0], [1j, 2.0], "values of type complex128 and complex128 cannot be compared"),
        ([[1.0], [1.0, 2.0]], [1.0, 2.0], "object where the reference is numeric"),
    ],
)
def test_type(a: Any, b: Any, message: str) -> None:
    found = check(a, b)
    assert (found.ok, found.reason, found.message) == (False, "type", message)


def test_numbers_of_any_kind_meet() -> None:
    for dtype in (np.int8, np.int32, np.int64, np.uint64, np.float32, np.dtype(">f8")):
        assert check(np.array([1, 2, 3], dtype), np.array([1.0, 2.0, 3.0])).ok
        assert not check(np.array([1, 2, 3], dtype), np.array([1.0, 2.0, 3.1])).ok


def test_logical_and_text_are_exact_whatever_the_tolerance() -> None:
    found = check([True, False, True], [True, True, False], rtol=9.0, atol=9.0)
    assert (found.reason, found.differing, found.count) == ("value", 2, 3)
    assert found.message == "False where the reference has True; 2 of 3 elements differ"
    assert found.ratio == Worst(INF, (1,))
    assert (found.actual, found.reference) == (False, True)
    assert check([True, False], [True, False]).ok
    assert check(["a", "b"], ["a", "b"]).ok
    assert check(["a", "b"], ["a", "B"]).message == "'b' where the reference has 'B'; 1 of 2 elements differs"
    assert check(np.array(["a", None], object), np.array(["a", None], object)).ok
    assert not check(np.array(["a", None], object), np.array(["a", "b"], object)).ok


def test_integers_beyond_doubles_are_exact() -> None:
    big = 2**53
    assert check(np.array([big + 1, 5]), np.array([big + 1, 5])).ok
    found = check(np.array([big + 1, 5]), np.array([big, 5]))
    assert not found.ok
    assert found.message == "off by 1, allowed 0; 1 of 2 elements differs"
    assert (found.actual, found.reference) == (big + 1, big)
    assert found.absolute == Worst(1.0, (0,))
    assert not check(np.array([big + 1, 5]), np.array([float(big), 5.0])).ok
    top = np.array([2**64 - 1, 0], dtype=np.uint64)
    assert check(top, top.copy()).ok
    assert check(top, np.array([-1, 0])).message == f"off by {float(2**64):.3g}, allowed 0; 1 of 2 elements differs"
    assert check(np.array([big + 2, big + 2]), np.array([big + 2, big + 2])).reason == "vacuous"


# ------------------------------------------------------------------------------------------------------- shape


def test_one_element_without_dimensions_meets_a_vector_of_one() -> None:
    for a, b in ((2.5, [2.5]), ([2.5], 2.5)):
        found = check(a, b)
        assert found.ok
        assert found.ratio == Worst(0.0, ())
    assert check([2.5], 2.6).ratio.index == ()  # type: ignore[union-attr]
    assert check([[2.5]], [2.5]).reason == "shape"
    assert check([[2.5]], 2.5).reason == "shape"


@pytest.mark.parametrize(
    ("a", "b", "hint"),
    [
        ((2, 3), (3, 2), ", the same extents in reverse order"),
        ((2, 3, 4), (2, 4, 3), ", the same extents in another order"),
        ((3, 1), (3,), ", which differ only in extents of 1"),
        ((6,), (2, 3), ", 6 elements in both"),
        ((2, 3), (2, 4), ""),
    ],
)
def test_shape(a: tuple[int, ...], b: tuple[int, ...], hint: str) -> None:
    found = check(np.zeros(a), np.zeros(b))
    assert (found.ok, found.reason) == (False, "shape")
    assert found.message == f"shape {a} where the reference has {b}{hint}"


# ----------------------------------------------------------------------------------------------------- classes


@pytest.mark.parametrize("value", [NAN, NA, QUIET_NA, -NAN, INF, -INF])
def test_equal_classes_count_as_compared(value: float) -> None:
    found = check([1.0, value, 3.0], [1.0, value, 3.0 + 1e-15])
    assert found.ok
    assert found.count == 3
    assert found.absolute is not None
    assert found.absolute.index == (2,)
    assert found.absolute.value < 1e-14


@pytest.mark.parametrize(
    ("a", "b", "text"),
    [
        (NAN, 2.0, "NaN where the reference has 2.0"),
        (2.0, NAN, "2.0 where the reference has NaN"),
        (NA, NAN, "NA where the reference has NaN"),
        (NAN, NA, "NaN where the reference has NA"),
        (INF, -INF, "Inf where the reference has -Inf"),
        (1e308, INF, "1e+308 where the reference has Inf"),
        (NAN, INF, "NaN where the reference has Inf"),
        (-0.0, 0.0, "-0.0 where the reference has 0.0"),
        (0.0, -0.0, "0.0 where the reference has -0.0"),
    ],
)
def test_class(a: float, b: float, text: str) -> None:
    found = check([1.0, a, 3.0], [1.0, b, 3.5], rtol=1e6, atol=1e6)
    assert (found.ok, found.reason) == (False, "class")
    assert found.message == f"{text}; 1 of 3 elements differs in class"
    assert found.ratio == Worst(INF, (1,))
    assert found.absolute == Worst(0.5, (2,))


def test_na_is_known_by_its_low_word() -> None:
    assert check([1.0, NA], [1.0, QUIET_NA]).ok  # arithmetic makes R's NA quiet; it stays an NA
    assert number(NA) == number(QUIET_NA) == "NA"
    assert [number(v) for v in (NAN, INF, -INF, -0.0, 0.1, 3)] == ["NaN", "Inf", "-Inf", "-0.0", "0.1", "3"]


def test_sign_of_zero_counts_for_exact_zeros_only() -> None:
    assert check([1.0, -1e-20], [1.0, 0.0]).ok
    assert check([1.0, -0.0], [1.0, 0.0], signed_zero=False).ok
    assert compare([1.0, -0.0], [1.0, 0.0], rtol=0.0, atol=0.0, half_unit=0.25).ok
    half = np.array([0.25, 0.0])
    assert compare([1.0, -0.0], [1.0, 0.0], rtol=0.0, atol=0.0, half_unit=half).reason == "class"


def test_overflow_of_a_difference_is_a_difference() -> None:
    found = check([1e308, 1.0], [-1e308, 1.0])
    assert (found.ok, found.reason) == (False, "value")
    assert found.absolute == Worst(INF, (0,))


def test_relative_to_zero() -> None:
    found = check([0.0, 1e-20], [1.0, 0.0], atol=1e-15)
    assert not found.ok
    assert found.relative == Worst(INF, (1,))
    assert check([1.0, 1e-20], [1.0, 0.0], rtol=0.0, atol=0.0).ratio == Worst(INF, (1,))


# ----------------------------------------------------------------------------------------------------- vacuous


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((0, 3)),
        [NAN, NAN],
        [NA, NAN],
        NAN,
        0.0,
        0,
        [0.0, 0.0],
        [7.5, 7.5, 7.5],
        [7, 7],
        [INF, INF],
        [1e-15, -2e-15],
        [1.0, 1.0 + 1e-15],
        1e-15,
        [True, True],
        ["a", "a"],
        np.array([], dtype=str),
    ],
)
def test_vacuous_unless_the_reference_is_independent(value: Any) -> None:
    found = check(value, value)
    assert (found.ok, found.reason) == (False, "vacuous")
    assert found.message
    assert check(value, value, constant_ok=True).ok


def test_vacuous_is_about_both_sides_agreeing() -> None:
    assert check([0.0, 0.0], [0.0, 1.0]).reason == "value"
    assert check([1.0, 1.0 + 1e-15], [1.0, 1.0]).reason == "vacuous"
    assert check(np.zeros((0, 3)), np.zeros((3, 0)), constant_ok=True).reason == "shape"


@pytest.mark.parametrize("value", [[1.0, 2.0], 5.0, 5, True, False, "", [NAN, 1.0], [INF, -INF], [0.0, 1e-3], [0, 1]])
def test_not_vacuous(value: Any) -> None:
    assert check(value, value).ok


def test_vacuous_looks_past_a_constant_beginning() -> None:
    nearly = 1e6 * (1.0 + 1e-14 * np.arange(20))
    assert compare(nearly, nearly.copy(), rtol=1e-12, atol=0.0).reason == "vacuous"
    assert compare(nearly, nearly.copy(), rtol=1e-14, atol=0.0).ok
    long = np.zeros(100)
    assert check(long, long.copy()).reason == "vacuous"
    long[99] = 1.0
    assert check(long, long.copy()).ok


# -------------------------------------------------------------------------------------------- indices, layouts


def test_indices_in_both_tongues() -> None:
    assert (python_index((1, 0)), r_index((1, 0))) == ("[1, 0]", "[2, 1]")
    assert (python_index((4,)), r_index((4,))) == ("[4]", "[5]")
    assert python_index(()) == r_index(()) == ""


def test_memory_layout_does_not_matter() -> None:
    base = np.arange(24.0).reshape(2, 3, 4)
    for view in (np.asfortranarray(base), base[::-1].copy()[::-1], np.repeat(base, 2, axis=2)[:, :, ::2]):
        assert check(view, base).ok
        assert check(base, view).ok
    other = np.asfortranarray(base).copy(order="F")
    other[1, 2, 3] += 1.0
    assert check(other, base).absolute == Worst(1.0, (1, 2, 3))
    assert not np.shares_memory(base, other)
    assert base[1, 2, 3] == 23.0


def test_inputs_are_not_changed() -> None:
    a, b = np.array([1.0, NAN, INF, -0.0]), np.array([2.0, NAN, 1.0, 0.0])
    before = a.tobytes(), b.tobytes()
    check(a, b)
    assert (a.tobytes(), b.tobytes()) == before


def test_ulp_counts_doubles_across_zero_and_to_the_ends() -> None:
    tiny = 5e-324
    assert check([1.0, tiny], [1.0, -tiny]).ulp == Worst(2.0, (1,))
    assert check([1.0, 1.0], [1.0, np.nextafter(1.0, 2.0)]).ulp == Worst(1.0, (1,))
    biggest = np.finfo(np.float64).max
    assert check([biggest, 0.0], [-biggest, 0.0]).ulp == Worst(2.0 * 0x7FEFFFFFFFFFFFFF, (0,))


# -------------------------------------------------------------------------------------------------- properties

VALUES = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, -0.0, NA, NAN, INF, 1.0, 1.0 + 1e-13])
PAIRS = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=3).flatmap(
    lambda shape: st.tuples(hnp.arrays(float, shape, elements=VALUES), hnp.arrays(float, shape, elements=VALUES))
)


def _kind_of(value: float) -> str:
    text = number(value)
    return text if text in ("NA", "NaN", "Inf", "-Inf") else "finite"


@given(PAIRS, st.sampled_from([0.0, 1e-12, 0.5]), st.sampled_from([0.0, 1e-13, 2.0]))
def test_agrees_with_the_rule_written_out_one_element_at_a_time(
    pair: tuple[np.ndarray, np.ndarray], rtol: float, atol: float
) -> None:
    a, b = pair
    classes, values = 0, 0
    for p, q in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True):
        if _kind_of(p) != _kind_of(q) or (p == q == 0.0 and math.copysign(1, p) != math.copysign(1, q)):
            classes += 1
        elif _kind_of(p) == "finite" and abs(p - q) > atol + rtol * abs(q):
            values += 1
    found = compare(a, b, rtol=rtol, atol=atol, constant_ok=True)
    assert found.reason == ("class" if classes else "value" if values else None)
    assert found.differing == classes + values
    assert found.count == a.size
    if found.ratio is not None:
        assert a[found.ratio.index].tobytes() == struct.pack("<d", found.actual)
        assert b[found.ratio.index].tobytes() == struct.pack("<d", found.reference)


@given(hnp.arrays(float, hnp.array_shapes(max_dims=3, max_side=3), elements=VALUES))
def test_an_array_agrees_with_itself(a: np.ndarray) -> None:
    assert compare(a, a.copy(), rtol=0.0, atol=0.0, constant_ok=True).ok


@given(PAIRS)
def test_vacuous_only_turns_passes_into_failures(pair: tuple[np.ndarray, np.ndarray]) -> None:
    strict, free = check(*pair), check(*pair, constant_ok=True)
    assert strict.reason in (free.reason, "vacuous")
    assert not (strict.ok and not free.ok)
