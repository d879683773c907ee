import numpy as np


def step_function(x: np.ndarray) -> np.ndarray:
    """step_function(x) = 1 where x > 0, else 0; whole numbers, and 0 at x = 0.

    Shapes: x of any shape -> the same shape.
    Source: the book, first volume, chapter 3, 3.2.2.
    """
    return np.array(x > 0, dtype=np.int64)
