import numpy as np

from python_impl.layers.affine import Affine
from python_impl.layers.sigmoid import Sigmoid
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss


class TwoLayerNetSigmoid:
    """Affine, Sigmoid, Affine, and a softmax with cross entropy: L = CE(softmax(sigmoid(x W1 + b1) W2 + b2), t).

    `params` is the list [W1, b1, W2, b2]; `grads` the list of their gradients, in the same order, written in
    place by `backward`.
    Shapes: x (N, I), W1 (I, H), b1 (H,), W2 (H, O), b2 (O,), t (N, O) one-hot or (N,) labels -> scores (N, O), loss
    a number. `delta` keeps the logarithm of the cross entropy away from 0, as in `cross_entropy_error`.
    Source: notebook "inference and training", TwoLayerNet. Its last cell has no predict, forward and
    backward; they are those of the book.
    """

    def __init__(self, params: list[np.ndarray], delta: float = 1e-7) -> None:
        W1, b1, W2, b2 = params
        self.layers = [Affine(W1, b1), Sigmoid(), Affine(W2, b2)]
        self.loss_layer = SoftmaxWithLoss(delta)
        self.params: list[np.ndarray] = []
        self.grads: list[np.ndarray] = []
        for layer in self.layers:
            self.params += layer.params
            self.grads += layer.grads

    @staticmethod
    def init(
        input_size: int,
        hidden_size: int,
        output_size: int,
        weight_init_std: float = 1.0,
        rng: int | np.random.RandomState = 0,
    ) -> list[np.ndarray]:
        """Normal weights times `weight_init_std` (1 in the notebook, 0.01 in the book) and zero biases.

        W1 is drawn first, then W2. `rng` is a seed, or a stream whose next numbers are taken.
        """
        draw = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
        W1 = weight_init_std * draw.randn(input_size, hidden_size)
        W2 = weight_init_std * draw.randn(hidden_size, output_size)
        return [W1, np.zeros(hidden_size), W2, np.zeros(output_size)]

    def predict(self, x: np.ndarray) -> np.ndarray:
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        return self.loss_layer.forward(self.predict(x), t)

    def backward(self, dout: float = 1.0) -> np.ndarray:
        dx = self.loss_layer.backward(dout)
        for layer in reversed(self.layers):
            dx = layer.backward(dx)
        return dx

    def loss_and_gradient(self, x: np.ndarray, t: np.ndarray) -> tuple[float, list[np.ndarray]]:
        loss = self.forward(x, t)
        self.backward()
        return loss, self.grads
