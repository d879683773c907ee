from typing import Any

import numpy as np

from python_impl.optimizers._slots import names_of, zeros_like_each


class Nesterov:
    """Momentum that looks ahead: v <- momentum v - lr dp,   p <- p + momentum v - lr dp, with the new v.

    In terms of the old v, as in the code that goes with the book: p + momentum^2 v - (1 + momentum) lr dp. The gradient
    is that at p, where the parameters stand; p itself is already the point ahead.
    `params`, `grads` and `v` as in `Momentum`.
    Source: the functions that go with the book, first volume; Bengio, Boulanger-Lewandowski and Pascanu (2012), 3.5.
    """

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        self.lr = lr
        self.momentum = momentum
        self.v: Any = None

    def update(self, params: Any, grads: Any) -> None:
        if self.v is None:
            self.v = zeros_like_each(params)
        for name in names_of(params):
            step = self.lr * np.asarray(grads[name])
            self.v[name] = self.momentum * self.v[name] - step
            params[name] += self.momentum * self.v[name] - step
