"""Data frames across the bridge, both ways, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parity import bridge
from parity.arrays import NA_BITS
from parity.bridge import texts
from parity.columns import Instants, Nullable, Spans, Sparse, Texts
from parity.fixture.model import Column, Factor, Frame
from parity.subjects.frames import dataframe, frame_of, in_r, same_bits, table_of
from parity.subjects.observation import Table, as_table

NA = np.array([NA_BITS], dtype=np.uint64).view(np.float64)[0]
DAYS = st.integers(-200_000, 200_000)
SECONDS = st.integers(-(2**33), 2**33)
SOME_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@pytest.fixture(scope="module")
def identity() -> bridge.RFunction:
    return bridge.function("function(x) x")


@pytest.fixture(scope="module")
def identical() -> bridge.RFunction:
    return bridge.function("function(a, b) identical(a, b, num.eq = FALSE, single.NA = FALSE)")


def r(code: str) -> Any:
    return bridge.to_python(bridge.evaluate(code), labels=True)


# -- what comes out of R -----------------------------------------------------------------------------------------------


def test_the_columns_of_a_data_frame() -> None:
    got = r(
        "data.frame(i = c(1L, NA), l = c(NA, TRUE), whole = 1:2, is = c(TRUE, FALSE), s = c('é', NA),"
        " f = factor(c('u', NA), levels = c('v', 'u')), d = as.Date(c('2020-01-01', NA)), x = c(NA, NaN),"
        " z = .POSIXct(c(0, NA), tz = 'Asia/Seoul'), q = as.difftime(c(1.5, NA), units = 'mins'))"
    ).columns
    assert isinstance(got["i"], Nullable)
    assert (got["i"].values[0], got["i"].missing.tolist()) == (1, [False, True])
    assert (got["l"].values[1], got["l"].missing.tolist()) == (True, [True, False])
    assert (got["whole"].dtype, got["whole"].tolist()) == (np.int32, [1, 2])
    assert (got["is"].dtype, got["is"].tolist()) == (np.bool_, [True, False])
    assert got["s"].array().tolist() == ["é", None]
    assert (got["f"].codes.tolist(), got["f"].levels) == ([1, -1], ("v", "u"))
    assert [str(day) for day in got["d"]] == ["2020-01-01", "NaT"]
    assert got["x"].view(np.uint64)[0] == NA_BITS
    assert got["x"].view(np.uint64)[1] != NA_BITS
    assert (str(got["z"].values[0]), got["z"].tz) == ("1970-01-01T00:00:00", "Asia/Seoul")
    assert (got["q"].values[0], got["q"].units) == (1.5, "mins")


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("data.frame(x = 1:3)", None),
        ("data.frame(x = 1:3)[c(1, 3), , drop = FALSE]", None),  # row names that are numbers
        ("data.frame(x = 1:2, row.names = c('b', 'a'))", ("b", "a")),
        ("data.frame(x = integer())", None),
        ("data.frame()", None),
    ],
)
def test_the_names_of_rows(code: str, rows: tuple[str, ...] | None) -> None:
    assert r(code).rows == rows


def test_what_has_no_form_names_its_column() -> None:
    with pytest.raises(bridge.ConversionError, match=r"column 'b': .* finer than nanoseconds"):
        r("data.frame(a = 1, b = .POSIXct(1e-12))")
    with pytest.raises(bridge.ConversionError, match="two columns named 'a'"):
        r("data.frame(a = 1, a = 2, check.names = FALSE)")
    with pytest.raises(bridge.ConversionError, match="column 2 of a data frame has no name"):
        r("structure(list(1, 2), names = c('a', ''), class = 'data.frame', row.names = 1L)")
    with pytest.raises(bridge.ConversionError, match="whose columns have no names"):
        r("structure(list(1, 2), class = 'data.frame', row.names = 1L)")


def test_integer64_with_na() -> None:
    column = "structure(c(5e-324, -0.0), class = 'integer64')"
    code = f"structure(list(n = {column}), class = 'data.frame', row.names = 1:2)"
    assert r(code).columns["n"].missing.tolist() == [False, True]
    assert r(code).columns["n"].values[0] == 1


# -- there and back ----------------------------------------------------------------------------------------------------


def _array(elements: st.SearchStrategy[Any], rows: int, dtype: Any) -> st.SearchStrategy[np.ndarray]:
    return st.lists(elements, min_size=rows, max_size=rows).map(lambda values: np.array(values, dtype=dtype))


def _texts(rows: int) -> st.SearchStrategy[np.ndarray]:
    def array(values: list[str | None]) -> np.ndarray:
        return np.array(values, dtype=np.dtypes.StringDType(na_object=None))

    return st.lists(st.none() | SOME_TEXT, min_size=rows, max_size=rows).map(array)


def _column(rows: int) -> st.SearchStrategy[Column]:
    missing = _array(st.booleans(), rows, bool)
    whole = _array(st.integers(-(2**31) + 1, 2**31 - 1), rows, np.int64)
    doubles = st.sampled_from([NA, np.nan, np.inf, -0.0, 5e-324]) | st.floats(width=64)
    levels = st.lists(SOME_TEXT, unique=True, max_size=4).map(tuple)
    return st.one_of(
        _array(doubles, rows, np.float64),
        whole,
        _array(st.booleans(), rows, np.bool_),
        st.builds(Nullable, whole, missing),
        st.builds(Nullable, _array(st.booleans(), rows, np.bool_), missing),
        _texts(rows),
        levels.flatmap(
            lambda known: st.builds(
                Factor, _array(st.integers(-1, len(known) - 1), rows, np.int32), st.just(known), st.booleans()
            )
        ),
        _array(st.none() | DAYS, rows, "M8[D]"),
        st.builds(Instants, _array(st.none() | SECONDS, rows, "M8[s]"), st.sampled_from(["Asia/Seoul", "EST5EDT"])),
        st.builds(Spans, _array(st.just(NA) | st.floats(0, 1e6), rows, np.float64), st.sampled_from(["secs", "weeks"])),
    )


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    rows = draw(st.integers(0, 5))
    names = draw(st.lists(SOME_TEXT.filter(bool), min_size=1, max_size=4, unique=True))
    return Frame({name: draw(_column(rows)) for name in names})


RULES = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _is(one: Any, other: Any) -> bool:
    """Two columns that say the same, in whatever way."""
    if isinstance(one, Nullable) and not one.missing.any():
        one = one.values
    if isinstance(one, np.ndarray) and one.dtype.kind == "T":
        return bool(one.tolist() == other.array().tolist())
    if isinstance(one, Nullable):
        there = ~one.missing
        return bool((one.missing == other.missing).all() and (one.values[there] == other.values[there]).all())
    if isinstance(one, np.ndarray) and one.dtype.kind in "ibM":
        return bool(one.dtype.kind == other.dtype.kind and one.tolist() == other.tolist())
    if isinstance(one, np.ndarray):
        nan = np.isnan(one)
        na = one.view(np.uint64) == NA_BITS
        same = one[~nan].tobytes() == other[~nan].tobytes() and (nan == np.isnan(other)).all()
        return bool(same and (na == (other.view(np.uint64) == NA_BITS)).all())
    return same_bits(one, type(one)(*(getattr(other, name) for name in one.__dataclass_fields__ if name != "names")))


@RULES
@given(frame=frames())
def test_a_frame_comes_back_from_R(frame: Frame, identity: bridge.RFunction, identical: bridge.RFunction) -> None:
    kept = identity.keep(x=in_r(frame))
    table = as_table(bridge.to_python(kept, labels=True))
    assert list(table.columns) == list(frame.columns)
    assert len(table) == len(frame)
    for name, column in frame.columns.items():
        assert _is(column, table.columns[name]), name
    again = identity.keep(x=bridge.to_python(kept, labels=True))
    assert bridge.function("function(a, b) identical(a, b)")(kept, again)[0]


@RULES
@given(frame=frames())
def test_a_frame_comes_back_from_pandas(frame: Frame) -> None:
    made = dataframe(frame)
    table, once_more = table_of(made), table_of(dataframe(frame_of(made)))
    assert list(table.columns) == list(frame.columns)
    assert len(made) == len(frame)
    for name, column in table.columns.items():
        given = frame.columns[name]
        if isinstance(given, np.ndarray) and given.dtype.kind != "M":
            assert _is(given, column), name
        if isinstance(given, Factor):
            assert same_bits(given, column)
        if not isinstance(given, Spans):  # R's doubles of hours are no whole nanoseconds
            assert same_bits(column, once_more.columns[name]), name


def test_the_round_trip_would_see_a_difference() -> None:
    there = as_table(Frame({"x": np.array([1.0, np.nan])}))
    assert not _is(np.array([1.0, NA]), there.columns["x"])
    assert not _is(np.array([1.0, 2.0]), there.columns["x"])
    assert not same_bits(np.array([0.0]), np.array([-0.0]))
    assert not same_bits(Texts(np.array([0]), ("a",)), Texts(np.array([0]), ("b",)))
    assert same_bits(Texts(np.array([0, -1]), ("a",)), Texts(np.array([1, -1]), ("b", "a")))


def test_names_of_rows_go_both_ways(identity: bridge.RFunction) -> None:
    frame = Frame({"x": np.array([1.5, 2.5])}, rows=("b", "ä"))
    assert bridge.to_python(identity.keep(x=in_r(frame)), labels=True).rows == ("b", "ä")
    assert table_of(dataframe(frame)).rows == ("b", "ä")


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (bridge.Frame({"a": np.zeros(2), "b": np.zeros(3)}), "column 'b' has 3 rows where others have 2"),
        (bridge.Frame({"a": np.zeros(2)}, ("r",)), "1 names for 2 rows"),
        (bridge.Frame({"a": Nullable(np.array([2**31]), np.array([False]))}), "2147483648 is beyond R's integers"),
    ],
)
def test_refused_on_the_way_to_R(frame: bridge.Frame, why: str, identity: bridge.RFunction) -> None:
    with pytest.raises(bridge.ConversionError, match=why):
        identity.keep(x=frame)


def test_what_R_makes_of_it_is_sound(identity: bridge.RFunction) -> None:
    """By R's own means: a frame whose parts are whole, after a collection of garbage at every allocation."""
    frame = Frame(
        {
            "t": Texts(np.array([0, 1, -1, 0]), ("a", "é")),
            "n": Nullable(np.arange(4), np.array([True, False, False, False])),
            "f": Factor(np.array([0, -1, 1, 1], dtype=np.int32), ("u", "v")),
            "z": Instants(np.arange(4).astype("M8[s]"), "Asia/Seoul"),
        }
    )
    bridge.evaluate("gctorture(TRUE)")
    try:
        kept = identity.keep(x=in_r(frame))
        got = bridge.to_python(kept, labels=True)
    finally:
        bridge.evaluate("gctorture(FALSE)")
    assert got.columns["t"].array().tolist() == ["a", "é", None, "a"]
    code = (
        "identical(x, data.frame(t = c('a', 'é', NA, 'a'), n = c(NA, 1:3), f = factor(c('u', NA, 'v', 'v')),"
        " z = .POSIXct(c(0, 1, 2, 3), tz = 'Asia/Seoul')))"
    )
    assert bridge.function(f"function(x) {code}")(kept)[0]


