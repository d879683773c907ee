"""Frames as a fixture writes them: read, refused with a sentence, and typed into a console."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity import bridge
from parity.arrays import NA_BITS, is_na
from parity.columns import Instants, Nullable, Spans, Texts
from parity.consoles.case_lines import session_case, session_lines
from parity.consoles.literals import python_literal, r_literal
from parity.evidence import frames
from parity.fixture.model import Factor, Frame, Join, Tolerance
from parity.fixture.problems import FixtureError
from parity.fixture.read import read_fixture
from parity.subjects.frames import leaf_of, table_of
from parity.subjects.observation import as_table
from parity.subjects.recording import RecordingError, decode, encode
from tests.frames.conftest import PEOPLE, Both, wrong

Write = Callable[..., Path]
EXACT = Tolerance(0.0, 0.0)


@pytest.fixture
def read(write: Write) -> Callable[..., Frame]:
    def frame(entry: Any, **fixture: Any) -> Frame:
        def change(document: dict[str, Any]) -> None:
            del document["derivatives"]
            document.update(fixture, python="port:halve", r="halve")
            document["cases"] = [{"id": "one", "calls": [{"do": "call", "with": {"x": entry}, "returns": "y"}]}]

        return read_fixture(write(change)).cases[0].calls[0].arguments["x"]  # type: ignore[return-value]

    return frame


def bits(values: np.ndarray) -> list[int]:
    return values.view(np.uint64).tolist()


def test_the_columns_of_a_frame(read: Callable[..., Frame]) -> None:
    frame = read(PEOPLE)
    assert frame.key == ("id",)
    columns = frame.columns
    assert columns["id"].tolist() == [3, 1, 2, 7]
    assert columns["id"].dtype == np.int64
    assert is_na(columns["age"]).tolist() == [False, False, True, False]
    assert np.isnan(columns["age"][1])
    assert np.signbit(columns["age"][3])
    assert isinstance(columns["children"], Nullable)
    assert columns["children"].missing.tolist() == [False, True, False, False]
    assert columns["married"].values.tolist() == [True, False, False, True]
    assert columns["name"].tolist() == ["Ada", None, "", "영희"]
    assert isinstance(columns["group"], Factor)
    assert (columns["group"].codes.tolist(), columns["group"].levels) == ([1, -1, 0, 1], ("v", "u", "w"))
    assert str(columns["born"][0]) == "1980-02-29"
    assert isinstance(columns["seen"], Instants)
    assert (str(columns["seen"].values[2]), columns["seen"].tz) == ("2024-07-01T00:30:00", "America/New_York")
    assert isinstance(columns["took"], Spans)
    assert (columns["took"].values[3], columns["took"].units) == (0.25, "hours")
    assert bits(columns["took"].values)[2] == NA_BITS


def test_names_that_are_listed_as_integers_are_whole(read: Callable[..., Frame]) -> None:
    frame = read({"frame": {"n": [1, None], "x": [1, None]}}, integers=["n"])
    assert isinstance(frame.columns["n"], Nullable)
    assert bits(frame.columns["x"]) == [*np.array([1.0]).view(np.uint64).tolist(), NA_BITS]


def test_instants_with_an_offset_are_in_UTC(read: Callable[..., Frame]) -> None:
    texts = ["2024-01-01T09:00+09:00", "2023-12-31T23:30:00.5-00:30", None]
    column = read({"frame": {"at": {"instant": texts}}}).columns["at"]
    assert [str(value) for value in column.values] == [
        "2024-01-01T00:00:00.000", "2024-01-01T00:00:00.500", "NaT",
    ]  # fmt: skip
    assert column.tz == "UTC"


@pytest.mark.parametrize(
    ("entry", "where", "problem"),
    [
        ({"frame": {}}, ".frame", "{} is no data frame"),
        ({"frame": 3}, ".frame", "3 is no data frame"),
        ({"frame": {"a": [1], "b": [1, 2]}}, ".frame.b", '2 rows where column "a" has 1'),
        ({"frame": {"a": 1}}, ".frame.a", "1 is no column"),
        ({"frame": {"a": [[1, 2]]}}, ".frame.a", "[[1, 2]] is no column"),
        ({"frame": {"a": [1, "x"]}}, ".frame.a[1]", '"x", a string, among numbers'),
        ({"frame": {"a": ["x", "NA"]}}, ".frame.a[1]", '"NA" among texts'),
        ({"frame": {"a": {"integer": [1, 1.5]}}}, ".frame.a.integer[1]", "1.5 is no whole number"),
        ({"frame": {"a": {"integer": [1, "x"]}}}, ".frame.a.integer[1]", '"x" is no whole number'),
        ({"frame": {"a": {"integer": [3000000000]}}}, ".frame.a.integer[0]", "3000000000 does not fit R's integers"),
        ({"frame": {"a": {"date": "2020-01-01"}}}, ".frame.a.date", '"2020-01-01" is no column'),
        ({"frame": {"a": {"date": ["2020-02-30"]}}}, ".frame.a.date[0]", '"2020-02-30" is no date'),
        ({"frame": {"a": {"instant": ["2020-01-01"]}}}, ".frame.a.instant[0]", '"2020-01-01" is no instant'),
        ({"frame": {"a": {"instant": ["2020-13-01T00:00Z"]}}}, ".frame.a.instant[0]", "is no instant"),
        ({"frame": {"a": {"instant": [], "tz": "Seoul"}}}, ".frame.a.tz", '"Seoul" is no time zone'),
        ({"frame": {"a": {"span": [1], "units": "years"}}}, ".frame.a.units", '"years" is no unit of time'),
        ({"frame": {"a": [1]}, "key": ["b"]}, ".key[0]", 'there is no column "b"'),
        ({"frame": {"a": [1]}, "key": "a"}, ".key", '"a" names no columns'),
        ({"frame": {"a": [1]}, "keys": ["a"]}, ".keys", "'keys' beside 'frame'"),
        ({"frame": "people.xlsx"}, ".frame", '"people.xlsx" is no file of a frame'),
        ({"frame": "nobody.csv"}, ".frame", "no file"),
    ],
)
def test_a_frame_that_is_none_is_told_where(
    read: Callable[..., Frame], entry: dict[str, Any], where: str, problem: str
) -> None:
    with pytest.raises(FixtureError) as raised:
        read(entry)
    (one,) = raised.value.problems
    assert one.json_path == f"$.cases[0].calls[0].with.x{where}"
    assert problem in one.problem


# -- files -------------------------------------------------------------------------------------------------------------

CSV = '''id,x,n,is,name,born,at,zip
1,1.5,3,TRUE,Ada,1980-02-29,2024-03-01T10:00:00Z,007
2,NaN,NA,,NA,NA,2024-03-01T10:00:00+09:00,010
3,-Inf,-4,FALSE,,2001-12-31,NA,999
4,NA,0,TRUE,"a, ""b""",1960-01-01,1999-12-31T23:59:59Z,100
'''


def test_a_file_of_comma_separated_values(read: Callable[..., Frame], tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CSV, "utf-8")
    columns = read({"frame": "people.csv", "key": ["id"]}).columns
    assert (columns["id"].dtype, columns["id"].tolist()) == (np.int64, [1, 2, 3, 4])
    assert is_na(columns["x"]).tolist() == [False, False, False, True]
    assert columns["x"].tolist()[::2] == [1.5, -np.inf]
    assert (columns["n"].values[~columns["n"].missing].tolist(), columns["n"].missing[1]) == ([3, -4, 0], True)
    assert columns["is"].missing.tolist() == [False, True, False, False]
    assert columns["name"].array().tolist() == ["Ada", None, "", 'a, "b"']
    assert [str(day) for day in columns["born"]] == ["1980-02-29", "NaT", "2001-12-31", "1960-01-01"]
    assert [str(time) for time in columns["at"].values[:2]] == ["2024-03-01T10:00:00", "2024-03-01T01:00:00"]
    assert columns["zip"].array().tolist() == ["007", "010", "999", "100"]


@pytest.mark.parametrize(
    ("text", "problem"), [("", "it is empty"), ("a,a\n1,2\n", "named 2 times"), ("a,\n1,2\n", "has no name"),
                          ("a,b\n1,2,3\n4,5,6,7\n", "Expected")]
)  # fmt: skip
def test_a_file_that_holds_no_frame(read: Callable[..., Frame], tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "people.csv").write_text(text, "utf-8")
    with pytest.raises(FixtureError, match=problem):
        read({"frame": "people.csv"})


def test_a_file_is_given_to_both_and_expected(both: Both, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CSV, "utf-8")
    people = {"frame": "people.csv", "key": ["id"]}
    assert both(r="d[4:1, ]", frame=people, expect={"out": people}).ok
    case = both("d.assign(x=d['x'].fillna(0))", "{ d$n[4] <- 1L; d[4:1, ] }", frame=people, expect={"out": people})
    assert {(f.pair, f.value) for f in case.findings if not f.ok} == {
        ("python-r", "out.x"), ("python-r", "out.n"), ("python-expected", "out.x"), ("r-expected", "out.n"),
    }  # fmt: skip


def test_how_rows_are_joined_stands_in_the_fixture(both: Both) -> None:
    loose = {"out": {"key": ["id"], "types": False, "nan_is_na": True}}
    case = both("d.assign(children=d['children'].astype('float64'))", "d[4:1, ]", fixture={"join": loose})
    assert case.ok
    assert wrong(both("d", "{ d$age[2] <- NA; d }", case={"join": loose})) == {}
    with pytest.raises(FixtureError, match="'kea'"):
        both(join={"kea": ["id"]})


# -- as a person would type them ---------------------------------------------------------------------------------------


def test_a_frame_is_typed_in_both_languages(read: Callable[..., Frame]) -> None:
    frame = read(PEOPLE)
    import pandas as pd

    typed = table_of(eval(python_literal(frame, True), {"pd": pd, "np": np}))
    parts = frames.held_against(typed, leaf_of(frame), EXACT, Join(("id",), nan_is_na=True))
    assert [part.column for part in parts if not part.comparison.ok] == []
    typed = as_table(bridge.to_python(bridge.evaluate(r_literal(frame)), labels=True))
    parts = frames.held_against(typed, leaf_of(frame), EXACT, Join(("id",)))
    assert [part.column for part in parts if not part.comparison.ok] == []
    assert python_literal(Frame({"x": np.array([1.5, np.nan])}), True) == (
        'pd.DataFrame({\n    "x": [1.5, np.nan],\n})'
    )  # fmt: skip
    assert r_literal(Frame({"a b": np.array([1, 2])}, rows=("u", "v"))) == (
        'data.frame(\n  `a b` = c(1L, 2L),\n  row.names = c("u", "v"),\n  check.names = FALSE\n)'
    )


def test_the_lines_of_a_session_with_a_frame(write: Write, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def f(d):\n    return d\n")
    (tmp_path / "mine.R").write_text("f <- function(d) d\n")
    small = {"frame": {"id": {"integer": [1, 2]}, "g": {"factor": ["a", "b"]}}}

    def change(document: dict[str, Any]) -> None:
        del document["derivatives"]
        document.update(python="mine:f", r="f", r_source=["mine.R"])
        document["cases"] = [{"id": "one", "calls": [{"do": "call", "with": {"d": small}, "returns": "out"}]}]

    fixture = read_fixture(write(change))
    case = session_case(fixture)
    assert case is not None
    python, r = session_lines(fixture, case)
    assert python == (
        "import numpy as np", "import pandas as pd", "from mine import f", "d = pd.DataFrame({", '    "id": [1, 2],',
        "    \"g\": pd.Categorical(['a', 'b'], categories=['a', 'b']),", "})", "f(d)",
    )  # fmt: skip
    assert r == (
        'source("mine.R")', "d <- data.frame(", "  id = c(1L, 2L),",
        '  g = factor(c("a", "b"), levels = c("a", "b"))', ")", "f(d = d)",
    )  # fmt: skip


# -- in a recording ----------------------------------------------------------------------------------------------------


def test_a_frame_is_recorded_and_read_back(read: Callable[..., Frame]) -> None:
    import json

    table = leaf_of(read(PEOPLE))
    again = decode(json.loads(json.dumps(encode(table))))
    parts = [*frames.held_against(again, table, EXACT, Join(("id",)))]
    assert all(part.comparison.ok for part in parts)
    assert isinstance(again.columns["children"], Nullable)
    assert isinstance(again.columns["took"], Spans)
    texts = Texts(np.array([0, -1]), ("a",))
    assert decode(encode(texts)).tolist() == ["a", None]
    spans = np.array([90, "NaT"], dtype="m8[m]")
    assert str(decode(encode(spans))) == str(spans)
    for wrong_one in ({"float64": [1.0], "units": "years"}, {"ticks": [1], "unit": "x"}, {"sparse": {"shape": [1, 1]}}):
        with pytest.raises(RecordingError):
            decode(wrong_one)
