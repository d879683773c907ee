from typing import Any

import numpy as np

from python_impl.optimizers._slots import names_of, zeros_like_each


class Momentum:
    """A ball that rolls: v <- momentum v - lr dp,   p <- p + v.

    `params` and `grads` are two lists, or two dicts with the same keys. The arrays of `params` are changed in place;
    `v`, zeros at first, has their shapes.
    Source: the book, first volume, chapter 6, 6.1.4.
    """

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        self.lr = lr
        self.momentum = momentum
        self.v: Any = None

    def update(self, params: Any, grads: Any) -> None:
        if self.v is None:
            self.v = zeros_like_each(params)
        for name in names_of(params):
            self.v[name] = self.momentum * self.v[name] - self.lr * np.asarray(grads[name])
            params[name] += self.v[name]
