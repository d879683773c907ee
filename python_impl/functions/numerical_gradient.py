from collections.abc import Callable

import numpy as np


def numerical_gradient(f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-4) -> np.ndarray:
    """df/dx_i = (f(x + h e_i) - f(x - h e_i)) / 2h for each element of x.

    As in the book, each element of x is changed where it stands, and put back: f may look at x through its
    argument or through a network that holds x as a parameter. Integers are copied to float64 first, since h would
    be lost in them.
    Shapes: x of any shape -> the same shape; f gives one number.
    Source: "Deep Learning from Scratch", chapter 4; used by the gradient check of the blog post "Back Propagation (2)".
    """
    x = np.asarray(x, dtype=np.float64)
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        x_i = x[i]
        x[i] = x_i + h
        fxh1 = f(x)
        x[i] = x_i - h
        fxh2 = f(x)
        x[i] = x_i
        grad[i] = (fxh1 - fxh2) / (2 * h)
    return grad


def function_2(x: np.ndarray) -> float:
    """f(x) = sum_i x_i^2, the book's example, whose gradient is 2x. x of any shape."""
    return np.sum(x**2)
