import numpy as np

from python_impl.layers._layer import Layer


class WeightSum(Layer):
    """c_n = sum_t a_nt hs_nt: the steps of a sequence added up by weights.

    Shapes: hs, dhs (N, T, H), a, da (N, T), c, dc (N, H).
    Source: the book, second volume, chapter 8, 8.1.3.
    """

    def forward(self, hs: np.ndarray, a: np.ndarray) -> np.ndarray:
        self.hs, self.a = hs, a
        return np.sum(hs * a[:, :, np.newaxis], axis=1)

    def backward(self, dc: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        dt = dc[:, np.newaxis, :]
        return dt * self.a[:, :, np.newaxis], np.sum(dt * self.hs, axis=2)
