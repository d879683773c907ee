from typing import Any

import numpy as np


class SGD:
    """Stochastic gradient descent: each parameter moves by -lr times its gradient, p <- p - lr dp.

    `params` and `grads` are two lists, or two dicts with the same keys, of arrays of equal shapes. The arrays of
    `params` are changed in place, so that the layers that hold them see the new values; `grads` may hold more keys
    than `params` and is left alone.
    Source: notebook "inference and training", SGD (lists); blog post "Back Propagation (2)", Training (dicts).
    """

    def __init__(self, lr: float = 0.01) -> None:
        self.lr = lr

    def update(self, params: Any, grads: Any) -> None:
        names = params if isinstance(params, dict) else range(len(params))
        for name in names:
            step = self.lr * np.asarray(grads[name])
            params[name] -= step
