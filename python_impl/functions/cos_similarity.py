import numpy as np


def cos_similarity(x: np.ndarray, y: np.ndarray, eps: float = 1e-8) -> float:
    """x y / ((|x| + eps) (|y| + eps)), the cosine of the angle between two vectors; eps is for a vector of zeros.

    Source: the book, second volume, chapter 2, 2.3.5.
    """
    nx = x / (np.sqrt(np.sum(x**2)) + eps)
    ny = y / (np.sqrt(np.sum(y**2)) + eps)
    return np.dot(nx, ny)
