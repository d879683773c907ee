import numpy as np

from python_impl.layers._layer import Layer


class Affine(Layer):
    """out = x W + b,   dx = dout W^T,   dW = x^T dout,   db = sum of dout over the rows.

    Shapes: x (N, D) or (N, d1, d2, ...) with d1 d2 ... = D, W (D, M), b (M,) -> out (N, M).
    The trailing axes are flattened in NumPy's order, the last axis running fastest; dx has the shape of x.
    Source: DeepLearningFromForR wiki, chapter 5, 5.6.1; the N-dimensional input from the notebook
    "forward and backward of each layer".
    """

    def __init__(self, W: np.ndarray, b: np.ndarray) -> None:
        super().__init__(W, b)

    def forward(self, x: np.ndarray) -> np.ndarray:
        W, b = self.params
        self.shape = x.shape
        self.x = x.reshape(len(x), len(W))
        return self.x @ W + b

    def backward(self, dout: np.ndarray) -> np.ndarray:
        W, _ = self.params
        dx = dout @ W.T
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        self.write_grads(self.dW, self.db)
        return dx.reshape(self.shape)
