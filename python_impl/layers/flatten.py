import numpy as np

from python_impl.layers._layer import Layer


class Flatten(Layer):
    """Each sample as one row, the last axis running fastest;   dx = dout in the shape of x.

    Shapes: x (N, d1, d2, ...) -> out (N, d1 d2 ...).
    Source: the book, first volume, chapter 7, 7.5, where Affine does it by itself.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        return dout.reshape(self.shape)
