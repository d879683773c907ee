import numpy as np

from python_impl.layers._layer import Layer


class RNN(Layer):
    """One step of a recurrent layer: h_next = tanh(h_prev Wh + x Wx + b).

    With dt = dh_next (1 - h_next^2):   dx = dt Wx^T,   dh_prev = dt Wh^T,   dWx = x^T dt,   dWh = h_prev^T dt,
    db = sum of dt over the rows.
    Shapes: x (N, D), h (N, H), Wx (D, H), Wh (H, H), b (H,).
    Source: the book, second volume, chapter 5, 5.3.1.
    """

    def __init__(self, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray) -> None:
        super().__init__(Wx, Wh, b)

    def forward(self, x: np.ndarray, h_prev: np.ndarray) -> np.ndarray:
        Wx, Wh, b = self.params
        self.x, self.h_prev = x, h_prev
        self.h_next = np.tanh(h_prev @ Wh + x @ Wx + b)
        return self.h_next

    def backward(self, dh_next: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        Wx, Wh, _ = self.params
        dt = dh_next * (1 - self.h_next**2)
        self.dWx, self.dWh, self.db = self.x.T @ dt, self.h_prev.T @ dt, dt.sum(axis=0)
        self.write_grads(self.dWx, self.dWh, self.db)
        return dt @ Wx.T, dt @ Wh.T
