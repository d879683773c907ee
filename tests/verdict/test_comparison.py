"""compare: every reason has a pair that must fail for it, and a neighbour of that pair that must pass."""

from __future__ import annotations

import datetime
import math
import struct
from collections import namedtuple
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from parity.bridge import labels
from parity.evidence import distance as distances
from parity.evidence.compare import Comparison, Worst, compare, number, python_index, r_index
from parity.reports.terminal import number as reported

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
        ([1.0, 2.0], [1 + 2j, 2.0], "numeric where the reference is complex"),
        ([object(), 2.0], [object(), 2.0], "values of type object and object cannot be compared"),
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


def test_a_result_holds_plain_values_whatever_was_compared() -> None:
    factor = Factor([0, -1, 1], ("a", "b"), False)
    values: list[tuple[Any, Any]] = [
        (np.longdouble([1, 2]), np.longdouble([1, 3])),
        (np.longdouble(1), np.longdouble(3)),
        (np.float32([1, 2]), np.float16([1, 3])),
        (np.uint64([2**60, 2]), np.longdouble([1, 3])),
        (np.array([2**60, 2]), np.longdouble([NAN, 3])),
        (np.array([True, None]), np.array([False, None])),
        (np.array(["a", None], object), np.array(["a", "b"])),
        (np.array(["2024-01-02", "NaT"], "M8[D]"), np.array(["2024-01-03", "NaT"], "M8[D]")),
        (factor, Factor([0, 0, 1], ("a", "b"), False)),
        (factor, np.array([0, -1, 1])),
        (None, np.zeros((2, 3))),
        (np.array(1.5), np.array("text")),
        (1 + 2j, 2.0),
    ]
    for a, b in values:
        found = check(a, b)
        assert not found.ok
        for value in (found.actual, found.reference):
            assert type(value) in (float, int, bool, str) or (value is a is None)
            assert value is None or reported(value)
        assert found.ratio is None or type(found.ratio.value) is float
    assert check(None, np.zeros((2, 3))).reference == "numeric (2, 3)"  # there, as a whole, and so not None
    assert (check(None, 2.5).actual, check(None, 2.5).reference) == (None, 2.5)


# ------------------------------------------------------------------------------ longdouble, text, dates, factors

Factor = namedtuple("Factor", "codes levels ordered")
Labelled = namedtuple("Labelled", "values names")


def test_a_longdouble_hides_nothing_that_a_double_could_not_hold() -> None:
    one = np.longdouble(1)
    near = np.array([one + np.finfo(np.longdouble).eps, 2])
    assert near[0] != 1
    assert float(near[0]) == 1.0
    found = check(near, np.array([1.0, 2.0]), rtol=0.0, atol=0.0)
    assert (found.ok, found.reason, found.differing) == (False, "value", 1)
    assert found.message == "off by 1.08e-19, allowed 0; 1 of 2 elements differs"
    assert found.note == "compared as longdouble"
    assert check(near, np.array([1.0, 2.0])).ok
    # beyond the range of doubles on both ends, where all would become Inf or 0
    large, small = one * 10 ** np.longdouble(1000), one / 10 ** np.longdouble(1000)
    assert check(np.array([large, 1]), np.array([2 * large, 1])).reason == "value"
    assert check(np.array([large, 1]), np.array([INF, 1])).reason == "class"
    tiny = check(np.array([small, 1]), np.array([0.0, 1.0]), rtol=0.0, atol=0.0)
    assert (tiny.reason, tiny.absolute) == ("value", Worst(5e-324, (0,)))
    assert check(np.array([NA, 1], np.longdouble), np.array([NA, 1.0])).ok
    assert check(np.array([NA, 1], np.longdouble), np.array([NAN, 1.0])).reason == "class"
    # against integers that only exact arithmetic tells apart
    assert check(np.array([2**53 + 1, 1]), np.longdouble([2**53 + 1, 1])).ok
    assert check(np.array([2**53 + 1, 1]), np.longdouble([2**53, 1])).reason == "value"


