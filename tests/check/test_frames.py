"""Frames in a check, and the keys by which their rows are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import parity
from parity.fixture.model import Frame
from parity.fixture.read import read_fixture

FRAME = pd.DataFrame(
    {
        "id": [3, 1, 2],
        "g": ["a", "b", None],
        "x": [1.0, np.nan, 4.0],
        "k": pd.Categorical(["u", "v", "u"]),
        "d": pd.to_datetime(["2020-01-31", "2020-02-01", "2020-02-02"]),
        "n": pd.array([1, None, 3], dtype="Int64"),
    }
)


def test_a_frame_goes_there_and_comes_back() -> None:
    assert parity.check(lambda d: d, "function(d) d", d=FRAME).count == 21  # 18 elements, 3 rows
    assert parity.check(lambda d: d[d.id > 1], "function(d) d[d$id > 1, ]", d=FRAME).ok


def test_r_works_with_the_frame_as_a_data_frame() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.5], "y": [1.1, 2.3, 2.7, 5.0], "g": ["a", "b", "a", "b"]})

    def least_squares(d: pd.DataFrame) -> np.ndarray:
        design = np.column_stack([np.ones(len(d)), d.x, d.g == "b"])
        return np.linalg.lstsq(design, d.y, rcond=None)[0]

    ols = "function(d) lm(y ~ x + g, d)"
    values = {"coef": ("_", "unname(coef(.))")}
    assert parity.check(least_squares, ols, d=frame, values=values).count == 3
    with pytest.raises(parity.Disagreement, match="coef"):
        parity.check(least_squares, "function(d) lm(y ~ g + x, d)", d=frame, values=values)


def test_rows_are_known_by_a_key() -> None:
    assert parity.check(lambda d: d.sort_values("id"), "function(d) d", d=FRAME, key="id").ok
    with pytest.raises(parity.Disagreement, match=r"out\[id=3\]\.x"):
        parity.check(lambda d: d.sort_values("id"), "function(d) { d$x[1] <- 5; d }", d=FRAME, key="id")
    with pytest.raises(parity.Disagreement):
        parity.check(lambda d: d.sort_values("id"), "function(d) d", d=FRAME)
    join = {"out": {"key": ["id"], "order": True}}
    with pytest.raises(parity.Disagreement, match="stands before"):
        parity.check(lambda d: d.sort_values("id"), "function(d) d", d=FRAME, join=join)
    with pytest.raises(parity.Disagreement, match="no column none"):
        parity.check(lambda d: d, "function(d) d", d=FRAME, key="none")


def test_a_frame_that_is_changed_in_place_is_seen() -> None:
    def change(d: pd.DataFrame) -> pd.DataFrame:
        d["x"] = d["x"] + 1
        return d

    with pytest.raises(parity.Disagreement, match="Python changed its argument d"):
        parity.check(change, "function(d) { d$x <- d$x + 1; d }", d=FRAME)
    assert FRAME["x"].tolist()[0] == 1.0


def test_a_frame_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    frame = FRAME[["id", "g", "x", "k", "n"]].assign(b=pd.array([True, None, False], dtype="boolean"))
    frame["t"] = pd.to_datetime(["2020-01-31 12:00", None, "2020-02-01 00:30"]).tz_localize("Asia/Seoul")
    parity.check(len, "base::nrow", d=frame, names={"r": {"d": "x"}, "python": {"d": "obj"}}, save=path)
    (case,) = read_fixture(path).cases
    assert isinstance(case.calls[0].given("r")["d"], Frame)
    assert parity.run(path).ok
    with pytest.raises(parity.CheckError, match=r"save: d\['d'\] is an array of datetime64"):
        parity.check(len, "base::nrow", d=FRAME, names={"r": {"d": "x"}, "python": {"d": "obj"}}, save=path)
    rows = FRAME[["x"]].set_axis(["u", "v", "w"])
    with pytest.raises(parity.CheckError, match="save: d would not be read back as it is"):
        parity.check(len, "base::nrow", d=rows, names={"r": {"d": "x"}, "python": {"d": "obj"}}, save=path)
