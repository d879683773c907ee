import os

import numpy as np

from python_impl.datasets.mnist import load_mnist
from python_impl.networks.two_layer_net import TwoLayerNet


def mnist_gradient_check(
    seed: int = 0,
    delta: float = 1e-7,
    hidden_size: int = 50,
    weight_init_std: float = 0.01,
    path: str | os.PathLike[str] | None = None,
) -> dict[str, float]:
    """mean |dL/dp by backpropagation - (L(p + h) - L(p - h)) / 2h| over each of W1, b1, W2 and b2, h = 1e-4.

    L is the loss of a new TwoLayerNet, drawn from `seed`, on the first three images of MNIST. `delta` keeps the
    logarithm in L away from 0; backpropagation leaves it out, so that L's true gradient is a little another one.
    Raises FileNotFoundError where the files of MNIST are not there (see `load_mnist`, which also tells of `path`).
    Source: blog post "Back Propagation (2)", Gradient Check, which sets no seed.
    """
    (x_train, t_train), _ = load_mnist(path, one_hot_label=True)
    x, t = x_train[:3], t_train[:3]
    params = TwoLayerNet.init(x.shape[1], hidden_size, t.shape[1], weight_init_std, seed)
    network = TwoLayerNet(params, delta)
    backprop, numerical = network.gradient(x, t), network.numerical_gradient(x, t)
    return {name: float(np.abs(backprop[name] - numerical[name]).mean()) for name in params}
