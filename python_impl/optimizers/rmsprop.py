from typing import Any

import numpy as np

from python_impl.optimizers._slots import names_of, zeros_like_each


class RMSprop:
    """AdaGrad that forgets: h <- decay_rate h + (1 - decay_rate) dp^2,   p <- p - lr dp / (sqrt(h) + 1e-7).

    `params`, `grads` and `h` as in `AdaGrad`.
    Source: the book, first volume, chapter 6, 6.1.5, note; the functions that go with it.
    """

    def __init__(self, lr: float = 0.01, decay_rate: float = 0.99) -> None:
        self.lr = lr
        self.decay_rate = decay_rate
        self.h: Any = None

    def update(self, params: Any, grads: Any) -> None:
        if self.h is None:
            self.h = zeros_like_each(params)
        for name in names_of(params):
            grad = np.asarray(grads[name])
            self.h[name] = self.decay_rate * self.h[name] + (1 - self.decay_rate) * grad * grad
            params[name] -= self.lr * grad / (np.sqrt(self.h[name]) + 1e-7)
