import numpy as np

from python_impl.functions.softmax import softmax
from python_impl.layers._layer import Layer


class Softmax(Layer):
    """out_k = exp(x_k) / sum_j exp(x_j),   dx = out (dout - sum_k out_k dout_k), for each row.

    Shapes: x, out, dout, dx all (N, C), or all (C,).
    Source: notebook "inference and training", Softmax.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.out = softmax(x)
        return self.out

    def backward(self, dout: np.ndarray) -> np.ndarray:
        dx = self.out * dout
        sumdx = np.sum(dx, axis=-1, keepdims=True)
        return dx - self.out * sumdx
