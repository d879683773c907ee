"""What a side gave, written and read back: the same bits, of every kind of leaf."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parity.arrays import NA_BITS, is_na
from parity.bridge.labels import Factor, Labelled, Moment
from parity.subjects import recording
from parity.subjects.observation import (
    Condition,
    Empty,
    Failure,
    Null,
    Observation,
    Table,
    Uncomparable,
    WithNames,
)
from parity.subjects.recording import RecordedCase, Recording, RecordingError, decode, encode

NA = np.array([NA_BITS], np.uint64).view(np.float64)[0]
CALCULATED_NA = np.array([NA_BITS | 1 << 51], np.uint64).view(np.float64)[0]
"""An NA that R has reckoned with has one more bit."""


def there_and_back(leaf: Any) -> Any:
    """Through the text of a file, so that what JSON loses is lost."""
    case = RecordedCase("sha256:0", (Observation(0, "call", {"out": leaf}),))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.r.json"
        recording.write(Recording("r", "a.json", {}, {}, {"one": case}), path)
        return recording.read(path).cases["one"].observations[0].values["out"]


def assert_same_array(actual: Any, expected: np.ndarray) -> None:
    assert type(actual) is np.ndarray
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    if expected.dtype.kind == "f":
        nan = np.isnan(expected)
        assert np.array_equal(np.isnan(actual), nan)
        assert actual[~nan].tobytes() == expected[~nan].tobytes()
        if expected.dtype == np.float64:
            assert np.array_equal(is_na(actual), is_na(expected))
    elif expected.dtype.kind in "UT":
        assert actual.tolist() == expected.tolist()
    else:
        assert actual.tobytes() == expected.tobytes()


shapes = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


@given(st.sampled_from(["f8", "f4", "f2"]).flatmap(lambda kind: arrays.arrays(kind, shapes)))
@example(np.array([-0.0, 0.0, 5e-324, -5e-324, 2.2250738585072009e-308, 1.7976931348623157e308]))
@example(np.array([[np.nan, NA], [CALCULATED_NA, np.inf], [-np.inf, 0.1 + 0.2]]))
@example(np.array(np.nextafter(1, 2)))
@example(np.float32([1e-45, 0.1, 3.4028235e38, 16777217]))
def test_floats_come_back_with_the_same_bits(array: np.ndarray) -> None:
    assert_same_array(there_and_back(array), array)


@given(
    st.sampled_from(["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"]).flatmap(lambda k: arrays.arrays(k, shapes))
)
@example(np.array([2**63 - 1, -(2**63)]))
@example(np.array(2**64 - 1, dtype=np.uint64))
def test_integers_and_truth_values_come_back(array: np.ndarray) -> None:
    assert_same_array(there_and_back(array), array)


@given(st.sampled_from(["c8", "c16"]).flatmap(lambda kind: arrays.arrays(kind, shapes)))
@example(np.array([complex(-0.0, 0.0), complex(np.inf, -np.inf), complex(np.nan, 1.0)]))
def test_complex_numbers_come_back(array: np.ndarray) -> None:
    actual = there_and_back(array)
    assert actual.dtype == array.dtype
    assert actual.shape == array.shape
    narrow = np.dtype(array.dtype.type(0).real.dtype)
    assert_same_array(
        np.ascontiguousarray(actual).reshape(-1).view(narrow), np.ascontiguousarray(array).reshape(-1).view(narrow)
    )


def test_na_among_complex_numbers_is_kept() -> None:
    parts = np.array([NA, 1.0, 2.0, np.nan])
    actual = np.ascontiguousarray(there_and_back(parts.view(np.complex128))).view(np.float64)
    assert_same_array(actual, parts)


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=6), max_size=5))
@example(["", "NA", "한글", "\ud800", "\u2028\x85\x7f\r\n", '"checksum": "md5:0"'])
def test_texts_come_back(texts: list[str]) -> None:
    expected = np.array(texts, dtype=np.str_)
    actual = there_and_back(expected)
    assert actual.tolist() == texts
    assert actual.dtype.kind == "U"


def test_a_missing_text_is_not_the_text_na() -> None:
    actual = there_and_back(np.array([["NA", None], ["", "x"]], dtype=np.dtypes.StringDType(na_object=None)))
    assert actual.tolist() == [["NA", None], ["", "x"]]
    assert actual.dtype == np.dtypes.StringDType(na_object=None)


units = st.sampled_from(["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns"])


@given(
    units.flatmap(lambda unit: arrays.arrays(f"M8[{unit}]", arrays.array_shapes(min_dims=0, min_side=0, max_side=3)))
)
@example(np.array(["2024-02-29", "NaT", "-0044-03-15"], "M8[D]"))
@example(np.array([], "M8[ns]"))
@example(np.array(["NaT"], "M8[us]"))
@settings(deadline=None)
def test_dates_and_times_come_back_in_their_unit(array: np.ndarray) -> None:
    days = array.astype("M8[Y]").astype(np.int64)
    if np.any(np.abs(days[~np.isnat(array)]) > 10**7):  # NumPy itself does not read every year that it writes
        return
    assert_same_array(there_and_back(array), array)


def test_an_instant_without_a_unit_has_that_of_its_digits() -> None:
    """As another writer than this one gives it."""
    actual = decode({"instant": ["2024-02-29T12:00:00.250", None]})
    assert actual.tolist() == np.array(["2024-02-29T12:00:00.250", "NaT"], "M8[ms]").tolist()
    assert actual.dtype == np.dtype("M8[ms]")
    assert decode({"instant": []}).dtype == np.dtype("M8[s]")


def test_a_truth_value_that_is_missing_is_na_as_it_comes_over_the_bridge() -> None:
    assert_same_array(decode({"bool": [True, None]}), np.array([1.0, NA]))
    assert_same_array(decode({"int32": [7, None], "shape": [2, 1]}), np.array([[7.0], [NA]]))


def test_factors_come_back() -> None:
    leaf = Factor(np.array([1, -1, 0], np.int32), ("f", None, "m"), ordered=True, names=(("a", "b", None),))
    actual = there_and_back(leaf)
    assert actual.codes.tolist() == [1, -1, 0]
    assert actual.codes.dtype == np.int32
    assert (actual.levels, actual.ordered, actual.names) == (("f", None, "m"), True, (("a", "b", None),))


def test_names_zones_and_classes_come_back() -> None:
    named = there_and_back(WithNames(np.array([[1.0], [-0.0]]), (("a", None), None)))
    assert type(named) is WithNames
    assert_same_array(named.values, np.array([[1.0], [-0.0]]))
    assert named.names == (("a", None), None)

    moment = there_and_back(Moment(np.array(["2024-01-01T00:00:00"], "M8[s]"), "Asia/Seoul", None))
    assert (type(moment), moment.tz, moment.names) == (Moment, "Asia/Seoul", None)
    assert_same_array(moment.values, np.array(["2024-01-01T00:00:00"], "M8[s]"))
    assert there_and_back(Moment(np.array(["2024-01-01T00:00:00"], "M8[s]"), None)).tz is None

    table = there_and_back(Labelled(np.array([[3, 4]]), (("x",), ("f", "m")), (None, "sex"), ("table",)))
    assert (type(table), table.names, table.axes, table.classes) == (
        Labelled,
        (("x",), ("f", "m")),
        (None, "sex"),
        ("table",),
    )


def test_tables_come_back_with_the_order_of_their_columns() -> None:
    columns = {"z": np.array([1.0, NA]), "a": Factor(np.array([0, 0], np.int32), ("f",)), "": np.array(["x", "y"])}
    actual = there_and_back(Table(columns, ("r1", "r2")))
    assert list(actual.columns) == ["z", "a", ""]
    assert actual.rows == ("r1", "r2")
    assert_same_array(actual.columns["z"], np.array([1.0, NA]))
    assert actual.columns["a"].levels == ("f",)
    assert there_and_back(Table({}, None)).rows is None


def test_what_is_nothing_stays_apart_from_what_is_empty() -> None:
    assert there_and_back(Null()) == Null()
    assert there_and_back(Empty()) == Empty()
    assert there_and_back(Uncomparable("a closure")) == Uncomparable("a closure")
    assert there_and_back(np.empty((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("kind", ["f8", "f4", "i4", "?", "c16"])
def test_a_large_array_is_bytes_and_comes_back(kind: str) -> None:
    array = (np.arange(1002) - 500).reshape(2, 501).astype(kind).T
    encoded = encode(array)
    assert str(next(iter(encoded.values()))).startswith("base64:zlib:")
    assert_same_array(there_and_back(array).T.copy(), array.T.copy())


def test_a_large_array_keeps_na_and_the_sign_of_zero_and_no_other_payload() -> None:
    array = np.linspace(0, 1, 1500)
    array[:4] = [-0.0, NA, np.nan, CALCULATED_NA]
    other = array.copy()
    other.view(np.uint64)[2] = 0xFFF8000000001234
    assert_same_array(there_and_back(array), array)
    assert encode(other) == encode(array)


@pytest.mark.parametrize(
    ("encoded", "said"),
    [
        ({}, "expected one of its type"),
        ([1.5], "is no value"),
        ({"float64": [1.0], "int32": [1]}, "expected one of its type"),
        ({"float64": [1.0], "sahpe": [1]}, "sahpe"),
        ({"float64": [1.0, 2.0], "shape": [3]}, "do not have the shape"),
        ({"float64": [1.0], "shape": [-1, -1]}, "do not have the shape"),
        ({"float64": ["1.0"]}, "no number of float64"),
        ({"float64": [True]}, "no number of float64"),
        ({"float64": [None], "x": 1}, "expected one of its type"),
        ({"float64": [2**53 + 1]}, "no number of float64"),
        ({"float32": ["NA"]}, "no number of float32"),
        ({"float64": "base64:zlib:AAAA"}, "cannot be read"),
        ({"float64": "1, 2"}, "is no array"),
        ({"int32": [2**31]}, "cannot hold"),
        ({"int32": [1.5]}, "not whole"),
        ({"bool": [1]}, "neither true nor false"),
        ({"text": [1]}, "is no text"),
        ({"date": ["29.2.2024"]}, "more than its digits"),
        ({"date": ["2024-02-29T12:00"]}, "is no date"),
        ({"date": ["2023-02-29"]}, "cannot be read"),
        ({"instant": ["2024-02-29T12:00:00+09:00"]}, "more than its digits"),
        ({"factor": [2], "levels": ["a"]}, "a code without a level"),
        ({"float64": [1.0], "names": [["a", "b"]]}, "do not fit"),
        ({"table": {"columns": [["a", {"float64": [1.0]}], ["a", {"null": True}]], "rows": None}}, "a column"),
        ({"complex128": [[1.0]]}, "no complex number"),
    ],
)
def test_what_is_no_leaf_is_refused(encoded: Any, said: str) -> None:
    with pytest.raises(RecordingError, match=said):
        decode(encoded)


def test_what_has_no_form_is_refused_when_it_is_written() -> None:
    with pytest.raises(RecordingError, match="out of call: an array of "):
        recording.encode_observation(Observation(0, "call", {"out": np.array([1], np.longdouble)}))


# -- observations and files --------------------------------------------------------------------------------------------

WHOLE = Recording(
    "r",
    "affine.json",
    {"r": "4.2.2", "packages": {"survival": "3.5-3"}},
    {"port.R": "md5:00"},
    {
        "한 사례": RecordedCase(
            "sha256:aa",
            (
                Observation(0, "train", {"loss": np.array([2.0])}, step=1, piece=1),
                Observation(
                    1,
                    "call",
                    changed=("x of call",),
                    warnings=(Condition(("simpleWarning", "warning"), "NaNs produced"),),
                    error=Failure(("myError", "error"), "no", "port.R:3"),
                ),
            ),
        )
    },
)


def test_observations_come_back_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "affine.r.json"
    recording.write(WHOLE, path)
    again = recording.read(path)
    first, second = again.cases["한 사례"].observations
    assert (first.call, first.do, first.step, first.piece) == (0, "train", 1, 1)
    assert first.values["loss"].tolist() == [2.0]
    assert second == WHOLE.cases["한 사례"].observations[1]
    assert (again.side, again.fixture, again.environment, again.sources) == (
        "r",
        "affine.json",
        {"r": "4.2.2", "packages": {"survival": "3.5-3"}},
        {"port.R": "md5:00"},
    )
    assert again.cases["한 사례"].inputs == "sha256:aa"
    assert [file.name for file in path.parent.iterdir()] == ["affine.r.json"]
    before = path.read_bytes()
    recording.write(again, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[2.0]", "[2.5]", "changed by hand"),
        ('"sha256:aa"', '"sha256:ab"', "changed by hand"),
        (' "checksum": "md5:', ' "checksum": "md5:0', "changed by hand"),
        (' "checksum": ', ' "checksums": ', "changed by hand"),
        ('"version": 1', '"version": 2', "version 2"),
        ('"parity": "recording"', '"parity": "report"', "no recording"),
        ("{", "[", "no JSON"),
        ('"side": "r"', '"side": "r", "side": "r"', "stands twice"),
        ("[2.0]", "[NaN]", "no JSON"),
    ],
)
def test_a_file_that_was_changed_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "affine.r.json"
    recording.write(WHOLE, path)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(RecordingError, match=said):
        recording.read(path)


def test_line_ends_of_another_system_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "affine.r.json"
    recording.write(WHOLE, path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert list(recording.read(path).cases) == ["한 사례"]


def test_a_small_matrix_is_a_line_per_row() -> None:
    case = RecordedCase("sha256:0", (Observation(0, "call", {"out": np.arange(16.0).reshape(4, 4) / 7}),))
    text = recording.to_text(Recording("r", "a.json", {}, {}, {"one": case}))
    assert "0.0, 0.14285714285714285, 0.2857142857142857, " in text
    rows = [line for line in text.splitlines() if line.count(", ") == 3 and line.strip()[0].isdigit()]
    assert [row.split(",")[0].strip() for row in rows] == [
        "0.0",
        "0.5714285714285714",
        "1.1428571428571428",
        "1.7142857142857142",
    ]
    assert max(map(len, text.splitlines())) <= 120
