import numpy as np

from python_impl.layers._layer import Layer
from python_impl.layers.time_lstm import TimeLSTM


class TimeBiLSTM(Layer):
    """A TimeLSTM from the first step to the last, another one from the last to the first, side by side.

    hs_t = (forwards_t, backwards_t), the latter of the sequence turned round and turned back.
    Shapes: xs, dxs (N, T, D), hs, dhs (N, T, 2H); Wx1, Wx2 (D, 4H), Wh1, Wh2 (H, 4H), b1, b2 (4H,).
    Source: the book, second volume, chapter 8, 8.3.1.
    """

    def __init__(
        self,
        Wx1: np.ndarray,
        Wh1: np.ndarray,
        b1: np.ndarray,
        Wx2: np.ndarray,
        Wh2: np.ndarray,
        b2: np.ndarray,
        stateful: bool = False,
    ) -> None:
        super().__init__(Wx1, Wh1, b1, Wx2, Wh2, b2)
        self.forwards = TimeLSTM(Wx1, Wh1, b1, stateful)
        self.backwards = TimeLSTM(Wx2, Wh2, b2, stateful)
        self.grads = self.forwards.grads + self.backwards.grads

    def forward(self, xs: np.ndarray) -> np.ndarray:
        return np.concatenate([self.forwards.forward(xs), self.backwards.forward(xs[:, ::-1])[:, ::-1]], axis=2)

    def backward(self, dhs: np.ndarray) -> np.ndarray:
        one, other = np.split(dhs, 2, axis=2)
        return self.forwards.backward(one) + self.backwards.backward(other[:, ::-1])[:, ::-1]
