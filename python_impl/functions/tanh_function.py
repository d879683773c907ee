import numpy as np


def tanh_function(x: np.ndarray) -> np.ndarray:
    """tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), element by element.

    Written out like this it is NaN where exp overflows; NumPy's own is not.
    Shapes: x of any shape -> the same shape.
    Source: the book, first volume, chapter 6, 6.2.2, where it takes sigmoid's place; second volume, chapter 5.
    """
    return np.tanh(x)
