"""What the shared fixtures cannot say about the NumPy layers: identity of arrays, order of lists, integer types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from python_impl.functions.cross_entropy_error import cross_entropy_error
from python_impl.functions.numerical_gradient import function_2, numerical_gradient
from python_impl.functions.softmax import softmax
from python_impl.layers.affine import Affine
from python_impl.layers.matmul import MatMul
from python_impl.layers.relu import Relu
from python_impl.layers.repeat import Repeat
from python_impl.layers.sigmoid import Sigmoid
from python_impl.layers.softmax import Softmax
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss
from python_impl.layers.sum import Sum

N, D, M = 4, 3, 2
LAYERS: dict[str, tuple[Callable[[], Any], tuple[int, ...], tuple[int, ...]]] = {
    "Affine": (lambda: Affine(draw(D, M), draw(M)), (N, D), (N, M)),
    "MatMul": (lambda: MatMul(draw(D, M)), (N, D), (N, M)),
    "Relu": (Relu, (N, D), (N, D)),
    "Repeat": (lambda: Repeat(N), (1, D), (N, D)),
    "Sigmoid": (Sigmoid, (N, D), (N, D)),
    "Softmax": (Softmax, (N, D), (N, D)),
    "Sum": (Sum, (N, D), (1, D)),
}


def draw(*shape: int) -> np.ndarray:
    return np.random.RandomState(sum(shape)).randn(*shape)


@pytest.mark.parametrize("name", LAYERS)
def test_passes_leave_arguments_and_parameters_as_they_were(name: str) -> None:
    make, x_shape, out_shape = LAYERS[name]
    layer = make()
    x, dout = draw(*x_shape), draw(*out_shape)
    given = [x, dout, *layer.params]
    before = [a.copy() for a in given]
    out = layer.forward(x)
    out_before = out.copy()
    dx = layer.backward(dout)
    assert out.shape == out_shape
    assert dx.shape == x_shape
    assert all(np.array_equal(a, b) for a, b in zip(given, before, strict=True))
    assert np.array_equal(out, out_before)
    assert not np.shares_memory(dx, dout) or name in {"Sum", "Repeat"}
    assert not np.shares_memory(out, x)


@pytest.mark.parametrize("name", LAYERS)
def test_a_second_backward_gives_the_same_again(name: str) -> None:
    make, x_shape, out_shape = LAYERS[name]
    layer = make()
    layer.forward(draw(*x_shape))
    first = layer.backward(draw(*out_shape)).copy()
    assert np.array_equal(layer.backward(draw(*out_shape)), first)


def test_params_and_grads_are_in_the_same_order() -> None:
    W, b = draw(D, M), draw(M)
    layer = Affine(W, b)
    assert layer.params[0] is W
    assert layer.params[1] is b
    layer.forward(draw(N, D))
    layer.backward(draw(N, M))
    assert [g.shape for g in layer.grads] == [W.shape, b.shape]
    assert np.array_equal(layer.grads[0], layer.dW)
    assert np.array_equal(layer.grads[1], layer.db)


@pytest.mark.parametrize("name", ["Affine", "MatMul"])
def test_gradients_are_written_in_place(name: str) -> None:
    make, x_shape, out_shape = LAYERS[name]
    layer = make()
    joined = list(layer.grads)
    assert all(not g.any() for g in joined)
    layer.forward(draw(*x_shape))
    layer.backward(draw(*out_shape))
    assert all(a is b for a, b in zip(joined, layer.grads, strict=True))
    assert all(g.all() for g in joined)


def test_dW_of_an_earlier_pass_survives_the_next() -> None:
    layer = Affine(draw(D, M), draw(M))
    layer.forward(draw(N, D))
    layer.backward(draw(N, M))
    dW, kept = layer.dW, layer.dW.copy()
    layer.backward(-3 * draw(N, M))
    assert np.array_equal(dW, kept)


@pytest.mark.parametrize("name", ["Affine", "MatMul"])
def test_a_changed_parameter_is_used_by_the_next_pass(name: str) -> None:
    make, x_shape, out_shape = LAYERS[name]
    layer = make()
    x, dout = draw(*x_shape), draw(*out_shape)
    out = layer.forward(x)
    layer.params[0] *= 2
    assert not np.allclose(layer.forward(x), out)
    layer.params[0] = np.zeros_like(layer.params[0])
    layer.forward(x)
    assert not layer.backward(dout).any()


def test_layers_without_parameters_have_empty_lists_of_their_own() -> None:
    for layer in (Relu(), Sigmoid(), Softmax(), SoftmaxWithLoss(), Sum(), Repeat(2)):
        assert layer.params == []
        assert layer.grads == []
        assert layer.params is not layer.grads
    assert Relu().params is not Relu().params


def test_affine_takes_integers_as_the_wiki_does() -> None:
    layer = Affine(np.array([[3, 4, 5], [6, 7, 8]]), np.array([9, 10, 11]))
    out = layer.forward(np.array([[1, 2], [3, 4], [5, 6]]))
    assert out.tolist() == [[24, 28, 32], [42, 50, 58], [60, 72, 84]]
    dx = layer.backward(np.array([[-1, -2, -3], [-4, -5, -6], [-7, -8, -9]]))
    assert dx.tolist() == [[-26, -44], [-62, -107], [-98, -170]]
    assert layer.dW.tolist() == [[-48, -57, -66], [-60, -72, -84]]
    assert layer.db.tolist() == [-12, -15, -18]


def test_gradients_of_integer_weights_keep_their_fractions() -> None:
    layer = Affine(np.array([[3], [6]]), np.array([9]))
    layer.forward(np.array([[1, 2]]))
    layer.backward(np.array([[0.5]]))
    assert layer.grads[0].tolist() == [[0.5], [1.0]]
    assert layer.grads[1].tolist() == [0.5]


def test_relu_keeps_integers_and_leaves_them_alone() -> None:
    x, dout = np.array([1, -2, 3, -4]), np.array([1, 2, -3, -4])
    layer = Relu()
    assert layer.forward(x).tolist() == [1, 0, 3, 0]
    assert layer.backward(dout).tolist() == [1, 0, -3, 0]
    assert layer.mask.tolist() == [False, True, False, True]
    assert dout.tolist() == [1, 2, -3, -4]


@pytest.mark.parametrize("labels", [np.array([[0, 0, 1], [1, 0, 0]]), np.array([2, 0])])
def test_softmax_with_loss_leaves_its_arguments_and_its_y_alone(labels: np.ndarray) -> None:
    x, t = draw(2, 3), labels.copy()
    layer = SoftmaxWithLoss()
    loss = layer.forward(x, t)
    y = layer.y.copy()
    first = layer.backward(-2.5)
    assert np.array_equal(layer.y, y)
    assert np.array_equal(x, draw(2, 3))
    assert np.array_equal(t, labels)
    assert layer.loss == loss
    assert layer.t is t
    assert np.allclose(first, -2.5 * layer.backward(), rtol=1e-15, atol=0)


def test_softmax_of_integers() -> None:
    assert np.array_equal(softmax(np.array([1, 2, 4])), softmax(np.array([1.0, 2.0, 4.0])))


def test_labels_out_of_range_are_an_error() -> None:
    with pytest.raises(IndexError):
        cross_entropy_error(np.array([[0.2, 0.3, 0.5]]), np.array([3]))


def test_numerical_gradient_puts_every_element_back() -> None:
    x = draw(2, 3)
    before = x.copy()
    numerical_gradient(function_2, x)
    assert np.array_equal(x, before)


def test_numerical_gradient_reaches_a_network_that_holds_x() -> None:
    W = draw(D, M)
    x, weights = draw(N, D), draw(N, M)
    layer = MatMul(W)
    grad = numerical_gradient(lambda _: float(np.sum(weights * layer.forward(x))), W)
    layer.backward(weights)
    assert np.allclose(grad, layer.dW, rtol=0, atol=1e-9)


def test_numerical_gradient_of_integers() -> None:
    x = np.array([3, 4])
    assert np.allclose(numerical_gradient(function_2, x), [6, 8], rtol=0, atol=1e-9)
    assert x.tolist() == [3, 4]
