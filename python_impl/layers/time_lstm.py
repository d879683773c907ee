import numpy as np

from python_impl.layers._time import Recurrent
from python_impl.layers.lstm import LSTM


class TimeLSTM(Recurrent):
    """An LSTM layer for each of T steps, with the same parameters; their gradients are added up over the steps.

    hs_t, c_t = LSTM(xs_t, hs_{t-1}, c_{t-1}), from h and c, which are kept if `stateful`. Backpropagation ends at the
    first step.
    Shapes: xs, dxs (N, T, D), hs, dhs (N, T, H), Wx (D, 4H), Wh (H, 4H), b (4H,), h, c, dh (N, H).
    Source: the book, second volume, chapter 6, 6.3.1.
    """

    def set_state(self, h: np.ndarray, c: np.ndarray | None = None) -> None:
        self.h, self.c = h, c

    def reset_state(self) -> None:
        self.h, self.c = None, None

    def forward(self, xs: np.ndarray) -> np.ndarray:
        N, T, _ = xs.shape
        self.layers = [LSTM(*self.params) for _ in range(T)]
        hs = np.empty((N, T, len(self.params[1])))
        h, c = self.begin(self.h, xs), self.begin(self.c, xs)
        for t, layer in enumerate(self.layers):
            h, c = layer.forward(xs[:, t, :], h, c)
            hs[:, t, :] = h
        self.h, self.c = h, c
        return hs

    def backward(self, dhs: np.ndarray) -> np.ndarray:
        dxs: list[np.ndarray] = []
        dh = dc = np.zeros(dhs[:, 0, :].shape)
        for t, layer in reversed([*enumerate(self.layers)]):
            dx, dh, dc = layer.backward(dhs[:, t, :] + dh, dc)
            dxs.insert(0, dx)
        self.dh = dh
        self.dWx, self.dWh, self.db = (
            sum(grads) for grads in zip(*(layer.grads for layer in self.layers), strict=True)
        )
        self.write_grads(self.dWx, self.dWh, self.db)
        return np.stack(dxs, axis=1)