# -- many texts --------------------------------------------------------------------------------------------------------

MANY = [f"{number} é{'' if number % 3 else chr(10)}" for number in range(3 * texts.MANY)]


@pytest.mark.parametrize("missing", [(), (0,), (5, 3 * texts.MANY - 1)])
def test_many_different_texts(missing: tuple[int, ...], identity: bridge.RFunction) -> None:
    sent = [None if place in missing else text for place, text in enumerate(MANY)]
    array = np.array(sent, dtype=np.dtypes.StringDType(na_object=None))
    kept = identity.keep(x=array)
    assert bridge.to_python(kept).tolist() == sent
    assert bridge.function("function(x, i) x[i + 1L]")(kept, 3).tolist() == [sent[3]]
    assert bridge.function("function(x) unique(Encoding(x[!is.na(x)]))")(kept).tolist() == ["UTF-8"]
    assert bridge.function("function(x) sum(is.na(x))")(kept).tolist() == [len(missing)]


def test_many_texts_that_no_R_text_can_be(identity: bridge.RFunction) -> None:
    for odd, why in (("a\0b", "NUL"), ("\ud800", "not valid Unicode")):
        with pytest.raises(bridge.ConversionError, match=why):
            identity.keep(x=Texts(np.arange(len(MANY) + 1), (*MANY, odd)))


