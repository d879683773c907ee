import numpy as np

from python_impl.functions.sigmoid import sigmoid
from python_impl.layers._layer import Layer


class SigmoidWithLoss(Layer):
    """y = sigmoid(x),   loss = -sum(t log(y + delta) + (1 - t) log(1 - y + delta)) / N,   dx = dout (y - t) / N.

    dx is the gradient of the loss without `delta`, as in the book.
    Shapes: x, t, dx (N,); t is 0 or 1; loss and dout are numbers.
    Source: the book, second volume, chapter 4, 4.2.5.
    """

    def __init__(self, delta: float = 1e-7) -> None:
        super().__init__()
        self.delta = delta

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        self.t, self.y = t, sigmoid(x)
        right = t * np.log(self.y + self.delta) + (1 - t) * np.log(1 - self.y + self.delta)
        self.loss = -np.sum(right) / len(t)
        return self.loss

    def backward(self, dout: float = 1) -> np.ndarray:
        return dout * (self.y - self.t) / len(self.t)
