import numpy as np


class Repeat:
    """out_ij = x_1j for N rows,   dx_1j = sum_i dout_ij.

    Shapes: x (1, D) -> out (N, D).
    Source: notebook "inference and training", Repeat node.
    """

    def __init__(self, N: int) -> None:
        self.N = N
        self.params: list[np.ndarray] = []
        self.grads: list[np.ndarray] = []

    def forward(self, x: np.ndarray) -> np.ndarray:
        return np.repeat(x, self.N, axis=0)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        return np.sum(dout, axis=0, keepdims=True)
