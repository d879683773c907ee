import numpy as np

from python_impl.layers._layer import Layer


class MatMul(Layer):
    """out = x W,   dx = dout W^T,   dW = x^T dout.

    Shapes: x (N, D), W (D, M) -> out (N, M).
    Source: notebook "inference and training", MatMul node (its `np.matmult` is `np.matmul`).
    """

    def __init__(self, W: np.ndarray) -> None:
        super().__init__(W)

    def forward(self, x: np.ndarray) -> np.ndarray:
        (W,) = self.params
        self.x = x
        return x @ W

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (W,) = self.params
        dx = dout @ W.T
        self.dW = self.x.T @ dout
        self.write_grads(self.dW)
        return dx
