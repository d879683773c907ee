import numpy as np


def convert_one_hot(corpus: np.ndarray, vocab_size: int) -> np.ndarray:
    """A row (or a last axis) of zeros with a one at the id.

    Shapes: (N,) -> (N, V), (N, C) -> (N, C, V). Source: the book, second volume, chapter 3, 3.3.2.
    """
    return np.eye(vocab_size, dtype=int)[corpus]
