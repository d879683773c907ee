import numpy as np

from python_impl.functions.numerical_gradient import numerical_gradient
from python_impl.layers.affine import Affine
from python_impl.layers.relu import Relu
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss


class TwoLayerNet:
    """Affine, Relu, Affine, and a softmax with cross entropy: L = CE(softmax(relu(x W1 + b1) W2 + b2), t).

    `params` is a dict of W1, b1, W2 and b2; the gradients come as a dict of the same names.
    Shapes: x (N, I), W1 (I, H), b1 (H,), W2 (H, O), b2 (O,), t (N, O) one-hot or (N,) labels -> scores (N, O), loss
    a number. `delta` keeps the logarithm of the cross entropy away from 0, as in `cross_entropy_error`.
    Source: blog post "Back Propagation (2)", Network.
    """

    def __init__(self, params: dict[str, np.ndarray], delta: float = 1e-7) -> None:
        self.params = params
        self.delta = delta
        self.layers = {
            "Affine1": Affine(params["W1"], params["b1"]),
            "Relu1": Relu(),
            "Affine2": Affine(params["W2"], params["b2"]),
        }
        self.last_layer = SoftmaxWithLoss(delta)

    @staticmethod
    def init(
        input_size: int,
        hidden_size: int,
        output_size: int,
        weight_init_std: float = 0.01,
        rng: int | np.random.RandomState = 0,
    ) -> dict[str, np.ndarray]:
        """Normal weights times `weight_init_std` and zero biases.

        W1 is drawn first, then W2. `rng` is a seed, or a stream whose next numbers are taken.
        """
        draw = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
        W1 = weight_init_std * draw.randn(input_size, hidden_size)
        W2 = weight_init_std * draw.randn(hidden_size, output_size)
        return {"W1": W1, "b1": np.zeros(hidden_size), "W2": W2, "b2": np.zeros(output_size)}

    def predict(self, x: np.ndarray) -> np.ndarray:
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x: np.ndarray, t: np.ndarray) -> float:
        return self.last_layer.forward(self.predict(x), t)

    forward = loss  # as trainers call it

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
        for layer in reversed(list(self.layers.values())):
            dout = layer.backward(dout)
        first, second = self.layers["Affine1"], self.layers["Affine2"]
        return loss, {"W1": first.dW, "b1": first.db, "W2": second.dW, "b2": second.db}

    def numerical_gradient(self, x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
        """The gradients of the loss by central differences, one parameter at a time."""

        def loss_with(name: str, value: np.ndarray) -> float:
            return TwoLayerNet({**self.params, name: value}, self.delta).loss(x, t)

        return {
            name: numerical_gradient(lambda value, name=name: loss_with(name, value), self.params[name])
            for name in ("W1", "b1", "W2", "b2")
        }
