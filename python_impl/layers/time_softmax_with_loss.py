import numpy as np

from python_impl.functions.softmax import softmax
from python_impl.layers._layer import Layer


class TimeSoftmaxWithLoss(Layer):
    """Softmax and the cross entropy over all steps, where a label of `ignore_label` does not count.

    y = softmax(xs),   loss = -sum over the K labels that count of log y[label] / K,
    dx = dout (y - t) / K, and 0 where the label does not count.
    Shapes: xs, dx (N, T, V); ts (N, T) labels counted from 0, or (N, T, V) one-hot; loss and dout are numbers.
    Raises ValueError where no label counts.
    Source: the book, second volume, chapter 5, 5.4.2.
    """

    def __init__(self, ignore_label: int = -1) -> None:
        super().__init__()
        self.ignore_label = ignore_label

    def forward(self, xs: np.ndarray, ts: np.ndarray) -> float:
        labels = ts.argmax(axis=2) if ts.ndim == 3 else ts
        self.shape = xs.shape
        self.labels = labels.ravel()
        self.counts = self.labels != self.ignore_label
        if not self.counts.any():
            raise ValueError(f"every label is {self.ignore_label}, the one that does not count")
        self.y = softmax(xs.reshape(len(self.labels), -1))
        right = self.y[np.flatnonzero(self.counts), self.labels[self.counts]]
        return -np.sum(np.log(right)) / self.counts.sum()

    def backward(self, dout: float = 1) -> np.ndarray:
        dx = self.y.copy()
        dx[np.flatnonzero(self.counts), self.labels[self.counts]] -= 1
        dx *= dout / self.counts.sum()
        dx[~self.counts] = 0
        return dx.reshape(self.shape)
