import numpy as np


def he(input_size: int, output_size: int, rng: int | np.random.RandomState = 0) -> np.ndarray:
    """Weights for ReLU: normal with the standard deviation sqrt(2 / input_size), since half of the units are 0.

    `rng` is a seed, or a stream whose next numbers are taken.
    Shapes: (input_size, output_size).
    Source: the book, first volume, chapter 6, 6.2.3; He, Zhang, Ren and Sun (2015).
    """
    draw = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
    return np.sqrt(2.0 / input_size) * draw.randn(input_size, output_size)
