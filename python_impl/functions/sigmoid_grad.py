import numpy as np

from python_impl.functions.sigmoid import sigmoid


def sigmoid_grad(x: np.ndarray) -> np.ndarray:
    """The derivative of the sigmoid at x: (1 - sigmoid(x)) sigmoid(x), element by element.

    Shapes: x of any shape -> the same shape.
    Source: the book, first volume, chapter 5, 5.5.2, as a function of x.
    """
    y = sigmoid(x)
    return (1.0 - y) * y
