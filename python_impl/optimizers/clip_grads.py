from typing import Any

import numpy as np

from python_impl.optimizers._slots import names_of


def clip_grads(grads: Any, max_norm: float) -> None:
    """Gradients that are too long all together are shortened, in place: g <- g max_norm / (norm + 1e-6).

    norm = sqrt(sum of all squares, of all gradients); nothing changes where that factor is 1 or more.
    `grads` is a list, or a dict, of arrays of any shapes.
    Source: the book, second volume, chapter 6, 6.1.4.
    """
    norm = np.sqrt(sum(np.sum(np.square(grads[name])) for name in names_of(grads)))
    rate = max_norm / (norm + 1e-6)
    if rate < 1:
        for name in names_of(grads):
            grads[name] *= rate
