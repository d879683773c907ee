"""A side computes again with a column of a data frame changed, or with rows of it left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import parity
from parity.columns import Nullable, Texts
from parity.diagnose import Diagnosis
from parity.fixture.model import Call, Case, Factor, Frame, Named, Tolerance
from parity.subjects.inputs import input_at, replaced
from parity.verify.diagnosis import _as_given, _inputs

D = pd.DataFrame(
    {
        "x": [1.5, 2.25, 4.0, 7.5, 11.0, 3.25],
        "w.1": [0.5, 1.0, 2.0, 0.25, 1.5, 3.0],
        "g": pd.Categorical(["b", "a", "b", "c", "a", "c"]),
        "name": ["eve", "bob", "ann", "joe", "kim", "liz"],
    }
)


def diagnosed(python: object, r: str, d: pd.DataFrame) -> Diagnosis:
    with pytest.raises(parity.Disagreement) as raised:
        parity.check(python, r, d=d)  # type: ignore[arg-type]
    (value,) = raised.value.report.fixtures[0].cases[0].values
    assert value.diagnosis is not None
    return value.diagnosis


def weighted(d: pd.DataFrame) -> np.ndarray:
    return np.cumsum(np.tanh(d["x"].to_numpy()) * d["w.1"].to_numpy())


def test_a_column_that_one_side_ignores_is_named() -> None:
    found = diagnosed(weighted, "function(d) cumsum(tanh(d$x))", D)
    assert (found.code, found.about) == ("ignored-input", "r")
    assert found.causes[0].says["en"] == "R's value does not depend on d.w.1"
    assert found.causes[0].says["ko"] == "R의 값은 d.w.1에 따라 달라지지 않는다"


def test_a_factor_that_one_side_ignores_is_named() -> None:
    def by_group(d: pd.DataFrame) -> float:
        return float(np.tanh(d.groupby("g", observed=True)["x"].max().to_numpy()).sum() * d["w.1"].prod())

    found = diagnosed(by_group, "function(d) sum(tanh(max(d$x) / 7)) * prod(d$w.1)", D)
    assert (found.code, found.about) == ("ignored-input", "r")
    assert "d.g" in found.causes[0].says["en"]


def test_rows_with_something_missing_are_left_out_with_all_their_columns() -> None:
    holes = D.copy()
    holes.loc[2, "w.1"] = np.nan

    def scored(d: pd.DataFrame) -> np.ndarray:
        return np.array([np.sin(d["x"]).sum() / len(d), len(set(d["name"])) * 0.37, float((d["g"] == "b").sum())])

    found = diagnosed(
        scored,
        "function(d) { d <- na.omit(d); c(mean(sin(d$x)), length(unique(d$name)) * 0.37, sum(d$g == 'b')) }",
        holes,
    )
    assert (found.code, found.share) == ("rows-with-missing", 1.0)
    assert found.causes[0].says["en"].startswith("without the 1 rows that have something missing")
    assert found.causes[0].says["en"].endswith("R leaves them out")


def test_nothing_is_named_where_both_use_the_whole_frame() -> None:
    found = diagnosed(
        lambda d: float(np.sin(d["x"] * 3 + d["w.1"]).sum() + (d["g"] == "b").sum() * 0.1 + d["name"].str.len().sum()),
        "function(d) prod(cos(d$x + 2 * d$w.1)) + sum(d$g == 'a') * 0.3 + sum(nchar(d$name) * d$x)",
        D,
    )
    assert found == Diagnosis()


def test_what_hangs_on_the_callers_own_object_is_not_computed_again() -> None:
    """A frame of the same columns stands in for the caller's, and its index is another."""
    own = D.set_axis([10, 11, 12, 13, 14, 15])
    found = diagnosed(lambda d: weighted(d) + np.sin(d.index.to_numpy()), "function(d) cumsum(tanh(d$x))", own)
    assert found == Diagnosis()


# ------------------------------------------------------------------------------------------ what is put back

