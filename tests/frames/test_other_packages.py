"""Frames of polars and Arrow, matrices of SciPy: where they are installed, as in continuous integration."""

from __future__ import annotations

import datetime
import importlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity.arrays import is_na
from parity.evidence import frames
from parity.fixture.model import Frame, Join, Tolerance
from parity.fixture.values import ValueReader
from parity.subjects.frames import as_leaf, dataframe, frame_of, leaf_of, table_of

EXACT = Tolerance(0.0, 0.0)
DAY, NOON = datetime.date(2020, 2, 29), datetime.datetime(2024, 7, 1, 12)


def package(name: str) -> Any:
    """The package, which the extra `frames` installs."""
    try:
        return importlib.import_module(name)
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{name} is not installed: pip install 'parity-r[frames]'")


def polars_frame() -> Any:
    pl = package("polars")
    return pl.DataFrame(
        {
            "id": [3, 1, 2],
            "n": [1, None, 3],
            "x": [1.5, None, float("nan")],
            "is": [True, None, False],
            "s": ["a", None, "é"],
            "on": [DAY, None, DAY],
            "at": pl.Series([NOON, None, NOON]).dt.replace_time_zone("Asia/Seoul"),
            "took": [datetime.timedelta(minutes=90), None, datetime.timedelta(0)],
            "g": pl.Series(["u", None, "v"], dtype=pl.Enum(["v", "u"])),
        }
    )


def differing(one: Any, other: Any) -> dict[str | None, str]:
    parts = frames.held_against(as_leaf(one), as_leaf(other), EXACT, Join(("id",)))
    return {part.column: part.comparison.message for part in parts if not part.comparison.ok}


def test_polars() -> None:
    columns = as_leaf(polars_frame()).columns
    assert (columns["n"].values[0], columns["n"].missing.tolist()) == (1, [False, True, False])
    assert is_na(columns["x"]).tolist() == [False, True, False]
    assert np.isnan(columns["x"][2])
    assert columns["is"].missing.tolist() == [False, True, False]
    assert columns["s"].array().tolist() == ["a", None, "é"]
    assert [str(day) for day in columns["on"]] == ["2020-02-29", "NaT", "2020-02-29"]
    assert (str(columns["at"].values[0])[:16], columns["at"].tz) == ("2024-07-01T03:00", "Asia/Seoul")
    assert columns["took"][0] == np.timedelta64(90, "m")
    assert (columns["g"].codes.tolist(), columns["g"].levels) == ([1, -1, 0], ("v", "u"))
    assert as_leaf(polars_frame()["s"]).tolist() == ["a", None, "é"]
    assert differing(polars_frame(), polars_frame().sort("id")) == {}
    assert differing(polars_frame(), polars_frame().with_columns(n=polars_frame()["n"] + 1)).keys() == {"n"}


def test_arrow() -> None:
    package("pyarrow")
    arrow = polars_frame().drop("g").to_arrow()
    assert differing(arrow, polars_frame().drop("g")) == {}
    assert differing(arrow.slice(0, 2), polars_frame().drop("g")).keys() == {None}
    assert differing(arrow.set_column(1, "n", [[1, None, 4]]), arrow).keys() == {"n"}


def test_pandas_on_arrow() -> None:
    package("pyarrow")
    frame = polars_frame().drop("g")
    assert differing(table_of(frame.to_pandas(use_pyarrow_extension_array=True)), frame) == {}


def test_they_go_to_both_sides_as_one_frame() -> None:
    frame = frame_of(polars_frame(), key=["id"])
    assert frame.key == ("id",)
    made = dataframe(frame)
    assert str(made["n"].dtype) == "Int64"
    assert differing(made, leaf_of(Frame({n: c for n, c in frame.columns.items() if n != "took"}))).keys() == {"took"}


def test_parquet_in_a_fixture(tmp_path: Path) -> None:
    package("pyarrow")
    polars_frame().drop("g").write_parquet(tmp_path / "people.parquet")
    notes: list[Any] = []
    reader = ValueReader(note=notes.append, folder=tmp_path)
    frame: Any = reader.value({"frame": "people.parquet", "key": ["id"]}, "d", (), None)
    assert notes == []
    assert differing(leaf_of(frame), polars_frame().drop("g")) == {}
    assert reader.value({"frame": "other.parquet"}, "d", (), None) is None
    assert "no file" in notes[0].problem


def test_scipy() -> None:
    sparse = package("scipy.sparse")
    dense = np.array([[0.0, 1.5, 0.0], [-2.0, 0.0, 0.0]])
    for form in (sparse.csc_matrix, sparse.csr_array, sparse.coo_array, sparse.lil_matrix):
        leaf = as_leaf(form(dense))
        assert (leaf.rows.tolist(), leaf.columns.tolist(), leaf.values.tolist()) == ([1, 0], [0, 1], [-2.0, 1.5])
        assert np.array_equal(leaf.dense(), dense)
