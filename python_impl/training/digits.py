import os

import numpy as np

from python_impl.datasets.digits import load_digits
from python_impl.networks.two_layer_net import TwoLayerNet
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.batches import random_batches
from python_impl.trainers.trainer import Trainer


class DigitsRun:
    """A TwoLayerNet learns the digits of 8 x 8: p <- p - lr dL/dp, L on a batch drawn with replacement at each step.

    One stream, started from `seed`, gives the initial weights and then the batches. `train` goes on with the run by so
    many steps and returns the losses, each on its step's batch and after its update, as the source has them;
    `train_accuracy` and `test_accuracy` are those over all images at the end of the call.
    Shapes: params W1 (64, hidden_size), b1 (hidden_size,), W2 (hidden_size, 10), b2 (10,) -> losses (steps,).
    Source: blog post "Back Propagation (2)", Training, with the digits, which travel with the project, in place of
    MNIST; its "epochs" are these steps, and it sets no seed.
    """

    def __init__(
        self,
        seed: int = 0,
        lr: float = 0.1,
        batch_size: int = 100,
        hidden_size: int = 50,
        weight_init_std: float = 0.01,
        path: str | os.PathLike[str] | None = None,
    ) -> None:
        (self.x_train, self.t_train), (self.x_test, self.t_test) = load_digits(path, one_hot_label=True)
        rng = np.random.RandomState(seed)
        self.params = TwoLayerNet.init(64, hidden_size, 10, weight_init_std, rng)
        self.network = TwoLayerNet(self.params)
        batches = random_batches(rng, len(self.x_train), batch_size)
        self.trainer = Trainer(self.network, SGD(lr), batches, self.x_train, self.t_train, loss_after=True)

    def train(self, steps: int) -> np.ndarray:
        loss = self.trainer.train(steps)
        self.train_accuracy = self.network.accuracy(self.x_train, self.t_train)
        self.test_accuracy = self.network.accuracy(self.x_test, self.t_test)
        return loss
