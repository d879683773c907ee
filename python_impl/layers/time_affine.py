import numpy as np

from python_impl.layers._layer import Layer


class TimeAffine(Layer):
    """The same Affine layer at each step: out_nt = x_nt W + b.

    Shapes: x, dx (N, T, D), W (D, M), b (M,), out, dout (N, T, M).
    Source: the book, second volume, chapter 5, 5.4.2.
    """

    def __init__(self, W: np.ndarray, b: np.ndarray) -> None:
        super().__init__(W, b)

    def forward(self, x: np.ndarray) -> np.ndarray:
        W, b = self.params
        self.x = x
        return x @ W + b

    def backward(self, dout: np.ndarray) -> np.ndarray:
        W, _ = self.params
        rows = dout.reshape(-1, dout.shape[-1])
        self.dW = self.x.reshape(len(rows), -1).T @ rows
        self.db = rows.sum(axis=0)
        self.write_grads(self.dW, self.db)
        return dout @ W.T
