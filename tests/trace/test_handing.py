"""What a stage gave, as what the next one takes."""

from __future__ import annotations

import numpy as np
import pytest

from parity.fixture.model import Factor, Frame, Named
from parity.subjects.observation import Uncomparable, leaves
from parity.verify.trace.handing import HandoverError, alike, dressed, value_of


@pytest.mark.parametrize(
    "value",
    [
        2.5,
        3,
        True,
        "text",
        None,
        np.arange(6.0).reshape(2, 3),
        np.array([1, 2], dtype=np.int64),
        np.array(["a", "b"]),
        {"a": np.array([1.0]), "b": {"c": 2.0, "d.e": np.array([3.0, 4.0])}},
        [np.array([1.0, 2.0]), {"x": 5.0}],
        {"1": 2.0, "x": [1.0, 2.0]},
        {},
    ],
)
def test_a_value_comes_back_from_its_leaves(value: object) -> None:
    back = value_of(dict(leaves("h", value)), "h")
    assert alike(back, value)
    assert isinstance(back, type(value))


def test_twelve_members_stay_in_order() -> None:
    back = value_of(dict(leaves("h", [float(n) for n in range(12)])), "h")
    assert back == [float(n) for n in range(12)]


def test_names_factors_and_frames_come_back() -> None:
    named = value_of(dict(leaves("h", Named(np.array([1.0, 2.0]), ("a", "b")))), "h")
    assert isinstance(named, Named)
    assert named.names == ("a", "b")
    factor = value_of({"h": Factor(np.array([0, 1], dtype=np.int32), ("u", "v"))}, "h")
    assert isinstance(factor, Factor)
    frame = value_of(dict(leaves("h", Frame({"x": np.array([1.0, 2.0])}))), "h")
    assert isinstance(frame, Frame)
    assert frame.columns["x"].tolist() == [1.0, 2.0]  # type: ignore[union-attr]


def test_what_has_no_form_is_said() -> None:
    with pytest.raises(HandoverError, match="h is a file, which cannot be handed over"):
        value_of({"h": Uncomparable("a file")}, "h")
    with pytest.raises(HandoverError, match="there is no h"):
        value_of({"g": np.array([1.0])}, "h")


def test_a_value_is_dressed_as_the_other_side_has_it() -> None:
    assert dressed(np.array([2.0]), 1.5) == 2.0
    assert np.asarray(dressed(2.0, np.array([1.5]))).shape == (1,)
    labels = np.asarray(dressed(np.array([1.0, 2.0]), np.array([3, 4])))
    assert labels.dtype == np.int64
    # What would lose something stays as it is.
    assert np.asarray(dressed(np.array([1.5, 2.0]), np.array([3, 4]))).tolist() == [1.5, 2.0]
    single = np.array([0.1], dtype=np.float32)
    assert np.asarray(dressed(np.array([0.1]), single)).dtype == np.float64


def test_alike_is_to_the_bit() -> None:
    x = np.array([1.0, 2.0])
    assert alike(x, x.copy())
    assert alike(2.0, np.array([2.0]))
    assert not alike(x, np.nextafter(x, 3))
    assert not alike(np.array([0.0]), np.array([-0.0]))
    assert not alike(x, x.reshape(1, 2))
    assert not alike({"a": 1.0}, {"b": 1.0})
    assert not alike([1.0], [1.0, 2.0])
    assert alike(None, None)
    assert not alike(None, "")
