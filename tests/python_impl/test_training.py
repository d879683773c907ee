"""What fixtures cannot say of the training runs and the trainer: that they go on, and what a step is made of."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import parity
from python_impl.datasets import spiral
from python_impl.datasets.digits import load_digits
from python_impl.networks.two_layer_net import TwoLayerNet
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.batches import epoch_batches, random_batches
from python_impl.trainers.trainer import Trainer
from python_impl.training.digits import DigitsRun
from python_impl.training.iris import IrisRun
from python_impl.training.mnist import MnistRun
from python_impl.training.mnist_gradient_check import mnist_gradient_check
from python_impl.training.softmax_regression import SoftmaxRegressionRun
from python_impl.training.softmax_regression_as_printed import SoftmaxRegressionAsPrintedRun
from python_impl.training.spiral import SpiralRun

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
MINIATURE = FIXTURES / "datasets" / "files" / "mnist"
RUNS = [SpiralRun, DigitsRun, IrisRun, SoftmaxRegressionRun, SoftmaxRegressionAsPrintedRun]


def weights(run: Any) -> np.ndarray:
    if hasattr(run, "W"):
        return np.concatenate([run.W.ravel(), run.B.ravel()])
    params = run.params.values() if isinstance(run.params, dict) else run.params
    return np.concatenate([p.ravel() for p in params])


@pytest.mark.parametrize("kind", RUNS)
def test_in_pieces_it_is_the_same_run(kind: Callable[..., Any]) -> None:
    whole, pieces = kind(seed=3), kind(seed=3)
    loss = whole.train(24)
    # 24 steps end within the third epoch of the spiral, and 7 within its first.
    np.testing.assert_array_equal(loss, np.concatenate([pieces.train(n) for n in (1, 7, 16)]))
    np.testing.assert_array_equal(weights(whole), weights(pieces))
    assert loss.shape == (24,)
    assert np.unique(loss).size == 24


@pytest.mark.parametrize("kind", RUNS)
def test_the_seed_decides_and_the_global_stream_is_left_alone(kind: Callable[..., Any]) -> None:
    np.random.seed(8)
    first = kind(seed=1).train(3)
    untouched = np.random.rand()
    np.random.seed(9)
    np.testing.assert_array_equal(kind(seed=1).train(3), first)
    assert not np.array_equal(kind(seed=2).train(3), first)
    assert untouched == np.random.RandomState(8).rand()


def test_a_step_on_the_digits_is_that_of_the_source() -> None:
    (x_train, t_train), _ = load_digits(one_hot_label=True)
    run = DigitsRun(seed=5, lr=0.2, batch_size=20, weight_init_std=0.1)
    rng = np.random.RandomState(5)
    params = TwoLayerNet.init(64, 50, 10, weight_init_std=0.1, rng=rng)
    loss = run.train(2)
    for step in range(2):
        batch = rng.choice(1500, 20)
        x, t = x_train[batch], t_train[batch]
        grads = TwoLayerNet(params).gradient(x, t)
        params = {name: params[name] - 0.2 * grads[name] for name in params}
        assert TwoLayerNet(params).loss(x, t) == loss[step]
    np.testing.assert_array_equal(run.params["W1"], params["W1"])
    assert run.train_accuracy == TwoLayerNet(params).accuracy(x_train, t_train)


@pytest.mark.parametrize(("batch_size", "steps"), [(30, 10), (300, 1), (140, 2)])
def test_an_epoch_of_the_spiral_takes_every_point_once(
    monkeypatch: pytest.MonkeyPatch, batch_size: int, steps: int
) -> None:
    run = SpiralRun(seed=0, batch_size=batch_size)
    seen: list[np.ndarray] = []
    forward = run.network.forward
    monkeypatch.setattr(run.network, "forward", lambda x, t: seen.append(np.hstack([x, t])) or forward(x, t))
    run.train(2 * steps)
    for epoch in (seen[:steps], seen[steps:]):
        points = np.concatenate(epoch)
        # What does not fill a batch is left out.
        assert len(points) == len(np.unique(points, axis=0)) == batch_size * steps
    assert not np.array_equal(seen[0], seen[steps])
    assert {tuple(p) for p in np.concatenate(seen)} <= {tuple(p) for p in np.hstack(spiral.load_data())}


def test_the_boundary_is_where_the_classes_are() -> None:
    run = SpiralRun(seed=42)
    run.train(1500)
    regions = run.boundary(-1, 1, 21)
    assert regions.shape == (21, 21)
    # Row i is the height -1 + i / 10, column j the place -1 + j / 10.
    points = np.array([[0.3, -0.7], [-0.5, 0.9], [0.8, 0.1]])
    expected = run.network.predict(points).argmax(axis=1)
    np.testing.assert_array_equal(regions[[3, 19, 11], [13, 5, 18]], expected)
    assert np.unique(regions).tolist() == [0, 1, 2]
    assert not np.array_equal(regions, regions.T)


def test_the_irises_of_the_test_are_not_learned_from() -> None:
    run = IrisRun(seed=6)
    assert (run.x_train.shape, run.x_test.shape) == ((120, 4), (30, 4))
    together = np.concatenate([np.column_stack([run.x_train, run.t_train]), np.column_stack([run.x_test, run.t_test])])
    other = IrisRun(seed=7)
    again = np.concatenate(
        [np.column_stack([other.x_train, other.t_train]), np.column_stack([other.x_test, other.t_test])]
    )
    assert not np.array_equal(together, again)
    np.testing.assert_array_equal(together[np.lexsort(together.T)], again[np.lexsort(again.T)])


def test_both_jacobians_begin_alike_and_part_at_the_first_step() -> None:
    right, printed = SoftmaxRegressionRun(), SoftmaxRegressionAsPrintedRun()
    assert right.forward() == printed.forward()
    assert right.train(1) != printed.train(1)


def test_without_the_files_of_mnist_the_run_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    for begin in (lambda: MnistRun().train(1), mnist_gradient_check):
        with pytest.raises(FileNotFoundError, match=r"python -m python_impl\.datasets mnist"):
            begin()


def test_a_miniature_of_mnist_is_learned_in_both_languages(tmp_path: Path) -> None:
    text = (FIXTURES / "training" / "mnist.json").read_text("utf-8")
    fixture = tmp_path / "mnist.json"
    fixture.write_text(
        text.replace('"seed": 42', f'"path": "{MINIATURE}", "seed": 42')
        .replace('"deepscratch::', '"')
        .replace('"integers"', f'"r_source": {_r_files()}, "integers"')
        .replace('"weight_init_std": 0.01', '"weight_init_std": 0.1')
    )
    report = parity.run(fixture, overrides={"steps": 50, "every": 20, "batch_size": 4})
    assert report.ok, report
    (case,) = report.fixtures[0].cases
    run = case.trajectory
    assert run is not None
    assert [checkpoint.step for checkpoint in run.checkpoints] == [1, 21, 41, 50]
    assert run.scalars["train_accuracy"]["r"] == run.scalars["train_accuracy"]["python"]
    assert run.scalars["train_accuracy"]["r"][-1] > 0.5


def _r_files() -> str:
    sources = Path(__file__).resolve().parents[2] / "r_impl" / "R"
    return "[" + ", ".join(f'"{file}"' for file in sorted(sources.glob("*.R"))) + "]"


def test_the_gradient_check_is_limited_by_delta() -> None:
    on = mnist_gradient_check(seed=4, hidden_size=6, weight_init_std=0.1, path=MINIATURE)
    off = mnist_gradient_check(seed=4, delta=0.0, hidden_size=6, weight_init_std=0.1, path=MINIATURE)
    assert on.keys() == {"W1", "b1", "W2", "b2"}
    assert 1e-8 < on["b2"] < 1e-6
    assert all(off[name] < on[name] / 100 for name in on)


class Line:
    """t = x w, the mean squared error and its gradient by w."""

    def __init__(self, w: float) -> None:
        self.params = {"w": np.array([w])}

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        return float(np.mean((x * self.params["w"] - t) ** 2))

    def loss_and_gradient(self, x: np.ndarray, t: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        return self.forward(x, t), {"w": np.array([np.mean(2 * x * (x * self.params["w"] - t))])}


X, T = np.array([1.0, 2.0, 4.0]), np.array([3.0, 2.0, 0.0])


# By hand, with lr = 1/8. Rows 0 and 1 at w = 1: the errors are -2 and 0, the loss is 2, the gradient -2: w = 1.25.
# Row 2 at w = 1.25: the error is 5, the loss 25, the gradient 40: w = -3.75.
def test_a_trainer_takes_the_steps_that_a_hand_takes() -> None:
    line = Line(1.0)
    trainer = Trainer(line, SGD(0.125), iter([[0, 1], [2]]), X, T)
    assert trainer.train(1).tolist() == [2.0]
    assert line.params["w"].tolist() == [1.25]
    assert trainer.train(1).tolist() == [25.0]
    assert line.params["w"].tolist() == [-3.75]
    assert trainer.train(0).tolist() == []


def test_the_loss_after_an_update_is_that_of_the_same_batch() -> None:
    line = Line(1.0)
    # Rows 0 and 1 at w = 1.25: (1.75^2 + 0.5^2) / 2. Row 2 at w = -3.75: 15^2.
    trainer = Trainer(line, SGD(0.125), iter([[0, 1], [2]]), X, T, loss_after=True)
    assert trainer.train(2).tolist() == [1.65625, 225.0]
    assert line.params["w"].tolist() == [-3.75]


def test_random_batches_are_those_of_choice() -> None:
    rng = np.random.RandomState(3)
    expected = [rng.choice(7, 4).tolist() for _ in range(3)]
    assert [b.tolist() for b in islice(random_batches(np.random.RandomState(3), 7, 4), 3)] == expected
    for batch in islice(random_batches(np.random.RandomState(3), 7, 6, replace=False), 20):
        assert len(set(batch.tolist())) == 6


def test_an_epoch_reorders_the_order_before_it() -> None:
    rng = np.random.RandomState(3)
    first = rng.permutation(5)
    second = first[rng.permutation(5)]
    batches = [b.tolist() for b in islice(epoch_batches(np.random.RandomState(3), 5, 2), 5)]
    # The fifth number of each order fills no batch.
    assert batches[:4] == [first[:2].tolist(), first[2:4].tolist(), second[:2].tolist(), second[2:4].tolist()]


@pytest.mark.parametrize("size", [0, 6])
def test_an_epoch_without_a_batch_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"a batch of {size} cannot be taken from 5"):
        next(epoch_batches(np.random.RandomState(0), 5, size))
