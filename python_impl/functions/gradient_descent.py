from collections.abc import Callable

import numpy as np

from python_impl.functions.numerical_gradient import numerical_gradient


def gradient_descent(
    f: Callable[[np.ndarray], float], init_x: np.ndarray, lr: float = 0.01, step_num: int = 100
) -> np.ndarray:
    """x <- x - lr grad f(x), step_num times from init_x, with the numerical gradient.

    `init_x` is left alone; the book's function walks in the caller's array.
    Shapes: init_x of any shape -> the same shape; f gives one number.
    Source: the book, first volume, chapter 4, 4.4.1.
    """
    x = np.array(init_x, dtype=np.float64)
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
    return x
