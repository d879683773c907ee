import numpy as np

from python_impl.functions.sigmoid import sigmoid


class Sigmoid:
    """out = 1 / (1 + exp(-x)),   dx = dout (1 - out) out.

    Shapes: x, out, dout, dx all alike, any shape.
    Source: DeepLearningFromForR wiki, chapter 5, "Sigmoid".
    """

    def __init__(self) -> None:
        self.params: list[np.ndarray] = []
        self.grads: list[np.ndarray] = []

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.out = sigmoid(x)
        return self.out

    def backward(self, dout: np.ndarray) -> np.ndarray:
        return dout * (1.0 - self.out) * self.out
