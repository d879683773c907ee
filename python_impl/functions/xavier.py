import numpy as np


def xavier(input_size: int, output_size: int, rng: int | np.random.RandomState = 0) -> np.ndarray:
    """Weights for sigmoid and tanh: normal with the standard deviation sqrt(1 / input_size).

    `rng` is a seed, or a stream whose next numbers are taken.
    Shapes: (input_size, output_size).
    Source: the book, first volume, chapter 6, 6.2.2; Glorot and Bengio (2010), who divide by the mean of both sizes.
    """
    draw = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
    return np.sqrt(1.0 / input_size) * draw.randn(input_size, output_size)
