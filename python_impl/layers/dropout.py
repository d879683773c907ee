import numpy as np

from python_impl.layers._layer import Layer


class Dropout(Layer):
    """While training out = x mask,   dx = dout mask; at test out = (1 - dropout_ratio) x, and dx as much of dout.

    Each element of the mask is drawn: kept where a uniform number is above dropout_ratio. Or it is given.
    `rng` is a seed, or a stream whose next numbers are taken; each draw goes on where the one before it stopped.
    Shapes: x, mask, out, dout, dx all alike, any shape.
    Source: the book, first volume, chapter 6, 6.4.3. Its backward pass after a test would take the last mask that was
    drawn; this one takes what its forward pass took.
    """

    def __init__(self, dropout_ratio: float = 0.5, rng: int | np.random.RandomState = 0) -> None:
        super().__init__()
        self.dropout_ratio = dropout_ratio
        self.stream = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)

    def forward(self, x: np.ndarray, train_flg: bool = True, mask: np.ndarray | None = None) -> np.ndarray:
        if not train_flg:
            self.mask = np.full(x.shape, 1.0 - self.dropout_ratio)
        elif mask is None:
            self.mask = self.stream.rand(*x.shape) > self.dropout_ratio
        elif mask.shape == x.shape:
            self.mask = mask
        else:
            raise ValueError(f"mask has the shape {mask.shape}, expected {x.shape}")
        return x * self.mask

    def backward(self, dout: np.ndarray) -> np.ndarray:
        return dout * self.mask
