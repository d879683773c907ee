import itertools
import math

import numpy as np

from python_impl.functions.output_size import output_size
from python_impl.layers.affine import Affine
from python_impl.layers.convolution import Convolution
from python_impl.layers.pooling import Pooling
from python_impl.layers.relu import Relu
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss

PADS = (1, 1, 1, 2, 1, 1)
"""Of the six convolutions. The fourth has 2, so that a 28 x 28 image is pooled to 14, 8 and 4."""


class DeepConvNet:
    """Three times two convolutions with Relu and a Pooling (2 x 2, stride 2); Affine, Relu, Dropout, Affine, Dropout.

    All filters are 3 x 3 with stride 1. `params` is a dict of W1, b1 to W6, b6, the convolutions, W7 and b7, W8 and b8;
    the gradients come as a dict of the same names. `masks` are the two masks of the dropout, 1 where a unit is kept:
    {"hidden": (N, H), "scores": (N, O)}. Without masks, at test, both are scaled by 1 - dropout_ratio, as in the book.
    Shapes: x (N, C, height, width), t (N, O) one-hot or (N,) labels -> scores (N, O), loss a number.
    Source: the book, first volume, chapter 8, 8.1.1.
    """

    def __init__(self, params: dict[str, np.ndarray], dropout_ratio: float = 0.5, delta: float = 1e-7) -> None:
        self.params = params
        self.dropout_ratio = dropout_ratio
        self.convolutions = [Convolution(params[f"W{k}"], params[f"b{k}"], pad=pad) for k, pad in enumerate(PADS, 1)]
        self.affines = [Affine(params[f"W{k}"], params[f"b{k}"]) for k in (7, 8)]
        self.pixels: list[Convolution | Relu | Pooling] = []
        for k, convolution in enumerate(self.convolutions):
            self.pixels += [convolution, Relu()]
            if k % 2 == 1:
                self.pixels.append(Pooling(2, 2, stride=2))
        self.relu = Relu()
        self.last_layer = SoftmaxWithLoss(delta)

    @staticmethod
    def init(
        input_dim: tuple[int, int, int] = (1, 28, 28),
        filter_nums: tuple[int, ...] = (16, 16, 32, 32, 64, 64),
        hidden_size: int = 50,
        output_size: int = 10,
        rng: int | np.random.RandomState = 0,
    ) -> dict[str, np.ndarray]:
        """He's weights, normal times sqrt(2 / fan-in), and zero biases; W1 is drawn first, then the others in order."""
        draw = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
        C, *extents = (int(extent) for extent in input_dim)
        channels = [C, *(int(count) for count in filter_nums)]
        shapes: list[tuple[int, ...]] = [(after, before, 3, 3) for before, after in itertools.pairwise(channels)]
        shapes.append((channels[-1] * math.prod(_pooled(extent) for extent in extents), hidden_size))
        shapes.append((hidden_size, output_size))
        params = {}
        for k, shape in enumerate(shapes, 1):
            filters = len(shape) == 4
            fan_in = math.prod(shape[1:]) if filters else shape[0]
            params[f"W{k}"] = np.sqrt(2.0 / fan_in) * draw.randn(*shape)
            params[f"b{k}"] = np.zeros(shape[0] if filters else shape[1])
        return params

    def predict(self, x: np.ndarray, masks: dict[str, np.ndarray] | None = None) -> np.ndarray:
        if masks is None:
            masks = dict.fromkeys(("hidden", "scores"), np.array(1.0 - self.dropout_ratio))
        self.masks = masks
        for layer in self.pixels:
            x = layer.forward(x)
        hidden = masks["hidden"] * self.relu.forward(self.affines[0].forward(x))
        return masks["scores"] * self.affines[1].forward(hidden)

    def loss(self, x: np.ndarray, t: np.ndarray, masks: dict[str, np.ndarray] | None = None) -> float:
        return self.last_layer.forward(self.predict(x, masks), t)

    def gradient(
        self, x: np.ndarray, t: np.ndarray, masks: dict[str, np.ndarray] | None = None
    ) -> dict[str, np.ndarray]:
        """The gradients of the loss by backpropagation."""
        self.loss(x, t, masks)
        dout = self.masks["scores"] * self.last_layer.backward(1)
        dout = self.masks["hidden"] * self.affines[1].backward(dout)
        dout = self.affines[0].backward(self.relu.backward(dout))
        for layer in reversed(self.pixels):
            dout = layer.backward(dout)
        learned = [*self.convolutions, *self.affines]
        return {
            f"{letter}{k}": grad
            for k, layer in enumerate(learned, 1)
            for letter, grad in (("W", layer.dW), ("b", layer.db))
        }


def _pooled(extent: int) -> int:
    for first, second in zip(PADS[::2], PADS[1::2], strict=True):
        extent = output_size(output_size(output_size(extent, 3, pad=first), 3, pad=second), 2, stride=2)
    return extent
