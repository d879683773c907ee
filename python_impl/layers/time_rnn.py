import numpy as np

from python_impl.layers._time import Recurrent
from python_impl.layers.rnn import RNN


class TimeRNN(Recurrent):
    """An RNN layer for each of T steps, with the same parameters; their gradients are added up over the steps.

    hs_t = tanh(hs_{t-1} Wh + xs_t Wx + b), from h, which is kept if `stateful`. Backpropagation ends at the first step.
    Shapes: xs, dxs (N, T, D), hs, dhs (N, T, H), Wx (D, H), Wh (H, H), b (H,), h, dh (N, H).
    Source: the book, second volume, chapter 5, 5.3.2.
    """

    def forward(self, xs: np.ndarray) -> np.ndarray:
        N, T, _ = xs.shape
        self.layers = [RNN(*self.params) for _ in range(T)]
        hs = np.empty((N, T, len(self.params[1])))
        h = self.begin(self.h, xs)
        for t, layer in enumerate(self.layers):
            h = hs[:, t, :] = layer.forward(xs[:, t, :], h)
        self.h = h
        return hs

    def backward(self, dhs: np.ndarray) -> np.ndarray:
        dxs: list[np.ndarray] = []
        dh = np.zeros(dhs[:, 0, :].shape)
        for t, layer in reversed([*enumerate(self.layers)]):
            dx, dh = layer.backward(dhs[:, t, :] + dh)
            dxs.insert(0, dx)
        self.dh = dh
        self.dWx, self.dWh, self.db = (
            sum(grads) for grads in zip(*(layer.grads for layer in self.layers), strict=True)
        )
        self.write_grads(self.dWx, self.dWh, self.db)
        return np.stack(dxs, axis=1)
