import os

import numpy as np

from python_impl.datasets.digits import load_digits
from python_impl.datasets.mnist import load_mnist
from python_impl.networks.simple_conv_net import SimpleConvNet
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.batches import random_batches
from python_impl.trainers.trainer import Trainer

IMAGES = {"digits": load_digits, "mnist": load_mnist}


class DigitsSimpleConvNetRun:
    """A SimpleConvNet learns the digits of 8 x 8: p <- p - lr dL/dp, L on a batch drawn with replacement at each step.

    With `images` "mnist" it learns MNIST, at `path` or where it usually lies. One stream, started from `seed`, gives
    the initial weights and then the batches. `train` goes on with the run by so many steps and returns the losses, each
    on its step's batch and before its update; `train_accuracy` and `test_accuracy` are those at the end of the call,
    over all images or the first `judged` of either.
    Shapes: params as those of `SimpleConvNet`, for filters of 3 x 3 and a pad of 1 -> losses (steps,).
    Source: the book, first volume, chapter 7, 7.5, with the digits, which travel with the project, in place of MNIST,
    fewer and smaller filters, and SGD in place of Adam.
    """

    def __init__(
        self,
        seed: int = 0,
        lr: float = 0.1,
        batch_size: int = 50,
        filter_num: int = 8,
        hidden_size: int = 30,
        weight_init_std: float = 0.1,
        images: str = "digits",
        judged: int | None = None,
        path: str | os.PathLike[str] | None = None,
    ) -> None:
        (self.x_train, self.t_train), (self.x_test, self.t_test) = IMAGES[images](path, flatten=False)
        rng = np.random.RandomState(seed)
        self.params = SimpleConvNet.init(
            self.x_train.shape[1:], filter_num, 3, 1, 1, hidden_size, 10, weight_init_std, rng
        )
        self.network = SimpleConvNet(self.params, pad=1)
        self.judged = slice(judged)
        batches = random_batches(rng, len(self.x_train), batch_size)
        self.trainer = Trainer(self.network, SGD(lr), batches, self.x_train, self.t_train)

    def train(self, steps: int) -> np.ndarray:
        loss = self.trainer.train(steps)
        first = self.judged
        self.train_accuracy = self.network.accuracy(self.x_train[first], self.t_train[first])
        self.test_accuracy = self.network.accuracy(self.x_test[first], self.t_test[first])
        return loss
