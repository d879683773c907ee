"""Handwritten digits of 8 x 8: small enough to travel with the project, so that there is nothing to fetch."""

import os
from pathlib import Path

from python_impl.datasets.mnist import Arrays, arrays, read_pair

HERE = Path(__file__).parent / "data"
IMAGES, LABELS = "digits-images-idx3-ubyte.gz", "digits-labels-idx1-ubyte.gz"
LEARNED_FROM = 1500


def load_digits(
    path: str | os.PathLike[str] | None = None,
    normalize: bool = True,
    flatten: bool = True,
    one_hot_label: bool = False,
) -> tuple[Arrays, Arrays]:
    """(x_train, t_train), (x_test, t_test): the first 1,500 images and the last 297, in their own order.

    x (N, 64), or (N, 1, 8, 8) with flatten=False: float64 from 0 to 1 (the numbers divided by 16), or the numbers
    themselves, uint8 from 0 to 16, with normalize=False. t (N,), the digits, or (N, 10) with one_hot_label=True.
    `path` is a folder with the two files, for a copy other than the one that travels with this module.
    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits (the test set, 1,797 images), UCI Machine
    Learning Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0.
    """
    folder = HERE if path is None else Path(path)
    x, t = read_pair(folder / IMAGES, folder / LABELS)
    x, t = arrays(x, t, 16, normalize, flatten, one_hot_label)
    return (x[:LEARNED_FROM], t[:LEARNED_FROM]), (x[LEARNED_FROM:], t[LEARNED_FROM:])
