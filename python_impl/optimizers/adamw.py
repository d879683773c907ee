from typing import Any

import numpy as np

from python_impl.optimizers._slots import names_of, zeros_like_each


class AdamW:
    """Adam whose weight decay does not pass through the gradients: p <- p - lr weight_decay p, and then Adam's step.

    m <- beta1 m + (1 - beta1) dp,   v <- beta2 v + (1 - beta2) dp^2,
    p <- p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps), at the t-th step. eps stands beside the corrected
    root, unlike `Adam`'s.
    `params`, `grads`, `m`, `v` and `iter` as in `Adam`.
    Source: Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization, algorithm 2, with lr in the decay as
    torch has it.
    """

    def __init__(
        self,
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        self.lr, self.beta1, self.beta2, self.eps, self.weight_decay = lr, beta1, beta2, eps, weight_decay
        self.iter = 0
        self.m: Any = None
        self.v: Any = None

    def update(self, params: Any, grads: Any) -> None:
        if self.m is None:
            self.m, self.v = zeros_like_each(params), zeros_like_each(params)
        self.iter += 1
        for name in names_of(params):
            grad = np.asarray(grads[name])
            self.m[name] = self.beta1 * self.m[name] + (1 - self.beta1) * grad
            self.v[name] = self.beta2 * self.v[name] + (1 - self.beta2) * grad * grad
            m, v = self.m[name] / (1 - self.beta1**self.iter), self.v[name] / (1 - self.beta2**self.iter)
            params[name] -= self.lr * self.weight_decay * params[name]
            params[name] -= self.lr * m / (np.sqrt(v) + self.eps)
