import numpy as np


def mean_squared_error(y: np.ndarray, t: np.ndarray) -> float:
    """E = 1/2 sum (y - t)^2, over all elements: half of a sum of squares, in spite of its name no mean.

    Shapes: y and t alike, t one-hot -> one number.
    Raises ValueError where y and t differ in shape, which subtraction would broadcast.
    Source: the book, first volume, chapter 4, 4.2.1.
    """
    if np.shape(y) != np.shape(t):
        raise ValueError(f"y has the shape {np.shape(y)}, t {np.shape(t)}: expected the same")
    return 0.5 * np.sum((y - t) ** 2)
