"""What fixtures cannot say of networks, SGD and the spiral: which arrays are shared, what stays unchanged, learning."""

import numpy as np
import pytest

from python_impl.datasets import spiral
from python_impl.networks.softmax_regression import SoftmaxRegression
from python_impl.networks.softmax_regression_as_printed import SoftmaxRegressionAsPrinted
from python_impl.networks.two_layer_net import TwoLayerNet
from python_impl.networks.two_layer_net_sigmoid import TwoLayerNetSigmoid
from python_impl.optimizers.sgd import SGD


def small_net(delta: float = 0.0) -> TwoLayerNet:
    return TwoLayerNet(TwoLayerNet.init(4, 6, 3, weight_init_std=1, rng=8), delta)


def batch(n: int = 7) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.RandomState(9)
    return draw.randn(n, 4), draw.randint(3, size=n)


def test_backpropagation_gives_what_numerical_gradient_gives() -> None:
    net = small_net()
    x, t = batch()
    exact, numeric = net.gradient(x, t), net.numerical_gradient(x, t)
    assert exact.keys() == numeric.keys() == net.params.keys()
    for name in exact:
        np.testing.assert_allclose(exact[name], numeric[name], rtol=0, atol=1e-7)


def test_the_gradient_check_of_the_blog_post_is_limited_by_delta() -> None:
    """Its b2 differs by 1.4e-7; without delta in the logarithm that difference goes away."""
    x, t = np.random.RandomState(1).rand(3, 784), np.array([5, 0, 4])
    params = TwoLayerNet.init(784, 50, 10, rng=0)

    def loss(b2: np.ndarray, delta: float) -> float:
        return TwoLayerNet({**params, "b2": b2}, delta).loss(x, t)

    def difference(delta: float) -> float:
        b2, steps = params["b2"], 1e-4 * np.eye(10)
        numeric = [(loss(b2 + step, delta) - loss(b2 - step, delta)) / 2e-4 for step in steps]
        return float(np.abs(TwoLayerNet(params, delta).gradient(x, t)["b2"] - numeric).mean())

    assert 1e-7 < difference(1e-7) < 2e-7
    assert difference(0.0) < 2e-9


@pytest.mark.parametrize("t", [np.array([0, 2, 1, 0]), np.eye(3)[[0, 2, 1, 0]]])
def test_accuracy_takes_both_forms_of_labels(t: np.ndarray) -> None:
    params = {"W1": np.eye(3), "b1": np.zeros(3), "W2": np.eye(3), "b2": np.zeros(3)}
    x = np.array([[3.0, 1, 2], [0, 1, 4], [5, 2, 1], [1, 1, 0]])  # right, right, wrong, a tie that the first wins
    assert TwoLayerNet(params).accuracy(x, t) == 0.75


def test_nothing_that_is_passed_in_changes() -> None:
    net = small_net()
    x, t = batch()
    before = [a.tobytes() for a in (x, t, *net.params.values())]
    net.gradient(x, t)
    net.numerical_gradient(x, t)
    net.accuracy(x, t)
    sigmoid = TwoLayerNetSigmoid(list(net.params.values()))
    sigmoid.forward(x, t)
    sigmoid.backward(-2.0)
    assert [a.tobytes() for a in (x, t, *net.params.values())] == before


def test_params_and_grads_are_the_very_arrays_of_the_layers() -> None:
    net = TwoLayerNetSigmoid(TwoLayerNetSigmoid.init(2, 4, 3, rng=1))
    grads = list(net.grads)
    net.forward(np.array([[1.0, -2.0]]), np.array([2]))
    net.backward()
    assert all(a is b for a, b in zip(grads, net.grads, strict=True))
    assert all(g.shape == p.shape and g.any() for g, p in zip(net.grads, net.params, strict=True))
    layers = [array for layer in net.layers for array in layer.params]
    assert all(a is b for a, b in zip(layers, net.params, strict=True))


@pytest.mark.parametrize("form", [list, dict])
def test_sgd_steps_in_place_and_leaves_the_gradients_alone(form: type) -> None:
    W, dW = np.array([[1.0, -2.0]]), np.array([[0.5, 4.0]])
    params, grads = ([W], [dW]) if form is list else ({"W": W}, {"W": dW, "unused": dW})
    SGD(lr=0.5).update(params, grads)
    np.testing.assert_array_equal(W, [[0.75, -4.0]])
    assert (params[0] if form is list else params["W"]) is W
    np.testing.assert_array_equal(dW, [[0.5, 4.0]])


def test_steps_down_the_gradient_lower_the_loss_on_the_spiral() -> None:
    x, t = spiral.load_data()
    net = TwoLayerNetSigmoid(TwoLayerNetSigmoid.init(2, 10, 3, rng=42))
    losses = []
    for _ in range(30):
        losses.append(net.forward(x, t))
        net.backward()
        SGD(lr=0.5).update(net.params, net.grads)
    assert np.all(np.diff(losses) < 0)
    assert net.forward(x, t.argmax(axis=1)) == pytest.approx(net.forward(x, t), rel=1e-14)


def test_init_takes_a_seed_or_goes_on_with_a_stream() -> None:
    draw = np.random.RandomState(5)
    made = TwoLayerNet.init(2, 3, 2, rng=draw)
    again = TwoLayerNet.init(2, 3, 2, rng=5)
    numbers = np.random.RandomState(5).randn(13)
    assert all(np.array_equal(made[name], again[name]) for name in again)
    np.testing.assert_array_equal(made["W2"], 0.01 * numbers[6:12].reshape(3, 2))
    assert draw.randn() == numbers[12]


def test_the_printed_jacobian_is_the_one_whose_rows_do_not_add_up_to_0() -> None:
    for kind, sums in ((SoftmaxRegression, [0, 0, 0]), (SoftmaxRegressionAsPrinted, [0, 0.03, -0.01])):
        network = kind(np.zeros((3, 1)), np.log([[0.2], [0.3], [0.5]]))
        network.forward(np.zeros((1, 1)), np.array([[0, 0, 1]]))
        np.testing.assert_allclose(network.jacobian().sum(axis=1), sums, atol=1e-15)


def test_training_does_not_touch_the_weights_it_was_given() -> None:
    W, B = np.array([[0.5], [-1.0], [2.0]]), np.array([[0.25], [1.0], [-0.5]])
    before = W.tobytes() + B.tobytes()
    network = SoftmaxRegression(W, B)
    first = network.forward(np.array([[2.0]]), np.array([[0, 1, 0]]))
    last = network.train(np.array([[2.0]]), np.array([[0, 1, 0]]), steps=20, lr=0.1)
    assert last < first
    assert W.tobytes() + B.tobytes() == before
    assert not np.array_equal(network.W, W)


def test_the_spiral_leaves_the_global_stream_alone() -> None:
    np.random.seed(3)
    expected = np.random.rand(2)
    np.random.seed(3)
    x, t = spiral.load_data()
    np.testing.assert_array_equal(np.random.rand(2), expected)
    # The last point as the book's own file gives it.
    np.testing.assert_allclose(x[299], [-0.5974310265949212, 0.7894150799558737], rtol=1e-15)
    assert x.shape == (300, 2)
    assert t.sum(axis=0).tolist() == [100, 100, 100]
