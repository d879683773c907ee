from typing import Any

import numpy as np

from python_impl.optimizers._slots import names_of, zeros_like_each


class AdaGrad:
    """Steps that grow smaller where gradients were large: h <- h + dp^2,   p <- p - lr dp / (sqrt(h) + 1e-7).

    `params` and `grads` are two lists, or two dicts with the same keys. The arrays of `params` are changed in place;
    `h`, zeros at first, has their shapes.
    Source: the book, first volume, chapter 6, 6.1.5.
    """

    def __init__(self, lr: float = 0.01) -> None:
        self.lr = lr
        self.h: Any = None

    def update(self, params: Any, grads: Any) -> None:
        if self.h is None:
            self.h = zeros_like_each(params)
        for name in names_of(params):
            grad = np.asarray(grads[name])
            self.h[name] = self.h[name] + grad * grad
            params[name] -= self.lr * grad / (np.sqrt(self.h[name]) + 1e-7)