def test_not_a_number_among_large_integers_is_a_difference_of_class() -> None:
    for other in (NAN, INF, NA):
        found = check(np.array([2**60, 5]), np.array([other, 5.0]))
        assert (found.ok, found.reason) == (False, "class")
        assert found.message == f"{2.0**60!r} where the reference has {number(other)}; 1 of 2 elements differs in class"


def test_missing_text_is_na() -> None:
    text = np.array(["a", None, "b"], object)
    assert check(text, text.copy()).ok
    found = check(text, np.array(["a", "NA", "b"]))
    assert (found.reason, found.message) == (
        "class",
        "NA where the reference has 'NA'; 1 of 3 elements differs in class",
    )
    assert (found.actual, found.reference, found.ratio) == ("NA", "NA", Worst(INF, (1,)))
    assert check(np.array([None, None]), np.array([None, None])).reason == "vacuous"
    assert check(np.array([None]), np.array([None])).message == "the only value is NA"
    for missing in (None, NAN):
        of_numpy = np.array(["a", missing, "b"], np.dtypes.StringDType(na_object=missing))
        assert check(of_numpy, text).ok
        assert check(of_numpy, np.array(["a", "", "b"])).reason == "class"
    assert check(np.array(["a", "b"], np.dtypes.StringDType()), np.array(["a", "c"])).reason == "value"
    assert check(np.array([b"a", b"b"]), np.array(["a", "b"])).message == "bytes where the reference is character"
    assert check(np.array([b"a", b"b"]), np.array([b"a", b"c"])).reason == "value"


def test_missing_logicals_are_na() -> None:
    found = check(np.array([True, None], object), np.array([True, False]))
    assert (found.reason, found.message) == (
        "class",
        "NA where the reference has False; 1 of 2 elements differs in class",
    )
    assert check(np.array([True, None], object), np.array([True, None], object)).ok


def test_dates_and_times_are_exact() -> None:
    days = np.array(["2024-02-29", "NaT", "1969-12-31"], "M8[D]")
    assert check(days, days.copy()).ok
    found = check(days, np.array(["2024-03-01", "NaT", "1969-12-31"], "M8[D]"), rtol=9.0, atol=9e9)
    assert (found.reason, found.differing) == ("value", 1)
    assert found.message == "2024-02-29 where the reference has 2024-03-01; 1 of 3 elements differs"
    assert (found.actual, found.reference) == ("2024-02-29", "2024-03-01")
    assert check(days, np.array(["2024-02-29", "1970-01-01", "1969-12-31"], "M8[D]")).reason == "class"
    assert check([datetime.date(2024, 2, 29), None, datetime.date(1969, 12, 31)], days).ok
    assert check(days, days.astype("M8[s]")).message == (
        "date where the reference is time; every time is the midnight of its date"
    )
    assert check(days, days.astype("M8[s]") + 1).message == "date where the reference is time"
    numbers = np.array([19782, 5, -1])
    whole = np.array(["2024-02-29", "1970-01-06", "1969-12-31"], "M8[D]")
    assert check(numbers, whole).message == (
        "numeric where the reference is date; the numbers are its days since 1970-01-01"
    )
    assert check(days[:0], days[:0]).reason == "vacuous"
    assert check(whole[[0, 0]], whole[[0, 0]]).message == "all 2 elements are 2024-02-29"
    assert check(whole - whole[0], np.array([0, -19777, -19783])).message == ("duration where the reference is numeric")


