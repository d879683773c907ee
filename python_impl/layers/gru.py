import numpy as np

from python_impl.functions.sigmoid import sigmoid
from python_impl.layers._layer import Layer


class GRU(Layer):
    """One step of a GRU: the gates z and r, and the candidate g, H columns each of Wx, Wh and b, in this order.

    z = sigmoid(x Wx_z + h_prev Wh_z + b_z),   r = sigmoid(x Wx_r + h_prev Wh_r + b_r),
    g = tanh(x Wx_g + (r h_prev) Wh_g + b_g),   h_next = (1 - z) h_prev + z g.
    Shapes: x (N, D), h (N, H), Wx (D, 3H), Wh (H, 3H), b (3H,).
    Source: the book, second volume, appendix C. torch resets after the product, r (h_prev Wh_g + b), and lets z keep
    the old state, z h_prev + (1 - z) g.
    """

    def __init__(self, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray) -> None:
        super().__init__(Wx, Wh, b)

    def forward(self, x: np.ndarray, h_prev: np.ndarray) -> np.ndarray:
        Wx, Wh, b = self.params
        xz, xr, xg = np.split(x @ Wx + b, 3, axis=1)
        Whz, Whr, Whg = np.split(Wh, 3, axis=1)
        z, r = sigmoid(xz + h_prev @ Whz), sigmoid(xr + h_prev @ Whr)
        g = np.tanh(xg + (r * h_prev) @ Whg)
        self.cache = x, h_prev, z, r, g
        return (1 - z) * h_prev + z * g

    def backward(self, dh_next: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        Wx, Wh, _ = self.params
        x, h_prev, z, r, g = self.cache
        Whz, Whr, Whg = np.split(Wh, 3, axis=1)
        dg = dh_next * z * (1 - g**2)
        dz = dh_next * (g - h_prev) * z * (1 - z)
        dreset = dg @ Whg.T
        dr = dreset * h_prev * r * (1 - r)
        dA = np.hstack([dz, dr, dg])
        self.dWx = x.T @ dA
        self.dWh = np.hstack([h_prev.T @ dz, h_prev.T @ dr, (r * h_prev).T @ dg])
        self.db = dA.sum(axis=0)
        self.write_grads(self.dWx, self.dWh, self.db)
        dh_prev = dh_next * (1 - z) + dreset * r + dz @ Whz.T + dr @ Whr.T
        return dA @ Wx.T, dh_prev
