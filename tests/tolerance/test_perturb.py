"""What an ulp moves, and what it leaves as it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from parity.fixture.model import Call, Case, Factor, Frame, Named, Tolerance
from parity.tolerance.perturb import WIDE, by_share, float_inputs, one_ulp, perturbed


def case_of(**arguments: object) -> Case:
    return Case("one", {}, (Call("call", arguments),), Tolerance(0.0, 0.0))  # type: ignore[arg-type]


def test_every_number_goes_to_one_of_its_two_neighbours() -> None:
    x = np.random.RandomState(0).randn(2000) * 10.0 ** np.arange(-300, 300, 0.3)
    up = down = 0
    for draw in range(3):
        moved = one_ulp(draw)(x)
        for before, after in zip(x.tolist(), moved.tolist(), strict=True):
            assert after in (math.nextafter(before, math.inf), math.nextafter(before, -math.inf))
            up += abs(after) > abs(before)
            down += abs(after) < abs(before)
    assert 0.45 < up / (up + down) < 0.55
    assert (one_ulp(0)(x) != one_ulp(1)(x)).mean() == pytest.approx(0.5, abs=0.05)


def test_zeros_signs_and_what_is_not_finite_stay() -> None:
    x = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, -3.0, 5e-324, np.finfo(float).max])
    for draw in range(20):
        for moved in (one_ulp(draw)(x), by_share(WIDE, draw)(x)):
            assert moved[:5].tobytes() == x[:5].tobytes()
            assert moved[5] < 0
            assert moved[6] > 0
            assert np.isfinite(moved[7])


def test_equal_numbers_move_alike_wherever_they_stand() -> None:
    half = np.random.RandomState(1).randn(6, 6)
    symmetric = half + half.T
    for draw in range(5):
        case = perturbed(case_of(a=symmetric, b=[symmetric[2, 3].item()], c=-symmetric), one_ulp(draw))
        a, b, c = (case.calls[0].arguments[name] for name in "abc")
        assert (a == a.T).all()
        assert b == [a[2, 3]]
        assert (c == -a).all()


def test_integers_labels_texts_and_keys_stay_and_nothing_given_is_changed() -> None:
    x = np.array([[1.5, 2.5]])
    frame = Frame({"id": np.array([1.0, 2.0]), "age": np.array([30.5, 40.5])}, key=("id",))
    factor = Factor(np.array([0, 1], dtype=np.int32), ("a", "b"))
    case = case_of(
        x=x, n=3, flag=True, word="a", labels=np.array([0, 1]), none=None, frame=frame, factor=factor,
        named=Named(np.array([0.5]), ("p",)), nested={"inner": [2.25, 7]},
    )  # fmt: skip
    moved = perturbed(case, one_ulp(0)).calls[0].arguments
    assert (moved["x"] != x).all()
    assert (x == [[1.5, 2.5]]).all()
    assert (moved["n"], moved["flag"], moved["word"], moved["none"]) == (3, True, "a", None)
    assert moved["labels"] is case.calls[0].arguments["labels"]
    assert moved["frame"].columns["id"].tolist() == [1.0, 2.0]
    assert (moved["frame"].columns["age"] != [30.5, 40.5]).all()
    assert moved["factor"] is factor
    assert moved["named"].values[0] != 0.5
    assert moved["nested"]["inner"][0] != 2.25
    assert moved["nested"]["inner"][1] == 7


def test_one_input_alone_or_all_but_some() -> None:
    case = case_of(x=1.5, y=2.5)
    assert perturbed(case, one_ulp(0), only="x").calls[0].arguments["y"] == 2.5
    assert perturbed(case, one_ulp(0), only="x").calls[0].arguments["x"] != 1.5
    left = perturbed(case, one_ulp(0), left=frozenset({"x"})).calls[0].arguments
    assert left["x"] == 1.5
    assert left["y"] != 2.5


def test_what_one_language_gets_and_what_is_made_move_too() -> None:
    call = Call("call", {"x": 1.5}, only={"r": {"z": 3.5}})
    case = Case("one", {"W": np.array([0.5])}, (call,), Tolerance(0.0, 0.0), only={"python": {"b": 4.5}})
    moved = perturbed(case, one_ulp(3))
    assert moved.calls[0].only["r"]["z"] != 3.5
    assert moved.only["python"]["b"] != 4.5
    assert moved.make["W"] != [0.5]
    assert {each.name for each in float_inputs(case)} == {"W", "b", "x", "z"}


def test_inputs_without_a_number_to_move_are_none() -> None:
    names = {each.name: each.whole for each in float_inputs(case_of(x=0.0, n=3, y=2.0, z=np.array([1.5, np.nan])))}
    assert names == {"y": True, "z": False}
