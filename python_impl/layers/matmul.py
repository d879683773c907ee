import numpy as np


class MatMul:
    """out = x W,   dx = dout W^T,   dW = x^T dout.

    Shapes: x (N, D), W (D, M) -> out (N, M).
    Source: notebook "inference and training", MatMul node (its `np.matmult` is `np.matmul`).
    """

    def __init__(self, W: np.ndarray) -> None:
        self.params = [W]
        self.grads = [np.zeros(W.shape)]

    def forward(self, x: np.ndarray) -> np.ndarray:
        (W,) = self.params
        self.x = x
        return x @ W

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (W,) = self.params
        dx = dout @ W.T
        self.dW = self.x.T @ dout
        self.grads[0][...] = self.dW  # in place: a joined list of gradients holds this very array
        return dx
