import numpy as np


def positional_encoding(T: int, D: int) -> np.ndarray:
    """What is added to a sequence, so that it knows where it is: sines and cosines of T places, of D / 2 wavelengths.

    PE_{t, 2i} = sin(t / 10000^(2i / D)),   PE_{t, 2i + 1} = cos(t / 10000^(2i / D)), t and i from 0.
    Shapes: -> (T, D); D is even, else ValueError.
    Source: Vaswani et al. (2017), Attention Is All You Need, 3.5.
    """
    if D % 2:
        raise ValueError(f"D is {D}, expected an even number")
    angle = np.arange(T)[:, np.newaxis] / 10000 ** (np.arange(0, D, 2) / D)
    return np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(T, D)