def test_times_of_other_units_meet_exactly() -> None:
    seconds = np.array(["2024-02-29T12:00:00", "1969-12-31T23:59:59"], "M8[s]")
    assert check(seconds.astype("M8[ns]"), seconds).ok
    assert check(seconds.astype("M8[ns]") + np.timedelta64(1, "ns"), seconds).differing == 2
    # beyond 2^63 nanoseconds, where a conversion wraps around (NumPy's own did before 2.5, which refuses)
    late = np.array([2**55, 1], "M8[s]")
    wrapped = np.array([2**55, 1], dtype=np.uint64) * np.uint64(10**9)
    assert check(late, wrapped.view("M8[ns]")).reason == "value"
    assert check(np.array(["2024", "2025"], "M8[Y]"), np.array(["2024-01-01", "2025-01-01"], "M8[D]")).ok
    far = np.array([2**62, 0], "M8[Y]")
    assert check(far, np.array([2**62 % 365, 0], "M8[D]")).reason == "value"
    assert check(np.array([1, 2], "m8[m]"), np.array([60, 120], "m8[s]")).ok


def test_factors_are_their_labels_then_their_levels_then_their_order() -> None:
    a = Factor(np.array([0, 1, 0, -1]), ("no", "yes"), False)
    assert check(a, a).ok
    # the same labels from other codes
    turned = Factor(np.array([1, 0, 1, -1]), ("yes", "no"), False)
    found = check(a, turned)
    assert (found.reason, found.message) == (
        "levels",
        "levels 'no', 'yes' where the reference has 'yes', 'no', the same levels in another order",
    )
    assert check(a, Factor(a.codes, ("no", "yes", "maybe"), False)).reason == "levels"
    assert check(a, Factor(a.codes, ("no", "yes"), True)).message == (
        "a factor without order where the reference has an ordered factor"
    )
    other = check(a, Factor(np.array([0, 0, 0, -1]), ("no", "yes"), True))
    assert (other.reason, other.message) == ("value", "'yes' where the reference has 'no'; 1 of 4 elements differs")
    assert check(a, Factor(np.array([0, 1, 0, 1]), ("no", "yes"), False)).reason == "class"
    # the same codes of other labels differ in every element
    assert check(a, Factor(a.codes, ("yes", "no"), False)).differing == 3
    assert check(a, Factor(np.array([[0, 1], [0, -1]]), ("no", "yes"), False)).reason == "shape"
    assert check(Factor([0, 2], ("no", "yes"), False), a).reason == "type"  # a code without a level is no factor
    assert check(Factor([0, -2], ("no", "yes"), False), a).reason == "type"
    assert check(Factor([1, 1], ("no", "yes"), False), Factor([1, 1], ("no", "yes"), False)).reason == "vacuous"
    # R's NA may stand among the levels: an element of it is NA as one without a level is, but the levels differ
    with_na = Factor(np.array([0, 2, 1]), ("no", "yes", None), False)
    assert check(with_na, with_na).ok
    assert check(with_na, Factor(np.array([0, -1, 1]), ("no", "yes"), False)).message == (
        "levels 'no', 'yes', NA where the reference has 'no', 'yes'"
    )
    assert check(with_na, Factor(np.array([0, 2, 1]), ("no", "yes", "None"), False)).reason == "class"
    # what differs is said even where the labels alone would be no evidence
    assert check(Factor([1, 1], ("no", "yes"), False), Factor([0, 0], ("yes", "no"), False)).reason == "levels"


def test_a_factor_is_neither_its_codes_nor_its_labels() -> None:
    a = Factor(np.array([0, 1, 0]), ("no", "yes"), False)
    names = {"actual_name": "r", "reference_name": "python"}
    assert check(a, np.array([0, 1, 0]), **names).message == (
        "factor where python has numeric; the numbers are the factor's codes, counted from zero"
    )
    assert check(np.array([1.0, 2.0, 1.0]), a, **names).message == (
        "numeric where python has factor; the numbers are the factor's codes, counted from one"
    )
    assert check(a, np.array(["no", "yes", "no"]), **names).message == (
        "factor where python has character; the texts are the factor's labels"
    )
    assert check(a, np.array(["no", "yes", "yes"]), **names).message == "factor where python has character"


