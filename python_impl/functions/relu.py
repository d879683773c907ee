import numpy as np


def relu(x: np.ndarray) -> np.ndarray:
    """relu(x) = max(0, x), element by element; NaN stays NaN.

    Shapes: x of any shape -> the same shape.
    Source: the book, first volume, chapter 3, 3.2.7.
    """
    return np.maximum(0, x)
