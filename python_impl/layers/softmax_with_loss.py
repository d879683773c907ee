import numpy as np

from python_impl.functions.cross_entropy_error import cross_entropy_error
from python_impl.functions.softmax import softmax
from python_impl.layers._layer import Layer


class SoftmaxWithLoss(Layer):
    """y = softmax(x),   loss = -sum_nk t_nk log(y_nk + delta) / N,   dx = dout (y - t) / N.

    dx is the gradient of the loss without `delta`, as in the book; the book's delta of 1e-7 moves the true one by
    delta / y of the right class, relatively, which a gradient check sees.
    Shapes: x, y, dx (N, C); t one-hot (N, C) or the labels (N,), counted from 0; loss and dout are numbers.
    Source: DeepLearningFromForR wiki, chapter 5, 5.6.3; labels and dout from the notebook "inference and training".
    """

    def __init__(self, delta: float = 1e-7) -> None:
        super().__init__()
        self.delta = delta

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        self.t = t
        self.y = softmax(x)
        self.loss = cross_entropy_error(self.y, self.t, self.delta)
        return self.loss

    def backward(self, dout: float = 1) -> np.ndarray:
        batch_size = len(self.y)
        if self.t.ndim == 2:
            dx = self.y - self.t
        else:
            dx = self.y.copy()
            dx[np.arange(batch_size), self.t] -= 1
        return dout * dx / batch_size
