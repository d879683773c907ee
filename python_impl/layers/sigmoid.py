import numpy as np

from python_impl.functions.sigmoid import sigmoid
from python_impl.layers._layer import Layer


class Sigmoid(Layer):
    """out = 1 / (1 + exp(-x)),   dx = dout (1 - out) out.

    Shapes: x, out, dout, dx all alike, any shape.
    Source: DeepLearningFromForR wiki, chapter 5, "Sigmoid".
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.out = sigmoid(x)
        return self.out

    def backward(self, dout: np.ndarray) -> np.ndarray:
        return dout * (1.0 - self.out) * self.out