def test_many_texts_in_other_encodings() -> None:
    code = "x <- paste0('\\xe9', seq_len(600)); Encoding(x) <- 'latin1'; c(x, paste0('é', 1:600), '한')"
    got = bridge.to_python(bridge.evaluate(code))
    assert got.tolist() == [*[f"é{n}" for n in range(1, 601)]] * 2 + ["한"]
    with pytest.raises(bridge.ConversionError, match="neither UTF-8 nor Latin-1"):
        bridge.to_python(bridge.evaluate("x <- paste0('\\xe9', seq_len(600)); Encoding(x) <- 'bytes'; x"))


# -- complex, raw, sparse ----------------------------------------------------------------------------------------------


def test_complex_numbers_go_both_ways(identity: bridge.RFunction) -> None:
    sent = np.array([[1 + 2j, complex(np.nan, np.inf)], [complex(-0.0, -0.0), 5e-324j], [1j, 2]])
    got = identity(sent)
    assert (got.dtype, got.shape) == (np.complex128, (3, 2))
    assert got.tobytes() == sent.tobytes()
    assert bridge.function("function(x) Im(x[1, 1])")(sent).tolist() == [2.0]
    assert identity(2j).tolist() == [2j]
    assert identity(np.complex64(1 + 1j)).tolist() == [1 + 1j]
    assert r("c(a = 1i)").names == (("a",),)


