import numpy as np

from python_impl.layers._layer import Layer


class TimeDropout(Layer):
    """While training out = xs mask, with one mask for all steps; at test xs itself.

    The mask is drawn, 1 / (1 - dropout_ratio) where a uniform number is above dropout_ratio and 0 elsewhere; or it is
    given. It is (N, 1, D): what is dropped is dropped at every step. `rng` as in `Dropout`.
    Shapes: xs, out, dout, dxs (N, T, D); mask (N, 1, D).
    Source: the book, second volume, chapter 6, 6.5.2, which calls it variational dropout. The first volume's Dropout
    scales at test; this one while training, as torch does. The code that goes with the book draws a mask of xs's shape.
    """

    def __init__(self, dropout_ratio: float = 0.5, rng: int | np.random.RandomState = 0) -> None:
        super().__init__()
        self.dropout_ratio = dropout_ratio
        self.stream = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)

    def forward(self, xs: np.ndarray, train_flg: bool = True, mask: np.ndarray | None = None) -> np.ndarray:
        N, _, D = xs.shape
        if not train_flg:
            self.mask = np.ones((N, 1, D))
        elif mask is None:
            self.mask = (self.stream.rand(N, 1, D) > self.dropout_ratio) / (1 - self.dropout_ratio)
        elif mask.shape == (N, 1, D):
            self.mask = mask
        else:
            raise ValueError(f"mask has the shape {mask.shape}, expected {(N, 1, D)}")
        return xs * self.mask

    def backward(self, dout: np.ndarray) -> np.ndarray:
        return dout * self.mask
