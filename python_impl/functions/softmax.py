import numpy as np


def softmax(x: np.ndarray) -> np.ndarray:
    """softmax(x)_k = exp(x_k) / sum_j exp(x_j), for each row of a matrix.

    The largest element of a row is subtracted first: the result is the same and exp cannot overflow.
    Shapes: x (C,) -> (C,), or (N, C) -> (N, C).
    Source: DeepLearningFromForR wiki, chapter 5, 5.6.3.
    """
    exp_x = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return exp_x / np.sum(exp_x, axis=-1, keepdims=True)
