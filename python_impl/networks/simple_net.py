import numpy as np

from python_impl.functions.cross_entropy_error import cross_entropy_error
from python_impl.functions.numerical_gradient import numerical_gradient
from python_impl.functions.softmax import softmax


class simpleNet:
    """One matrix of weights, and its gradient by central differences: L = CE(softmax(x W), t).

    Shapes: x (I,) or (N, I), W (I, O), t one-hot (O,) or (N, O), or labels -> scores (O,) or (N, O), loss a number, dW
    of the shape of W. The book draws W; here it is given. `delta` as in `cross_entropy_error`.
    Source: the book, first volume, chapter 4, 4.4.2.
    """

    def __init__(self, W: np.ndarray, delta: float = 1e-7) -> None:
        self.W = W
        self.delta = delta

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x @ self.W

    def loss(self, x: np.ndarray, t: np.ndarray) -> float:
        return cross_entropy_error(softmax(self.predict(x)), t, self.delta)

    def gradient(self, x: np.ndarray, t: np.ndarray) -> np.ndarray:
        """dW by central differences."""
        return numerical_gradient(lambda W: simpleNet(W, self.delta).loss(x, t), self.W.copy())