def test_what_the_bridge_gives_with_labels_can_be_compared() -> None:
    days = np.array(["2024-02-29", "NaT"], "M8[D]")
    assert check(labels.Labelled(days, (("a", "b"),)), days).ok
    instants = np.array(["2024-02-29T12:00", "NaT"], "M8[s]")
    assert check(labels.Moment(instants, "Asia/Seoul"), instants).ok
    assert check(labels.Moment(instants + 1, "Asia/Seoul"), instants).reason == "value"
    factor = labels.Factor(np.array([0, 1], np.int32), ("no", "yes"), names=(("a", "b"),))
    assert check(factor, labels.Factor(np.array([0, 1], np.int32), ("no", "yes"), names=(("a", "b"),))).ok
    assert (
        check(factor, labels.Factor(np.array([0, 1], np.int32), ("no", "yes"), names=(("a", "c"),))).reason == "names"
    )
    # numbers of a unit are no numbers: 2 minutes are not 2 hours
    assert check(labels.Duration(np.array([1.0, 2.0]), "mins"), np.array([1.0, 2.0])).reason == "type"
    hours = labels.Duration(np.array([1.0, 2.0]), "hours")
    assert check(labels.Duration(np.array([1.0, 2.0]), "mins"), hours).reason == "type"


def test_names_are_compared_where_both_sides_have_them() -> None:
    a = Labelled(np.array([1.0, 2.0]), (("a", "b"),))
    assert check(a, Labelled(np.array([1.0, 2.0]), (("a", "b"),))).ok
    found = check(a, Labelled(np.array([1.0, 2.0]), (("zz", "yy"),)))
    assert (found.ok, found.reason) == (False, "names")
    assert found.message == "the name 'a' where the reference has 'zz', at 0 of axis 0"
    assert found.count == 2
    turned = check(a, Labelled(np.array([1.0, 2.0]), (("b", "a"),)), reference_name="r")
    assert turned.message == "the name 'a' where r has 'b', at 0 of axis 0, the same names in another order"
    assert check(a, np.array([1.0, 2.0])).ok
    assert check(a, Labelled(np.array([1.0, 2.0]), (None,))).ok
    assert check(a, Labelled(np.array([1.0, 2.5]), (("zz", "yy"),))).reason == "value"
    table = Labelled(np.eye(2), (("a", "b"), (None, "y")))
    assert check(table, Labelled(np.eye(2), (("a", "b"), ("x", "y")))).message == (
        "the name None where the reference has 'x', at 0 of axis 1"
    )
    zeros = Labelled(np.zeros(2), (("a", "b"),))
    assert check(zeros, Labelled(np.zeros(2), (("a", "c"),)), constant_ok=True).reason == "names"
    column = Labelled(np.array([[1.0], [2.0]]), (("a", "b"), ("x",)))
    assert check(column, a, harmless_extents=True).ok
    assert check(column, Labelled(a.values, (("a", "c"),)), harmless_extents=True).reason == "names"


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


def test_extents_of_one_may_be_declared_harmless() -> None:
    row, flat = np.array([[1.0, 2.0, 3.5]]), np.array([1.0, 2.0, 3.5])
    assert check(row, flat).reason == "shape"
    found = check(row, flat, harmless_extents=True, reference_name="python")
    assert found.ok
    assert found.note == "shape (1, 3) where python has (3,), which is declared harmless"
    assert check(flat, flat, harmless_extents=True).note == ""
    wrong = check(row, flat + np.array([0, 1, 0]), harmless_extents=True)
    assert (wrong.reason, wrong.ratio and wrong.ratio.index) == ("value", (1,))  # as the reference counts
    assert wrong.note
    # other extents stay what they are, also turned around
    for a, b in (((2, 3), (3, 2)), ((1, 6), (2, 3)), ((2, 1, 3), (3, 2)), ((1, 2), (2, 2)), ((0, 1), (1,))):
        assert check(np.zeros(a), np.zeros(b), harmless_extents=True, constant_ok=True).reason == "shape"
    assert check(np.array([["a"], ["b"]]), np.array(["a", "b"]), harmless_extents=True).ok


