import numpy as np

from python_impl.functions.sigmoid import sigmoid
from python_impl.layers._layer import Layer


class TimeSigmoidWithLoss(Layer):
    """Sigmoid and the binary cross entropy at each step; the losses of the steps are averaged.

    y = sigmoid(xs),   loss = -sum(t log y + (1 - t) log(1 - y)) / (N T),   dxs = dout (y - t) / (N T).
    Shapes: xs, ts, dxs (N, T); loss and dout are numbers.
    Source: the functions that go with the book, second volume.
    """

    def forward(self, xs: np.ndarray, ts: np.ndarray) -> float:
        self.ts = ts
        self.y = sigmoid(xs)
        return -np.mean(ts * np.log(self.y) + (1 - ts) * np.log(1 - self.y))

    def backward(self, dout: float = 1) -> np.ndarray:
        return dout * (self.y - self.ts) / self.ts.size
