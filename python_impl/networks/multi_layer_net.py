import itertools

import numpy as np

from python_impl.functions.he import he
from python_impl.functions.xavier import xavier
from python_impl.layers.affine import Affine
from python_impl.layers.relu import Relu
from python_impl.layers.sigmoid import Sigmoid
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss

ACTIVATIONS = {"relu": Relu, "sigmoid": Sigmoid}


class MultiLayerNet:
    """Affine and an activation as often as there are hidden layers, Affine, softmax with cross entropy; weight decay.

    L = CE(softmax(scores), t) + weight_decay_lambda / 2 sum of W^2, over all weights and no bias; each dW is larger by
    weight_decay_lambda W for it. `params` is a dict of W1, b1, W2, b2, ...; the gradients come as a dict of the same
    names. `activation` is "relu" or "sigmoid"; `delta` as in `cross_entropy_error`.
    Shapes: x (N, I), t (N, O) one-hot or (N,) labels -> scores (N, O), loss a number.
    Source: the book, first volume, chapter 6, 6.4.2, and the networks that go with it.
    """

    def __init__(
        self,
        params: dict[str, np.ndarray],
        activation: str = "relu",
        weight_decay_lambda: float = 0,
        delta: float = 1e-7,
    ) -> None:
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation {activation!r}: expected one of {', '.join(ACTIVATIONS)}")
        self.params = params
        self.weight_decay_lambda = weight_decay_lambda
        self.weights = [name for name in params if name.startswith("W")]
        self.layers: dict[str, Affine | Relu | Sigmoid] = {}
        for k in range(1, len(self.weights) + 1):
            self.layers[f"Affine{k}"] = Affine(params[f"W{k}"], params[f"b{k}"])
            if k < len(self.weights):
                self.layers[f"Activation{k}"] = ACTIVATIONS[activation]()
        self.last_layer = SoftmaxWithLoss(delta)

    @staticmethod
    def init(
        input_size: int,
        hidden_size_list: list[int],
        output_size: int,
        weight_init_std: float | str = "relu",
        rng: int | np.random.RandomState = 0,
    ) -> dict[str, np.ndarray]:
        """Normal weights and zero biases; W1 is drawn first, then the others in order.

        `weight_init_std` is the standard deviation; or "relu" or "he" for He's weights, "sigmoid" or "xavier" for
        Xavier's. `rng` is a seed, or a stream whose next numbers are taken.
        """
        draw = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
        sizes = [int(size) for size in (input_size, *hidden_size_list, output_size)]
        params = {}
        for k, (before, after) in enumerate(itertools.pairwise(sizes), 1):
            params[f"W{k}"] = _weights(before, after, weight_init_std, draw)
            params[f"b{k}"] = np.zeros(after)
        return params

    def predict(self, x: np.ndarray) -> np.ndarray:
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x: np.ndarray, t: np.ndarray) -> float:
        return self.last_layer.forward(self.predict(x), t) + self.weight_decay()

    forward = loss  # as trainers call it

    def weight_decay(self) -> float:
        return sum(0.5 * self.weight_decay_lambda * np.sum(self.params[name] ** 2) for name in self.weights)

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """The share of rows whose largest score (the first, where several tie) is at the label."""
        labels = t if t.ndim == 1 else t.argmax(axis=1)
        return float(np.mean(self.predict(x).argmax(axis=1) == labels))

    def gradient(self, x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
        """The gradients of the loss by backpropagation."""
        return self.loss_and_gradient(x, t)[1]

    def loss_and_gradient(self, x: np.ndarray, t: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(x, t)
        dout = self.last_layer.backward(1)
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        grads = {}
        for k, name in enumerate(self.weights, 1):
            affine = self.layers[f"Affine{k}"]
            grads[name] = affine.dW + self.weight_decay_lambda * self.params[name]
            grads[f"b{k}"] = affine.db
        return loss, grads


def _weights(before: int, after: int, weight_init_std: float | str, draw: np.random.RandomState) -> np.ndarray:
    if weight_init_std in ("relu", "he"):
        return he(before, after, draw)
    if weight_init_std in ("sigmoid", "xavier"):
        return xavier(before, after, draw)
    if isinstance(weight_init_std, str):
        raise ValueError(f"weight_init_std {weight_init_std!r}: expected a number, relu, he, sigmoid or xavier")
    return weight_init_std * draw.randn(before, after)
