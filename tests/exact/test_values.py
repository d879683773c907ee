"""RArray stays RArray, values keep their identities, and differences are counted as they are defined."""

import math
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from parity.exact import RArray, arithmetic, differing_bits, unwrap, wrap

X = np.array([[1.5, -2.0, 3.25], [0.5, 4.0, -1.0]])


@pytest.mark.parametrize(
    "operation",
    [
        lambda x: x + 1,
        lambda x: 1 / x,
        lambda x: -x,
        lambda x: np.exp(x),
        lambda x: x > 0,
        lambda x: x[0],
        lambda x: x[:, ::-1],
        lambda x: x[np.array([0, 1]), np.array([1, 2])],
        lambda x: x[x > 0],
        lambda x: x.T,
        lambda x: x.reshape(3, 2),
        lambda x: x.ravel(),
        lambda x: x.copy(),
        lambda x: x.astype(np.int64),
        lambda x: x @ x.T,
        lambda x: X @ x.T,
        lambda x: np.dot(x, X.T),
        lambda x: np.matmul(X, x.T),
        lambda x: x.sum(axis=0),
        lambda x: x.max(axis=1, keepdims=True),
        lambda x: x.argmax(axis=1),
        lambda x: np.where(x > 0, 0, x),
        lambda x: np.where(X > 0, 0, x),
        lambda x: np.maximum(0, x),
        lambda x: np.repeat(x, 2, axis=0),
        lambda x: np.tile(x, 2),
        lambda x: np.concatenate([X, x]),
        lambda x: np.stack([x, x]),
        lambda x: np.pad(x, 1),
        lambda x: np.zeros_like(x),
        lambda x: np.transpose(x),
        lambda x: np.expand_dims(x, 0),
        lambda x: np.split(x, 3, axis=1)[1],
        lambda x: np.clip(x, 0, 1),
        lambda x: np.modf(x)[0],
        lambda x: np.asanyarray(x),
        lambda x: np.mean(x, axis=0),
        lambda x: np.std(x, axis=0),
        lambda x: np.cumsum(x),
    ],
)
def test_what_comes_of_an_rarray_is_one(operation) -> None:
    ours, plain = operation(X.view(RArray)), operation(X)
    assert type(ours) is RArray
    assert ours.shape == plain.shape
    assert ours.dtype == plain.dtype
    np.testing.assert_allclose(ours, plain, rtol=1e-15)


@pytest.mark.parametrize(
    "operation",
    [
        np.sum,
        np.mean,
        np.var,
        np.std,
        np.max,
        np.prod,
        lambda x: x[0] @ x[0],
        lambda x: x[1, 2],
        lambda x: x[0, 0] ** 2,
    ],
)
def test_a_scalar_stays_a_scalar(operation) -> None:
    ours, plain = operation(X.view(RArray)), operation(X)
    assert type(ours) is type(plain)
    assert math.isclose(ours, plain, rel_tol=1e-15)


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 1), (1, 0), ()])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("name", ["sum", "mean", "var", "std", "prod", "max"])
def test_reductions_have_numpys_shapes(name: str, axis, keepdims: bool) -> None:
    ours, plain = (getattr(np, name)(x, axis=axis, keepdims=keepdims) for x in (X.view(RArray), X))
    assert np.shape(ours) == np.shape(plain)
    np.testing.assert_allclose(ours, plain, rtol=1e-14)


def test_more_arguments_of_reductions() -> None:
    x = X.view(RArray)
    out = np.empty(3)
    assert np.sum(x, axis=0, out=out) is out
    np.testing.assert_array_equal(out, X.sum(axis=0))
    assert np.sum(x, initial=10.0) == X.sum(initial=10.0)
    assert np.sum(x, where=X > 0) == X.sum(where=X > 0)
    assert np.mean(x, where=X > 0) == X.mean(where=X > 0)
    np.testing.assert_allclose(x.var(axis=0, ddof=1), X.var(axis=0, ddof=1), rtol=1e-15)
    np.testing.assert_array_equal(np.add.reduce(x), X.sum(axis=0))
    assert np.sum(x[:0]) == 0
    assert np.sum(x.astype(np.float32)).dtype == np.float32
    assert np.mean(x.astype(np.float32), axis=0).dtype == np.float32
    assert x.astype(np.int64).sum().dtype == np.int64


@pytest.mark.parametrize("axis", [2, -3, (0, 5)])
def test_an_axis_that_is_not_there_is_numpys_error(axis) -> None:
    with pytest.raises(np.exceptions.AxisError, match="out of bounds for array of dimension 2"):
        X.view(RArray).sum(axis=axis)
    with pytest.raises(ValueError, match="duplicate"):
        X.view(RArray).sum(axis=(0, -2))


@pytest.mark.parametrize("product", [np.matmul, np.dot])
def test_shapes_that_do_not_fit_are_numpys_error(product) -> None:
    with pytest.raises(ValueError, match="3"):
        product(X.view(RArray), X)


