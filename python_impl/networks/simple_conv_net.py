import numpy as np

from python_impl.functions.output_size import output_size
from python_impl.layers.affine import Affine
from python_impl.layers.convolution import Convolution
from python_impl.layers.pooling import Pooling
from python_impl.layers.relu import Relu
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")


class SimpleConvNet:
    """Convolution, Relu, Pooling (2 x 2, stride 2), Affine, Relu, Affine, and a softmax with cross entropy.

    `params` is a dict of W1 (FN, C, FH, FW), b1 (FN,), W2 (D, H), b2 (H,), W3 (H, O), b3 (O,), D the pooled pixels of
    all filters; the gradients come as a dict of the same names. `stride` and `pad` are those of the convolution.
    Shapes: x (N, C, height, width), t (N, O) one-hot or (N,) labels -> scores (N, O), loss a number. `delta` keeps the
    logarithm of the cross entropy away from 0, as in `cross_entropy_error`.
    Source: the book, first volume, chapter 7, 7.5.
    """

    def __init__(self, params: dict[str, np.ndarray], stride: int = 1, pad: int = 0, delta: float = 1e-7) -> None:
        self.params = params
        self.layers = {
            "Conv1": Convolution(params["W1"], params["b1"], stride, pad),
            "Relu1": Relu(),
            "Pool1": Pooling(2, 2, stride=2),
            "Affine1": Affine(params["W2"], params["b2"]),
            "Relu2": Relu(),
            "Affine2": Affine(params["W3"], params["b3"]),
        }
        self.last_layer = SoftmaxWithLoss(delta)

    @staticmethod
    def init(
        input_dim: tuple[int, int, int] = (1, 28, 28),
        filter_num: int = 30,
        filter_size: int = 5,
        stride: int = 1,
        pad: int = 0,
        hidden_size: int = 100,
        output_size: int = 10,
        weight_init_std: float = 0.01,
        rng: int | np.random.RandomState = 0,
    ) -> dict[str, np.ndarray]:
        """Normal weights times `weight_init_std` and zero biases.

        `input_dim` is (C, height, width). W1 is drawn first, then W2 and W3. `rng` is a seed, or a stream whose next
        numbers are taken.
        """
        draw = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
        C, *extents = (int(extent) for extent in input_dim)
        out_h, out_w = (_pooled(extent, filter_size, stride, pad) for extent in extents)
        W1 = weight_init_std * draw.randn(filter_num, C, filter_size, filter_size)
        W2 = weight_init_std * draw.randn(filter_num * out_h * out_w, hidden_size)
        W3 = weight_init_std * draw.randn(hidden_size, output_size)
        biases = np.zeros(filter_num), np.zeros(hidden_size), np.zeros(output_size)
        return dict(zip(NAMES, (W1, biases[0], W2, biases[1], W3, biases[2]), strict=True))

    def predict(self, x: np.ndarray) -> np.ndarray:
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x: np.ndarray, t: np.ndarray) -> float:
        return self.last_layer.forward(self.predict(x), t)

    forward = loss  # as trainers call it

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """The share of images whose largest score (the first, where several tie) is at the label."""
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
        learned = [self.layers[name] for name in ("Conv1", "Affine1", "Affine2")]
        grads = [grad for layer in learned for grad in (layer.dW, layer.db)]
        return loss, dict(zip(NAMES, grads, strict=True))


def _pooled(extent: int, filter_size: int, stride: int, pad: int) -> int:
    return output_size(output_size(extent, filter_size, stride, pad), 2, stride=2)
