import numpy as np


def create_co_matrix(corpus: np.ndarray, vocab_size: int, window_size: int = 1) -> np.ndarray:
    """C_ij: how often word j stands within `window_size` places of word i.

    Shapes: corpus (T,), ids from 0 -> (V, V), symmetric.
    Source: the book, second volume, chapter 2, 2.3.4.
    """
    C = np.zeros((vocab_size, vocab_size))
    for distance in range(1, window_size + 1):
        np.add.at(C, (corpus[:-distance], corpus[distance:]), 1)
        np.add.at(C, (corpus[distance:], corpus[:-distance]), 1)
    return C