@pytest.mark.parametrize(
    ("a", "b"),
    [((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((4, 2, 3), (3, 5)), ((4, 2, 3), (4, 3, 5)), ((2, 0), (0, 3)),
     ((4, 1, 2, 3), (5, 3, 2)), ((3,), (4, 3, 2)), ((4, 2, 3), (3,))],
)  # fmt: skip
@pytest.mark.parametrize("product", [np.matmul, np.dot, np.inner])
def test_products_have_numpys_shapes(product, a, b) -> None:
    draw = np.random.RandomState(0)
    x, y = draw.randn(*a), draw.randn(*b)
    if product is np.inner:
        y = y if y.ndim == 1 else np.swapaxes(y, -1, -2)
    ours, plain = product(x.view(RArray), y), product(x, y)
    assert np.shape(ours) == np.shape(plain)
    np.testing.assert_allclose(ours, plain, rtol=1e-13)


def test_in_place_updates_keep_the_array() -> None:
    memory = X.copy()
    W = before = memory.view(RArray)
    W -= 0.1 * np.ones_like(W)
    W *= 2
    W **= 2
    assert W is before
    np.testing.assert_allclose(memory, ((X - 0.1) * 2) ** 2)
    plain = X.copy()
    given = plain
    plain -= 0.1 * W
    assert plain is given
    assert type(plain) is np.ndarray


class Layer:
    def __init__(self, W: np.ndarray) -> None:
        self.params = [W, np.zeros(3)]
        self.W = W


class Pair(NamedTuple):
    left: np.ndarray
    right: int


def test_wrap_keeps_identities() -> None:
    W = X.copy()
    layer = Layer(W)
    net = SimpleNamespace(layers={"first": layer}, params=[W], itself=None, lists=[layer.params], f=len, kind=Layer)
    net.itself = net
    kept = (net.params, layer.params, net.layers)
    assert wrap(net) is net
    assert (net.params, layer.params, net.layers) == kept
    assert net.params is kept[0]
    assert net.lists[0] is layer.params is kept[1]
    assert net.layers["first"] is layer
    assert net.params[0] is layer.params[0] is layer.W
    assert type(layer.W) is RArray
    layer.W -= 1
    np.testing.assert_array_equal(W, X - 1)

    first = layer.W
    assert wrap(net).layers["first"].W is first
    unwrap(net)
    assert type(layer.W) is np.ndarray
    assert layer.params[0] is layer.W is net.params[0]
    assert np.shares_memory(layer.W, W)


def test_wrap_of_values() -> None:
    pair = wrap({"a": (Pair(X, 1), 2.5), "b": "text", "c": None, "d": np.float64(2), "e": np.array([None])})
    assert type(pair["a"][0]) is Pair
    assert type(pair["a"][0].left) is RArray
    assert np.shares_memory(pair["a"][0].left, X)
    assert type(pair["d"]) is np.float64
    assert type(pair["e"]) is np.ndarray
    untouched = (1, "x", [2])
    assert wrap(untouched) is untouched
    masked = np.ma.masked_array([1.0])
    assert wrap(masked) is masked
    read_only = np.zeros(2)
    read_only.flags.writeable = False
    assert not wrap(read_only).flags.writeable


def test_arrays_made_inside_are_rarrays_and_only_there() -> None:
    before = np.asarray
    with arithmetic():
        assert type(np.asarray(X.view(RArray))) is RArray
        assert type(np.zeros(3)) is RArray
        assert type(np.array([1.0])) is RArray
    assert np.asarray is before
    assert type(np.asarray(X.view(RArray))) is np.ndarray
    with pytest.raises(KeyError), arithmetic():
        raise KeyError
    assert np.asarray is before


def test_differing_bits() -> None:
    assert differing_bits(X, X.copy()) == 0
    assert differing_bits(X, np.asfortranarray(X)) == 0
    assert differing_bits([1.0], [np.nextafter(1.0, 2)]) == 1
    assert differing_bits([1.0, 2.0, 5.0], [1.0, -2.0, -5.0]) == 2
    assert differing_bits([0.0], [-0.0]) == 1
    assert differing_bits([1.0], [np.nextafter(1.0, 0)]) == 53  # 0x3ff0000000000000 and 0x3fefffffffffffff
    assert differing_bits([np.nan, np.inf], [-np.nan, np.inf]) == 0
    assert differing_bits([np.nan], [1.0]) > 0
    assert differing_bits(np.float64(3), 3) == 0
    assert differing_bits([True, False], [1, 0]) == 0
    assert differing_bits(X.view(RArray), X) == 0
    assert differing_bits(np.zeros((2, 0)), np.zeros((2, 0))) == 0
    with pytest.raises(ValueError, match=r"\(2, 3\) and \(3, 2\)"):
        differing_bits(X, X.T)
    with pytest.raises(ValueError, match="not both real numbers"):
        differing_bits(["a"], ["a"])
