import numpy as np

from python_impl.functions.sigmoid import sigmoid
from python_impl.layers._layer import Layer


class LSTM(Layer):
    """One step of an LSTM: four gates out of A = x Wx + h_prev Wh + b, of H columns each, in the order f, g, i, o.

    f, i, o = sigmoid(A_f), sigmoid(A_i), sigmoid(A_o),   g = tanh(A_g),
    c_next = f c_prev + g i,   h_next = o tanh(c_next).
    Shapes: x (N, D), h and c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,).
    Source: the book, second volume, chapter 6, 6.3. torch has the order i, f, g, o, and two biases.
    """

    def __init__(self, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray) -> None:
        super().__init__(Wx, Wh, b)

    def forward(self, x: np.ndarray, h_prev: np.ndarray, c_prev: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        Wx, Wh, b = self.params
        f, g, i, o = np.split(x @ Wx + h_prev @ Wh + b, 4, axis=1)
        f, g, i, o = sigmoid(f), np.tanh(g), sigmoid(i), sigmoid(o)
        c_next = f * c_prev + g * i
        self.cache = x, h_prev, c_prev, f, g, i, o, np.tanh(c_next)
        return o * np.tanh(c_next), c_next

    def backward(self, dh_next: np.ndarray, dc_next: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        Wx, Wh, _ = self.params
        x, h_prev, c_prev, f, g, i, o, tanh_c = self.cache
        dc = dc_next + dh_next * o * (1 - tanh_c**2)
        df, dg, di, do = dc * c_prev, dc * i, dc * g, dh_next * tanh_c
        dA = np.hstack([df * f * (1 - f), dg * (1 - g**2), di * i * (1 - i), do * o * (1 - o)])
        self.dWx, self.dWh, self.db = x.T @ dA, h_prev.T @ dA, dA.sum(axis=0)
        self.write_grads(self.dWx, self.dWh, self.db)
        return dA @ Wx.T, dA @ Wh.T, dc * f
