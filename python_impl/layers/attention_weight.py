import numpy as np

from python_impl.functions.softmax import softmax
from python_impl.layers._layer import Layer


class AttentionWeight(Layer):
    """a_n = softmax over t of hs_nt h_n: how much each step of a sequence resembles h.

    Shapes: hs, dhs (N, T, H), h, dh (N, H), a, da (N, T); each row of a sums to 1.
    Source: the book, second volume, chapter 8, 8.1.4.
    """

    def forward(self, hs: np.ndarray, h: np.ndarray) -> np.ndarray:
        self.hs, self.h = hs, h
        self.a = softmax(np.sum(hs * h[:, np.newaxis, :], axis=2))
        return self.a

    def backward(self, da: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ds = self.a * (da - np.sum(da * self.a, axis=1, keepdims=True))
        dt = ds[:, :, np.newaxis]
        return dt * self.h[:, np.newaxis, :], np.sum(dt * self.hs, axis=1)
