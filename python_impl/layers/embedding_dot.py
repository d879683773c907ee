import numpy as np

from python_impl.layers._layer import Layer
from python_impl.layers.embedding import Embedding


class EmbeddingDot(Layer):
    """The product of each h with the row of W at its id: out_n = sum_d W[idx_n, d] h_nd.

    Shapes: h, dh (N, D), idx (N,), W (V, D), out, dout (N,).
    Source: the book, second volume, chapter 4, 4.2.4.
    """

    def __init__(self, W: np.ndarray) -> None:
        super().__init__(W)
        self.embed = Embedding(W)
        self.grads = self.embed.grads

    def forward(self, h: np.ndarray, idx: np.ndarray) -> np.ndarray:
        self.h, self.target_W = h, self.embed.forward(idx)
        return np.sum(self.target_W * h, axis=1)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        dout = dout.reshape(-1, 1)
        self.embed.backward(dout * self.h)
        self.dW = self.embed.dW
        return dout * self.target_W
