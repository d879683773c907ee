import numpy as np

from python_impl.functions.cross_entropy_error import cross_entropy_error
from python_impl.functions.softmax import softmax


def softmax_loss(X: np.ndarray, t: np.ndarray, delta: float = 1e-7) -> float:
    """The cross entropy of softmax(X) and t, from the scores at once.

    Shapes: X (N, C) with t one-hot (N, C) or the labels (N,), counted from 0 -> one number, the mean over the rows.
    Source: the functions that go with the book, first volume; `delta` as in `cross_entropy_error`.
    """
    return cross_entropy_error(softmax(X), t, delta)
