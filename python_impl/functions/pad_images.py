import numpy as np


def pad_images(x: np.ndarray, pad: int, value: float = 0.0) -> np.ndarray:
    """Images with a rim, `pad` pixels wide, of `value` on all four sides.

    Shapes: x (N, C, H, W) -> (N, C, H + 2 pad, W + 2 pad).
    Raises ValueError for a pad below 0.
    Source: the book, first volume, chapter 7, 7.2.3.
    """
    if pad < 0:
        raise ValueError(f"pad {pad}: expected at least 0")
    N, C, H, W = x.shape
    padded = np.full((N, C, H + 2 * pad, W + 2 * pad), float(value))
    padded[:, :, pad : pad + H, pad : pad + W] = x
    return padded
