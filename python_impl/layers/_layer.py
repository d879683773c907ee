"""What every layer has: its parameters, and arrays of the same shapes for their gradients."""

import numpy as np


class Layer:
    """`params` and `grads` are lists of equal length, empty where nothing is learned.

    The arrays of `grads` are written in place and never replaced: whoever joins the lists of several layers, as a
    network does, goes on holding these very arrays.
    """

    def __init__(self, *params: np.ndarray) -> None:
        self.params = list(params)
        self.grads = [np.zeros(param.shape) for param in params]

    def write_grads(self, *grads: np.ndarray) -> None:
        for kept, grad in zip(self.grads, grads, strict=True):
            kept[...] = grad