def test_bytes_are_raw(identity: bridge.RFunction) -> None:
    assert bridge.function("typeof")(b"a\0").tolist() == ["raw"]
    assert (identity(b"a\0\xff").dtype, identity(b"a\0\xff").tolist()) == (np.uint8, [97, 0, 255])


SPARSE = 'methods::setClass("{0}", methods::representation({1}), where = globalenv()); methods::new("{0}", {2})'
SLOTS = 'i = "integer", p = "integer", Dim = "integer", Dimnames = "list", x = "numeric"'


@pytest.mark.parametrize(
    ("kind", "slots", "values", "dense"),
    [
        ("dgCMatrix", SLOTS, "i = c(1L, 0L, 1L), p = c(0L, 1L, 1L, 3L), Dim = 2:3, x = c(5, 6, 0)",
         [[0, 0, 6], [5, 0, 0]]),
        ("dgRMatrix", SLOTS.replace('i = "', 'j = "'), "j = c(2L, 0L), p = c(0L, 1L, 2L), Dim = 2:3, x = c(5, 6)",
         [[0, 0, 5], [6, 0, 0]]),
        ("dgTMatrix", SLOTS.replace('p = "', 'j = "'),
         "i = c(0L, 1L, 0L), j = c(0L, 2L, 0L), Dim = 2:3, x = c(1, 2, 3)", [[4, 0, 0], [0, 0, 2]]),
        ("dsCMatrix", SLOTS, "i = c(0L, 0L), p = c(0L, 1L, 2L), Dim = c(2L, 2L), x = c(1, 2)", [[1, 2], [2, 0]]),
        ("ngCMatrix", SLOTS, "i = 1L, p = c(0L, 0L, 1L), Dim = c(2L, 2L)", [[False, False], [False, True]]),
    ],
)  # fmt: skip
def test_sparse_matrices_by_their_slots(kind: str, slots: str, values: str, dense: list[list[float]]) -> None:
    got = r(SPARSE.format(kind, slots, values))
    assert isinstance(got, Sparse)
    assert got.dense().tolist() == dense
    assert (got.values != 0).all()


