"""What R writes beside values (names, levels, dates, units) comes to Python with them, and goes back bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parity import bridge
from parity.bridge import Duration, Factor, Frame, Labelled, Moment

NA_BITS = 0x7FF00000000007A2
few = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def identical() -> bridge.RFunction:
    """Bit for bit, also which NaN it is, and every attribute."""
    return bridge.function("function(x, y) identical(x, y, num.eq = FALSE, single.NA = FALSE)")


def labelled(code: str) -> Any:
    return bridge.to_python(bridge.evaluate(code), labels=True)


ROUND_TRIPS = [
    # float64, int32, logical, character
    "c(1.5, NA, NaN, -0, Inf, -Inf, 5e-324)",
    "c(1L, -2147483647L)",
    "c(TRUE, FALSE)",
    "c('가', '', 'NA', NA)",
    # names
    "c(a = 1, b = 2)",
    "c(a = 1L, 2L)",
    "structure(1:2, names = c('a', NA))",
    "c(x = TRUE)",
    "c(x = 'y')",
    "structure(numeric(0), names = character(0))",
    # dimnames
    "matrix(1:6, 2, dimnames = list(c('r', 's'), NULL))",
    "matrix(c(1.5, 2, 3, 4), 2, dimnames = list(c('r', 's'), c('가', 'b')))",
    "matrix(c('a', 'b'), 1, dimnames = list(NULL, c('x', 'y')))",
    "array(as.numeric(1:24), 2:4, list(letters[1:2], NULL, letters[1:4]))",
    "matrix(1:4, 2, dimnames = list(rows = c('a', 'b'), columns = c('c', 'd')))",
    "matrix(numeric(0), 0, 2, dimnames = list(NULL, c('x', 'y')))",
    "table(c(1, 1, 2), c('a', 'b', 'a'))",
    "table(k = c('u', 'v', 'u'))",
    "table(c('u', 'v', 'u'))",
    "noquote(c('a', 'b'))",
    # factors
    "factor(c('u', 'v', NA, 'u'))",
    "factor(c('u', 'v'), levels = c('v', 'u', 'never'))",
    "factor(c('lo', 'hi'), levels = c('lo', 'hi'), ordered = TRUE)",
    "factor(character(0))",
    "factor(c(NA, NA))",
    "addNA(factor(c('a', NA)))",
    "structure(factor(c('u', 'v')), names = c('a', 'b'))",
    "structure(factor(c('u', 'v', 'u', 'w')), dim = c(2L, 2L))",
    # dates and times
    "as.Date(c('2024-02-29', NA, '1899-12-31'))",
    "structure(as.Date('2024-02-29'), names = 'leap')",
    "structure(numeric(0), class = 'Date')",
    "as.POSIXct(c('2024-03-10 01:30:00', NA), tz = 'UTC')",
    "as.POSIXct('2024-07-01 12:00:00', tz = 'Asia/Seoul')",
    "structure(c(a = 0, b = 1.5), class = c('POSIXct', 'POSIXt'), tzone = '')",
    "structure(c(1e9, 1e9 + 0.25), class = c('POSIXct', 'POSIXt'))",
    "structure(c(1.7e9 + 0.123456, 1.7e9 + 1e-6), class = c('POSIXct', 'POSIXt'), tzone = 'UTC')",
    "structure(-1234567.891, class = c('POSIXct', 'POSIXt'), tzone = 'UTC')",
    "structure(matrix(c(0, 86400), 1), class = c('POSIXct', 'POSIXt'), tzone = 'UTC')",
    "as.difftime(c(1.5, NA), units = 'hours')",
    "as.Date('2024-03-01') - as.Date('2024-02-01')",
    # nested
    "list(a = c(x = 1), f = factor('u'), l = list(d = as.Date('2000-01-01'), n = NULL), 3)[1:3]",
    "list(factor('u'), NULL, list())",
]


@pytest.mark.parametrize("code", ROUND_TRIPS)
def test_r_to_python_to_r(identical: bridge.RFunction, code: str) -> None:
    value = bridge.evaluate(code)
    assert identical(value, bridge.to_python(value, labels=True))[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("c(a = 1, b = 2)", "c(zz = 1, yy = 2)"),
        ("c(a = 1)", "1"),
        ("factor(c('u', 'v'))", "factor(c('u', 'v'), levels = c('v', 'u'))"),
        ("factor('u')", "factor('u', ordered = TRUE)"),
        ("as.Date('1970-01-02')", "1"),
        ("structure(0, class = c('POSIXct', 'POSIXt'), tzone = 'UTC')", "structure(0, class = c('POSIXct', 'POSIXt'))"),
        ("as.difftime(1, units = 'hours')", "as.difftime(1, units = 'mins')"),
        ("NA_real_", "NaN"),
    ],
)
def test_the_round_trip_would_see_a_difference(identical: bridge.RFunction, one: str, other: str) -> None:
    assert not identical(bridge.evaluate(one), labelled(other))[0]


def test_names() -> None:
    got = labelled("c(a = 1, b = 2)")
    assert isinstance(got, Labelled)
    assert (got.values.tolist(), got.names, got.axes, got.classes) == ([1, 2], (("a", "b"),), None, ())
    got = labelled("matrix(1:2, 1, dimnames = list(NULL, c('x', NA)))")
    assert (got.values.tolist(), got.names) == ([[1, 2]], (None, ("x", None)))
    got = labelled("table(k = c('u', 'v', 'u'))")
    assert (got.values.tolist(), got.names, got.axes, got.classes) == ([2, 1], (("u", "v"),), ("k",), ("table",))


def test_a_factor() -> None:
    got = labelled("factor(c('u', NA, 'v'), levels = c('v', 'u'), ordered = TRUE)")
    assert isinstance(got, Factor)
    assert (got.codes.tolist(), got.levels, got.ordered, got.names) == ([1, -1, 0], ("v", "u"), True, None)
    assert got.codes.dtype == np.int32
    assert not got.codes.flags.writeable


def test_dates_and_times() -> None:
    got = labelled("as.Date(c('2024-02-29', NA))")
    assert got.dtype == "M8[D]"
    assert got.tolist()[0].isoformat() == "2024-02-29"
    assert np.isnat(got[1])
    assert not got.flags.writeable
    # An NA that R has reckoned with has one bit more, and stays an NA.
    assert np.isnat(labelled("as.Date(c('2024-02-29', NA)) + 1")).tolist() == [False, True]
    assert np.isnat(labelled("as.POSIXct(c(0, NA), origin = '1970-01-01', tz = 'UTC') + 1")).tolist() == [False, True]
    got = labelled("as.POSIXct('2024-07-01 12:00:00', tz = 'UTC')")
    assert got.dtype == "M8[s]"
    assert str(got[0]) == "2024-07-01T12:00:00"
    got = labelled("as.POSIXct('2024-07-01 12:00:00', tz = 'Asia/Seoul')")
    assert isinstance(got, Moment)
    assert (str(got.values[0]), got.tz, got.names) == ("2024-07-01T03:00:00", "Asia/Seoul", None)
    got = labelled("as.difftime(c(a = 90), units = 'mins')")
    assert isinstance(got, Duration)
    assert (got.values.tolist(), got.units, got.names) == ([90], "mins", (("a",),))


@pytest.mark.parametrize(
    ("seconds", "unit"), [("1e9", "s"), ("1e9 + 0.5", "ms"), ("0.000001", "us"), ("2e8 + 0.123456789", "ns")]
)
def test_the_unit_is_the_coarsest_that_loses_nothing(seconds: str, unit: str) -> None:
    got = labelled(f"structure({seconds}, class = c('POSIXct', 'POSIXt'), tzone = 'UTC')")
    assert got.dtype == f"M8[{unit}]"


def test_a_data_frame_keeps_what_its_columns_are() -> None:
    got = labelled("data.frame(f = factor(c('u', 'v')), d = as.Date(c('2000-01-01', NA)), x = c(1.5, NA), s = 'a')")
    assert isinstance(got, Frame)
    assert (list(got.columns), got.rows) == (["f", "d", "x", "s"], None)
    assert got.columns["f"].levels == ("u", "v")
    assert got.columns["d"].dtype == "M8[D]"
    assert got.columns["x"].view(np.uint64)[1] == NA_BITS
    assert got.columns["s"].array().tolist() == ["a", "a"]


@pytest.mark.parametrize("code", ["1", "matrix(1:4, 2)", "c('a', NA)", "NULL", "structure(1:3, note = 'ours')"])
def test_what_has_no_labels_is_as_without(code: str) -> None:
    value = bridge.evaluate(code)
    plain, got = bridge.to_python(value), bridge.to_python(value, labels=True)
    assert type(got) is type(plain)
    assert np.array_equal(got, plain)


def test_without_labels_they_are_dropped_as_before() -> None:
    assert bridge.to_python(bridge.evaluate("c(a = 1, b = 2)")).tolist() == [1, 2]
    assert bridge.to_python(bridge.evaluate("as.Date('1970-01-11')")).tolist() == [10]
    assert bridge.function("function() matrix(1:2, 1, dimnames = list('a', NULL))")().tolist() == [[1, 2]]
    got = bridge.to_python(bridge.evaluate("list(f = factor(c('u', NA)), g = structure(factor('v'), dim = 1L))"))
    assert (got["f"].tolist(), got["g"].tolist()) == (["u", None], ["v"])


@pytest.mark.parametrize("labels", [True, False])
def test_64_bit_integers_of_the_package_bit64(labels: bool) -> None:
    code = "x <- structure(c(0, 0), class = 'integer64'); x[] <- unclass(x) + c(5e-324, 1e-323); x"
    got = bridge.to_python(bridge.evaluate(code), labels=labels)
    assert (got.dtype, got.tolist()) == (np.int64, [1, 2])
    with pytest.raises(bridge.ConversionError, match="integer64 vector with NA"):
        bridge.to_python(bridge.evaluate("structure(-0, class = 'integer64')"), labels=labels)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("structure(0.5, class = 'Date')", "no whole day"),
        ("structure(NaN, class = 'Date')", "NaN or infinite"),
        ("structure(Inf, class = c('POSIXct', 'POSIXt'))", "NaN or infinite"),
        ("structure(1/3, class = c('POSIXct', 'POSIXt'))", "finer than nanoseconds"),
        ("structure(1e17, class = c('POSIXct', 'POSIXt'))", "beyond their years"),
        ("structure(0, class = c('POSIXct', 'POSIXt'), tzone = c('', 'KST', 'KDT'))", "'tzone' is not one text"),
        ("structure(3L, levels = 'a', class = 'factor')", "none of its 1 levels"),
        ("structure(0L, levels = 'a', class = 'factor')", "none of its 1 levels"),
        ("structure(1L, levels = 7, class = 'factor')", "levels are no texts"),
    ],
)
def test_refused_on_the_way_to_python(code: str, why: str) -> None:
    value = bridge.evaluate(code)
    with pytest.raises(bridge.ConversionError, match=why):
        bridge.to_python(value, labels=True)


ONE = np.array([1.0])


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (Labelled(ONE, (("a", "b"),)), "2 names for the 1 elements along axis 0"),
        (Labelled(ONE, (None, None)), "names of 2 axes for an array of 1"),
        (Labelled(np.eye(2), (None, None), ("a",)), "names for 1 axes of an array of 2"),
        (Labelled(ONE, (None,), None, ("factor",)), "goes to R as a Factor"),
        (Labelled(np.array([1j], dtype=np.clongdouble), (("a",),)), "clongdouble|complex256"),
        (Labelled(ONE, (("a\0",),)), "NUL"),
        (Factor(np.array([0, 2]), ("a", "b")), "from -1 \\(NA\\) to 1"),
        (Factor(np.array([-2]), ("a",)), "from -1"),
        (Factor(np.array([0.0]), ("a",)), "codes are integers"),
        (Factor(np.array([0]), ("a", "a")), "all different"),
        (Factor(np.array([0]), ("a",), False, (("x", "y"),)), "2 names"),
        (Moment(ONE, "UTC"), "values are datetime64"),
        (np.array([2**60 + 1], dtype="M8[ns]"), "can't hold these times to the ns"),
        (np.array([1], dtype="M8[as]"), "units of 'as'"),
    ],
    ids=repr,
)
def test_refused_on_the_way_to_r(value: Any, why: str) -> None:
    identity = bridge.function("identity")
    for nested in (value, [value], {"a": value}):
        with pytest.raises(bridge.ConversionError, match=why):
            identity(nested)
    assert identity(1)[0] == 1, "the bridge still works"


@pytest.mark.parametrize(
    ("value", "r"),
    [
        (Factor(np.array([1, -1, 0], dtype=np.int8), ("a", "b")), "factor(c('b', NA, 'a'))"),
        (np.array(["2024-02-29", "NaT"], dtype="M8[D]"), "as.Date(c('2024-02-29', NA))"),
        (np.array(["2024-02"], dtype="M8[M]"), "as.Date('2024-02-01')"),
        (np.datetime64("2024-02-29"), "as.Date('2024-02-29')"),
        (np.array(["2024-02-29"], dtype=">M8[D]"), "as.Date('2024-02-29')"),
        (np.array(["2024-02-29T12"], dtype="M8[h]"), "as.POSIXct('2024-02-29 12:00:00', tz = 'UTC')"),
        (np.array([["2024-02-29T12:00:00.5"]], dtype="M8[ms]"), "as.POSIXct('2024-02-29 12:00:00.5', tz = 'UTC')"),
        (Labelled(np.float64(1), (("a",),)), "c(a = 1)"),
        (Labelled(np.array([1, 2]), (None,)), "1:2"),
        (Moment(np.array(["2024-02-29"], dtype="M8[D]"), "Asia/Seoul"), "as.POSIXct('2024-02-29 09:00', 'Asia/Seoul')"),
    ],
    ids=repr,
)
def test_python_to_r(identical: bridge.RFunction, value: Any, r: str) -> None:
    expected = bridge.evaluate(r)
    if np.ndim(value) == 2:
        expected = bridge.function("function(x) structure(x, dim = c(1L, 1L))").keep(expected)
    assert identical(value, expected)[0]


seconds = st.floats(-8e9, 8e9, allow_nan=False).filter(lambda s: s == 0 or abs(s) > 2**23)


@few
@given(st.lists(seconds | st.none(), max_size=5))
def test_any_time_goes_there_and_back(identical: bridge.RFunction, times: list[float | None]) -> None:
    numbers = np.array([0.0 if t is None else t + 0.0 for t in times])
    numbers.view(np.uint64)[[t is None for t in times]] = NA_BITS
    value = bridge.function("function(x) structure(x, class = c('POSIXct', 'POSIXt'), tzone = 'UTC')").keep(numbers)
    got = bridge.to_python(value, labels=True)
    assert got.dtype.kind == "M"
    assert identical(value, got)[0]


@few
@given(st.integers(-(2**52), 2**52), st.sampled_from(["s", "ms", "us"]))
def test_any_tick_that_a_double_holds(tick: int, unit: str) -> None:
    sent = np.array([tick], dtype=f"M8[{unit}]")
    try:
        got = bridge.to_python(bridge.function("identity").keep(sent), labels=True)
    except bridge.ConversionError:
        assert unit != "s"
        return
    assert got[0] == sent[0]


def test_keep_and_read() -> None:
    f = bridge.function("function(x) list(out = x, names = c(a = 1), f = factor('u'), out = 2, l = list(b = NULL))")
    kept, values = f.keep_and_read(("f", "out", "nothing", "names"), x=np.eye(2))
    assert list(values) == ["f", "out", "names"], "what is not there is not there, and the order is the asker's"
    assert np.array_equal(values["out"], np.eye(2)), "the first of two of the same name"
    assert values["f"].levels == ("u",)
    assert values["names"].names == (("a",),)
    element = kept.element("l")
    assert element is not None
    assert bridge.to_python(element) == {"b": None}
    plain = bridge.read(kept, ("names",))
    assert plain["names"].tolist() == [1]
    assert bridge.read(bridge.evaluate("c(a = 1)"), ("a",)) == {}, "a vector is no container"
    assert bridge.read(bridge.evaluate("list(1, 2)"), ("a",)) == {}
    envir = bridge.evaluate("e <- new.env(); e$a <- factor('u'); e")
    assert bridge.read(envir, ("a", "b"), labels=True)["a"].levels == ("u",)
