import numpy as np


def relu_grad(x: np.ndarray) -> np.ndarray:
    """The derivative of relu at x: 1 where x >= 0, else 0.

    At x = 0, where there is no derivative, it is 1, as in the book's function; the layer Relu takes 0 there.
    Shapes: x of any shape -> the same shape.
    Source: the functions that go with the book, first volume.
    """
    return np.where(x >= 0, 1.0, 0.0)