@pytest.mark.parametrize(
    ("kind", "slots", "values"),
    [
        ("Elsewhere", 'x = "numeric"', "x = 1"),
        ("lgCMatrix", 'x = "numeric"', "x = 1"),
        ("dtCMatrix", SLOTS, "i = 1L, p = c(0L, 5L), Dim = c(2L, 1L), x = 1"),  # elements that are not there
        ("dtTMatrix", SLOTS, "i = 1L, p = 0L, Dim = c(2L, 1L), x = 1"),
    ],
)
def test_an_object_that_is_no_such_matrix_stays_in_R(kind: str, slots: str, values: str) -> None:
    assert isinstance(r(SPARSE.format(kind, slots, values)), bridge.RValue)


# -- what pandas has ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "kind", "elements"),
    [
        (pd.Series([1, None], dtype=object), Nullable, [1.0, NA]),
        (pd.Series([True, None], dtype=object), Nullable, [True, None]),
        (pd.Series(["a", None], dtype=object), Texts, ["a", None]),
        (pd.Series([None, None], dtype=object), Texts, [None, None]),
        (pd.Series([1.5, None], dtype=object), np.ndarray, [1.5, NA]),
        (pd.Series([1, 2], dtype="Int64"), np.ndarray, [1, 2]),
        (pd.Series([1.5, pd.NA], dtype="Float64"), np.ndarray, [1.5, NA]),
    ],
)
def test_columns_of_objects_are_what_their_elements_are(column: Any, kind: type, elements: list[Any]) -> None:
    got = table_of(pd.DataFrame({"x": column})).columns["x"]
    assert isinstance(got, kind)
    array = got.array() if isinstance(got, Nullable | Texts) else got
    if array.dtype.kind == "f":
        assert array.view(np.uint64).tolist() == np.array(elements).view(np.uint64).tolist()
    else:
        assert array.tolist() == elements


def test_what_pandas_has_and_no_frame_does() -> None:
    frame = pd.DataFrame({"mixed": [1, "a"], "period": pd.period_range("2020", periods=2, freq="M")})
    kinds = {name: column.kind for name, column in table_of(frame).columns.items()}
    assert kinds["mixed"] == "a column of objects (mixed-integer)"
    assert kinds["period"].startswith("a column of period")
    with pytest.raises(ValueError, match="column 'mixed' cannot be handed to both sides"):
        frame_of(frame)
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert table_of(twice).columns["a"].kind == "two columns named a"


def test_indices() -> None:
    frame = pd.DataFrame({"x": [1.5, 2.5, 3.5]})
    assert table_of(frame[frame.x > 2]).rows is None
    assert table_of(frame.set_index(pd.Index([7, 8, 9], name="id"))).columns["id"].tolist() == [7, 8, 9]
    both = frame.set_index(pd.MultiIndex.from_arrays([list("abc"), [1, 2, 3]], names=["g", "n"]))
    assert list(table_of(both).columns) == ["g", "n", "x"]
    assert isinstance(table_of(both), Table)


def test_a_table_does_not_change_with_its_frame() -> None:
    frame = dataframe(Frame({"x": np.array([1.5]), "n": Nullable(np.array([1]), np.array([False]))}))
    table = table_of(frame)
    frame.loc[0, "x"] = 2.5
    frame.loc[0, "n"] = 9
    assert (table.columns["x"].tolist(), table.columns["n"].tolist()) == ([1.5], [1])