LABELS = Factor(np.array([1, -1, 0], dtype=np.int32), ("u", "v"))
FRAME = Frame({"a.b": np.array([1.0, 2.0, 4.0]), "f": LABELS}, rows=("p", "q", "r"))
GIVEN = Call(do="call", arguments={"d": FRAME, "in.put": {"y": 2.0}})
CASE = Case(id="c", make={}, calls=(GIVEN,), tolerance=Tolerance(0, 0))


def test_a_column_is_known_by_its_whole_name() -> None:
    assert np.array_equal(input_at(CASE, "d.a.b", until=0, side="r"), [1, 2, 4])  # type: ignore[arg-type]
    assert input_at(CASE, "d.a", until=0, side="r") is None
    assert input_at(CASE, "in.put.y", until=0, side="r") is None  # a path's first name has no dot
    changed = replaced(CASE, "d.a.b", np.array([3.0, 5.0, 6.0]), until=0, side="r")
    frame = changed.calls[0].given("r")["d"]
    assert isinstance(frame, Frame)
    assert list(frame.columns) == ["a.b", "f"]
    assert np.array_equal(frame.columns["a.b"], [3, 5, 6])
    assert frame.rows == ("p", "q", "r")
    fewer = replaced(CASE, "d.a.b", np.array([3.0, 6.0]), until=0, side="r").calls[0].given("r")["d"]
    assert isinstance(fewer, Frame)
    assert fewer.rows is None
    assert FRAME.columns["a.b"][0] == 1.0


def test_every_column_is_told_in_numbers() -> None:
    columns = {
        "f": LABELS,
        "t": Texts(np.array([0, 1, -1]), ("x", "y")),
        "n": Nullable(np.array([7, 8, 9]), np.array([False, True, False])),
        "s": np.array(["z", "w", "z"]),
    }
    case = Case(id="c", make={}, calls=(Call(do="call", arguments={"d": Frame(columns)}),), tolerance=Tolerance(0, 0))
    told = dict(_inputs(case, 0, "r"))
    expected = {"d.f": [1, np.nan, 0], "d.t": [0, 1, np.nan], "d.n": [7, np.nan, 9], "d.s": [1, 0, 1]}
    assert told.keys() == expected.keys()
    for name, numbers in expected.items():
        assert np.array_equal(told[name], numbers, equal_nan=True), name
    factor = _as_given(told["d.f"][[1, 0]], columns["f"])
    assert isinstance(factor, Factor)
    assert factor.codes.tolist() == [-1, 1]
    texts = _as_given(told["d.t"][::-1], columns["t"])
    assert isinstance(texts, Texts)
    assert texts.codes.tolist() == [-1, 1, 0]
    whole = _as_given(told["d.n"][1:], columns["n"])
    assert isinstance(whole, Nullable)
    assert (whole.values[1], whole.missing.tolist()) == (9, [True, False])
    strings = _as_given(told["d.s"][:2], columns["s"])
    assert isinstance(strings, np.ndarray)
    assert strings.tolist() == ["z", "w"]


@pytest.mark.parametrize(
    ("numbers", "original"),
    [
        ([0.5, 1.0], Factor(np.array([0, 1], dtype=np.int32), ("u", "v"))),
        ([0.0, 2.0], Factor(np.array([0, 1], dtype=np.int32), ("u", "v"))),
        ([0.5, 1.0], Nullable(np.array([1, 2]), np.array([False, False]))),
        ([1.0], Named(np.array([1.0, 2.0]), ("u", "v"))),
    ],
)
def test_numbers_that_are_no_such_value_are_refused(numbers: list[float], original: object) -> None:
    with pytest.raises(ValueError, match=r"label|fractions|names"):
        _as_given(np.array(numbers), original)


def test_fractions_may_stand_where_whole_numbers_did() -> None:
    kept, fractions = (_as_given(np.array(values), np.array([1, 2])) for values in ([3.0, 1.0], [0.5, 1.0]))
    assert isinstance(kept, np.ndarray)
    assert isinstance(fractions, np.ndarray)
    assert (kept.dtype.kind, fractions.dtype.kind) == ("i", "f")
