import numpy as np


def create_contexts_target(corpus: np.ndarray, window_size: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Each word that has `window_size` neighbours on both sides, and these neighbours.

    Shapes: corpus (T,) -> contexts (T - 2 window_size, 2 window_size), from left to right, target (T - 2 window_size,).
    Source: the book, second volume, chapter 3, 3.3.1.
    """
    target = corpus[window_size : len(corpus) - window_size]
    offsets = [offset for offset in range(-window_size, window_size + 1) if offset != 0]
    places = np.arange(window_size, len(corpus) - window_size)
    return corpus[places[:, np.newaxis] + offsets], target
