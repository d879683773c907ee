from typing import Any

import numpy as np

from python_impl.optimizers._slots import names_of, zeros_like_each


class Adam:
    """Momentum and RMSprop in one, both corrected for their beginning at 0.

    m <- m + (1 - beta1) (dp - m),   v <- v + (1 - beta2) (dp^2 - v),
    lr_t = lr sqrt(1 - beta2^t) / (1 - beta1^t),   p <- p - lr_t m / (sqrt(v) + 1e-7), at the t-th step.
    The 1e-7 stands beside the uncorrected sqrt(v), as in the paper's remark in section 2 and unlike its algorithm 1.
    `params` and `grads` are two lists, or two dicts with the same keys. The arrays of `params` are changed in place;
    `m` and `v`, zeros at first, have their shapes, and `iter` counts the steps.
    Source: the book, first volume, chapter 6, 6.1.6, and the functions that go with it; Kingma and Ba (2015).
    """

    def __init__(self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999) -> None:
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.iter = 0
        self.m: Any = None
        self.v: Any = None

    def update(self, params: Any, grads: Any) -> None:
        if self.m is None:
            self.m, self.v = zeros_like_each(params), zeros_like_each(params)
        self.iter += 1
        lr_t = self.lr * np.sqrt(1.0 - self.beta2**self.iter) / (1.0 - self.beta1**self.iter)
        for name in names_of(params):
            grad = np.asarray(grads[name])
            self.m[name] = self.m[name] + (1 - self.beta1) * (grad - self.m[name])
            self.v[name] = self.v[name] + (1 - self.beta2) * (grad * grad - self.v[name])
            params[name] -= lr_t * self.m[name] / (np.sqrt(self.v[name]) + 1e-7)
