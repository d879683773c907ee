"""Frames through the door of Python: as arguments of a check and of an R function, and in a fixture that is saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import parity
from parity.fixture.model import Frame
from parity.fixture.read import read_fixture


def people() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [3, 1, 2],
            "x": [1.5, np.nan, -0.0],
            "n": pd.array([1, None, 3], dtype="Int64"),
            "is": pd.array([True, None, False], dtype="boolean"),
            "s": ["a", None, "é"],
            "g": pd.Categorical(["u", None, "v"], categories=["v", "u"]),
            "at": pd.to_datetime(["2024-01-01", None, "2024-07-01"], utc=True).tz_convert("Asia/Seoul"),
            "took": pd.to_timedelta([90, None, 1], unit="min"),
        }
    )


def same(d: pd.DataFrame) -> pd.DataFrame:
    return d


def test_a_data_frame_is_checked_column_by_column() -> None:
    parity.check(same, "function(d) d", d=people())
    with pytest.raises(AssertionError, match=r"out\.n|result\.n|n\[1\]"):
        parity.check(same, "function(d) { d$n[2] <- 0L; d }", d=people())
    with pytest.raises(AssertionError):
        parity.check(same, "function(d) d[-1, ]", d=people())


def test_rows_are_matched_by_a_key() -> None:
    turned = "function(d) d[3:1, ]"
    with pytest.raises(AssertionError, match="a key would join the rows"):
        parity.check(same, turned, d=people())
    parity.check(same, turned, d=people(), key="id")
    parity.check(same, turned, d=people(), key=["id", "s"])
    with pytest.raises(AssertionError, match=r"out\[id=2\]\.s"):
        parity.check(same, "function(d) { d$s[3] <- 'x'; d[3:1, ] }", d=people(), key="id")
    doubles = "function(d) { d$n <- d$n + 0; d }"
    with pytest.raises(AssertionError, match="double where python has integer"):
        parity.check(same, doubles, d=people(), key="id")
    parity.check(same, doubles, d=people(), join={"out": {"key": ["id"], "types": False}})
    with pytest.raises(ValueError, match="join"):
        parity.check(same, turned, d=people(), join={"other": {"key": ["id"]}})


def test_an_R_function_takes_a_data_frame_and_gives_one() -> None:
    assert parity.r("function(d) vapply(d, function(x) class(x)[[1]], '')")(people()).tolist() == [
        "integer", "numeric", "integer", "logical", "character", "factor", "POSIXct", "difftime",
    ]  # fmt: skip
    back = parity.r("function(d) d[3:1, ]", labels=True)(people())
    assert isinstance(back, pd.DataFrame)
    assert back["id"].tolist() == [2, 1, 3]
    assert str(back["n"].dtype) == "Int64"
    assert str(back["at"].dt.tz) == "Asia/Seoul"
    assert back["g"].cat.categories.tolist() == ["v", "u"]


def test_a_column_that_R_has_not_is_named() -> None:
    with pytest.raises(Exception, match="d: column 'odd' cannot be handed to both sides: a column of period"):
        parity.check(same, "function(d) d", d=pd.DataFrame({"odd": pd.period_range("2020", periods=2, freq="M")}))


def test_a_check_of_a_frame_is_saved_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    parity.check(same, "function(d) d", d=people(), save=path)
    (case,) = read_fixture(path).cases
    frame = {**case.make, **case.calls[0].arguments, **case.calls[0].only.get("r", {})}["d"]
    assert isinstance(frame, Frame)
    assert list(frame.columns) == list(people().columns)