def test_messages_name_the_sides_that_they_are_told() -> None:
    names = {"actual_name": "r", "reference_name": "python"}
    assert check(["1"], [1.0], **names).message == "character where python has numeric"
    assert check([1.0, 2.0], [1.0], **names).message == "shape (2,) where python has (1,)"
    assert check([NAN], [1.0], **names).message == "NaN where python has 1.0"
    assert check(["a"], ["b"], **names).message == "'a' where python has 'b'"
    assert check(None, [1.0], **names).message == "r gave no value"
    assert check([1.0], None, **names).message == "python gave no value"
    assert check(None, None, **names).message == "r and python gave no value"


@pytest.mark.parametrize("half", [-1.0, NAN, INF])
def test_half_a_unit_must_be_a_number_that_can_be_exceeded(half: float) -> None:
    with pytest.raises(ValueError, match="half_unit must be finite"):
        compare([1.0, 2.0], [1.0, 9.0], rtol=0.0, atol=0.0, half_unit=half)
    with pytest.raises(ValueError, match="half_unit must be finite"):
        compare([1.0, 2.0], [1.0, 9.0], rtol=0.0, atol=0.0, half_unit=np.array([0.0, half]))


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
    # an allowance that overflows too proves nothing: 3.4e308 is more than 1.1 times 1.7e308
    wide = check([1.7e308, 1.0], [-1.7e308, 1.0], rtol=1.1, constant_ok=True)
    assert (wide.reason, wide.differing, wide.ratio) == ("value", 1, Worst(INF, (0,)))


