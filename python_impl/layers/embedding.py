import numpy as np

from python_impl.layers._layer import Layer


class Embedding(Layer):
    """The rows of W at the ids: out_n = W[idx_n]. dW adds up dout over all places of an id.

    Shapes: idx (N,), whole numbers counted from 0; W (V, D); out, dout (N, D). Nothing flows back to idx.
    Source: the book, second volume, chapter 4, 4.1.2.
    """

    def __init__(self, W: np.ndarray) -> None:
        super().__init__(W)

    def forward(self, idx: np.ndarray) -> np.ndarray:
        self.idx = idx
        return self.params[0][idx]

    def backward(self, dout: np.ndarray) -> None:
        self.dW = np.zeros(self.params[0].shape)
        np.add.at(self.dW, self.idx, dout)  # dW[idx] += dout would count an id once that comes twice
        self.write_grads(self.dW)
