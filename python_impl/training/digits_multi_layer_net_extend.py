import os
from collections.abc import Sequence

import numpy as np

from python_impl.datasets.digits import load_digits
from python_impl.datasets.mnist import load_mnist
from python_impl.networks.multi_layer_net_extend import MultiLayerNetExtend
from python_impl.optimizers.adagrad import AdaGrad
from python_impl.optimizers.adam import Adam
from python_impl.optimizers.momentum import Momentum
from python_impl.optimizers.nesterov import Nesterov
from python_impl.optimizers.rmsprop import RMSprop
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.batches import epoch_batches
from python_impl.trainers.trainer import Optimizer, Trainer

IMAGES = {"digits": load_digits, "mnist": load_mnist}
OPTIMIZERS = {
    "SGD": SGD,
    "Momentum": Momentum,
    "Nesterov": Nesterov,
    "AdaGrad": AdaGrad,
    "RMSprop": RMSprop,
    "Adam": Adam,
}


class DigitsMultiLayerNetExtendRun:
    """A MultiLayerNetExtend learns the digits of 8 x 8, by one optimizer or another, and with what is asked for.

    The comparisons of chapter 6: optimizers, initial weights, batch normalization, weight decay and dropout. It learns
    from the first `count` images, or all, of the digits or, with `images` "mnist", of MNIST, at `path` or where it
    usually lies. One stream, started from `seed`, gives the initial weights and then the batches, each image once in an
    epoch; another, from `seed` + 1, the masks of dropout. `train` goes on with the run by so many steps and returns the
    losses, each on its step's batch and before its update; `train_accuracy`, over the images it learns from, and
    `test_accuracy` are those at the end of the call.
    Shapes: params as those of `MultiLayerNetExtend` -> losses (steps,).
    Source: the book, first volume, chapter 6, figures 6-9, 6-15, 6-18 and 6-20 to 6-23, with the digits, which travel
    with the project, in place of MNIST, and smaller layers.
    """

    def __init__(
        self,
        seed: int = 0,
        optimizer: str = "SGD",
        lr: float = 0.01,
        batch_size: int = 100,
        hidden_size_list: Sequence[int] = (30, 30, 30, 30),
        activation: str = "relu",
        weight_init_std: float | str = "relu",
        weight_decay_lambda: float = 0,
        use_dropout: bool = False,
        dropout_ratio: float = 0.5,
        use_batchnorm: bool = False,
        count: int | None = None,
        images: str = "digits",
        path: str | os.PathLike[str] | None = None,
    ) -> None:
        (x_train, t_train), (self.x_test, self.t_test) = IMAGES[images](path)
        self.x_train, self.t_train = x_train[:count], t_train[:count]
        rng = np.random.RandomState(seed)
        sizes = [int(size) for size in hidden_size_list]
        self.params = MultiLayerNetExtend.init(x_train.shape[1], sizes, 10, weight_init_std, use_batchnorm, rng)
        self.network = MultiLayerNetExtend(
            self.params,
            activation,
            weight_decay_lambda,
            use_dropout,
            dropout_ratio,
            use_batchnorm,
            rng=seed + 1,
        )
        batches = epoch_batches(rng, len(self.x_train), batch_size)
        self.trainer = Trainer(self.network, _optimizer(optimizer, lr), batches, self.x_train, self.t_train)

    def train(self, steps: int) -> np.ndarray:
        loss = self.trainer.train(steps)
        self.train_accuracy = self.network.accuracy(self.x_train, self.t_train)
        self.test_accuracy = self.network.accuracy(self.x_test, self.t_test)
        return loss


def _optimizer(name: str, lr: float) -> Optimizer:
    if name not in OPTIMIZERS:
        raise ValueError(f"optimizer {name!r}: expected one of {', '.join(OPTIMIZERS)}")
    optimizer: Optimizer = OPTIMIZERS[name](lr=lr)
    return optimizer
