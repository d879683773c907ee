import numpy as np

from python_impl.layers._layer import Layer


class TimeEmbedding(Layer):
    """The row of W for each id of a sequence: out_nt = W[xs_nt]. dW adds up dout over all places of an id.

    Shapes: xs (N, T), whole numbers counted from 0; W (V, D); out, dout (N, T, D). Nothing flows back to xs.
    Source: the book, second volume, chapter 5, 5.4.2.
    """

    def __init__(self, W: np.ndarray) -> None:
        super().__init__(W)

    def forward(self, xs: np.ndarray) -> np.ndarray:
        self.xs = xs
        return self.params[0][xs]

    def backward(self, dout: np.ndarray) -> None:
        self.dW = np.zeros(self.params[0].shape)
        np.add.at(self.dW, self.xs, dout)
        self.write_grads(self.dW)
