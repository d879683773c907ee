import numpy as np

from python_impl.functions.identity_function import identity_function
from python_impl.functions.sigmoid import sigmoid


class ThreeLayerNet:
    """y = z2 W3 + b3,   z2 = sigmoid(z1 W2 + b2),   z1 = sigmoid(x W1 + b1): a forward pass, nothing is learned.

    `params` is a dict of W1, b1, W2, b2, W3 and b3; `z1` and `z2` are kept.
    Shapes: x (I,) or (N, I) -> y (O,) or (N, O).
    Source: the book, first volume, chapter 3, 3.4.
    """

    def __init__(self, params: dict[str, np.ndarray]) -> None:
        self.params = params

    def forward(self, x: np.ndarray) -> np.ndarray:
        W1, W2, W3 = (self.params[name] for name in ("W1", "W2", "W3"))
        b1, b2, b3 = (self.params[name] for name in ("b1", "b2", "b3"))
        self.z1 = sigmoid(x @ W1 + b1)
        self.z2 = sigmoid(self.z1 @ W2 + b2)
        return identity_function(self.z2 @ W3 + b3)