@pytest.mark.parametrize("size", [3, 100])
def test_beyond_the_limit_by_the_last_digit(size: int) -> None:
    atol = 1.9
    b = np.zeros(size)
    a = b.copy()
    a[size // 2] = atol
    assert compare(a, b, rtol=0.0, atol=atol, constant_ok=True).ok
    a[size // 2] = np.nextafter(atol, 2.0)
    found = compare(a, b, rtol=0.0, atol=atol, constant_ok=True)
    assert (found.reason, found.differing, found.ratio) == ("value", 1, Worst(1.0 + 2**-52, (size // 2,)))


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


# --------------------------------------------------------------- the blocks against exact arithmetic, per element


def exactly(a: np.ndarray, b: np.ndarray, rtol: float, atol: float, signed_zero: bool) -> tuple[int, int, set[int]]:
    """How many elements differ in class, how many in value, and which are too near the limit to say."""
    classes, values, close = 0, 0, set()
    for i, (p, q) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        kinds = {"finite" if math.isfinite(v) else number(v) for v in (p, q)}
        if len(kinds) == 2:
            classes += 1
        elif kinds == {"finite"}:
            if signed_zero and p == q == 0 and math.copysign(1, p) != math.copysign(1, q):
                classes += 1
                continue
            error = abs(Fraction(p) - Fraction(q))
            allowed = Fraction(atol) + Fraction(rtol) * abs(Fraction(q))
            if abs(error - allowed) <= allowed * Fraction(1, 2**50):
                close.add(i)
            values += error > allowed
    return classes, values, close


def steps_between(p: float, q: float) -> int:
    def place(v: float) -> int:
        bits = struct.unpack("<q", struct.pack("<d", v))[0]
        return bits if bits >= 0 else -(bits & 0x7FFFFFFFFFFFFFFF)

    return abs(place(p) - place(q))


NEIGHBOURS = st.tuples(
    VALUES | st.floats(-10, 10), st.sampled_from(["same", "ulp", "near", "far", "sign", "any"]), VALUES
)


def _moved(value: float, how: str, other: float) -> float:
    if how == "ulp":
        return float(np.nextafter(value, math.inf))
    if how == "near":
        return value * (1 + 1e-13)
    if how == "far":
        return value * 1.5 + 1e-3
    if how == "sign":
        return -value
    return other if how == "any" else value


# Two distances in ulp beyond 2^53 that are one double.
@example([(0.0, "same", 0.0)] * 3 + [(0.0, "far", 0.0), (-5e-324, "far", 0.0)], 1, 0.0, 0.0, True)
@settings(max_examples=300, deadline=None)
@given(
    st.lists(NEIGHBOURS, min_size=1, max_size=90),
    st.integers(1, 20),
    st.sampled_from([0.0, 1e-15, 1e-12, 0.4]),
    st.sampled_from([0.0, 1e-13, 2.0]),
    st.booleans(),
)
def test_blocks_agree_with_exact_arithmetic_per_element(
    elements: list[tuple[float, str, float]], block: int, rtol: float, atol: float, signed_zero: bool
) -> None:
    with np.errstate(all="ignore"):
        b = np.array([value for value, _, _ in elements])
        a = np.array([_moved(*element) for element in elements])
    classes, values, close = exactly(a, b, rtol, atol, signed_zero)
    more = {"rtol": rtol, "atol": atol, "signed_zero": signed_zero, "constant_ok": True}
    found = []
    with pytest.MonkeyPatch.context() as patch:
        found.append(compare(a, b, **more))  # type: ignore[arg-type]
        patch.setattr(distances, "FEW", -1)
        found.append(compare(a, b, **more))  # type: ignore[arg-type]
        patch.setattr(distances, "BLOCK", block)
        found.append(compare(a, b, **more))  # type: ignore[arg-type]
        patch.setattr(distances, "_in_blocks", lambda found, x, y, *rest: distances._with_masks(found, 0, x, y, *rest))
        found.append(compare(a, b, **more))  # type: ignore[arg-type]
    # the ways are one: not only the verdict, but every measure and every place
    assert len({repr(one) for one in found}) == 1
    one = found[0]
    assert (one.reason == "class") == bool(classes)
    finite = np.isfinite(a) & np.isfinite(b)
    with np.errstate(all="ignore"):
        overflow = bool(np.isinf((a - b)[finite]).any())
    if not close and not overflow:
        assert one.differing == classes + values
        assert one.ok == (classes + values == 0)
    pairs = [(p, q) if math.isfinite(p) and math.isfinite(q) else (0.0, 0.0) for p, q in zip(a, b, strict=True)]
    if one.ulp is not None:
        steps = [steps_between(float(p), float(q)) for p, q in pairs]
        assert one.ulp == Worst(float(max(steps)), (steps.index(max(steps)),))
    if one.absolute is not None and not overflow:
        errors = [abs(float(p) - float(q)) for p, q in pairs]
        assert one.absolute == Worst(max(errors), (errors.index(max(errors)),))


def test_a_single_element_anywhere_in_many_blocks_is_found() -> None:
    size = 3 * distances.BLOCK + 5
    b = np.random.RandomState(0).randn(size)
    places = {0, 1, size - 1, *(k * distances.BLOCK + d for k in (1, 2, 3) for d in (-1, 0, 1))}
    for flat in sorted(places):
        for wrong, reason in ((b[flat] + 1e-9, "value"), (NAN, "class"), (-b[flat], "value"), (INF, "class")):
            a = b.copy()
            a[flat] = wrong
            found = check(a, b)
            assert (found.reason, found.differing, found.ratio and found.ratio.index) == (reason, 1, (flat,))
    zeros = b.copy()
    zeros[[5, size - 1]] = 0.0
    a = zeros.copy()
    a[size - 1] = -0.0
    assert check(a, zeros).reason == "class"
    assert check(a, zeros, signed_zero=False).ok
    half = np.zeros(size)
    half[size - 1] = 0.5
    assert check(a, zeros, half_unit=half).ok
    a[size - 1] = 0.4
    assert check(a, zeros, half_unit=half).ok
    assert check(a, zeros, half_unit=half[::-1].copy()).reason == "value"
