import numpy as np


def ppmi(C: np.ndarray, eps: float = 1e-8) -> np.ndarray:
    """Positive pointwise mutual information: max(0, log2(C_ij N / (S_i S_j) + eps)).

    N is the sum of C, S the sums of its columns. eps keeps log2 away from 0.
    Shapes: C (V, V) -> (V, V). Source: the book, second volume, chapter 2, 2.4.1.
    """
    S = C.sum(axis=0)
    return np.maximum(0, np.log2(C * C.sum() / np.outer(S, S) + eps))
