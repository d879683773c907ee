import os

import numpy as np

from python_impl.datasets.mnist import load_mnist
from python_impl.networks.two_layer_net import TwoLayerNet
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.batches import random_batches
from python_impl.trainers.trainer import Trainer


class MnistRun:
    """A TwoLayerNet learns MNIST: p <- p - lr dL/dp, with L on a batch drawn anew, with replacement, at each step.

    One stream, started from `seed`, gives the initial weights and then the batches. The first `train` begins the run,
    and reads the images only then, as R does; each goes on with it by so many steps and returns the losses, each on
    its step's batch and after its update, as the source has them. `train_accuracy` and `test_accuracy` are those over
    all images at the end of the call.
    Shapes: params W1 (784, hidden_size), b1 (hidden_size,), W2 (hidden_size, 10), b2 (10,) -> losses (steps,).
    Raises FileNotFoundError where the files of MNIST are not there (see `load_mnist`, which also tells of `path`).
    Source: blog post "Back Propagation (2)", Training; its "epochs" are these steps, and it sets no seed.
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
        self.rng = np.random.RandomState(seed)
        self.lr = lr
        self.batch_size = batch_size
        self.hidden_size = hidden_size
        self.weight_init_std = weight_init_std
        self.path = path
        self.trainer: Trainer | None = None

    def begin(self) -> Trainer:
        """Read the images and draw the weights."""
        (self.x_train, self.t_train), (self.x_test, self.t_test) = load_mnist(self.path, one_hot_label=True)
        input_size, output_size = self.x_train.shape[1], self.t_train.shape[1]
        self.params = TwoLayerNet.init(input_size, self.hidden_size, output_size, self.weight_init_std, self.rng)
        self.network = TwoLayerNet(self.params)
        batches = random_batches(self.rng, len(self.x_train), self.batch_size)
        return Trainer(self.network, SGD(self.lr), batches, self.x_train, self.t_train, loss_after=True)

    def train(self, steps: int) -> np.ndarray:
        self.trainer = self.trainer or self.begin()
        loss = self.trainer.train(steps)
        self.train_accuracy = self.network.accuracy(self.x_train, self.t_train)
        self.test_accuracy = self.network.accuracy(self.x_test, self.t_test)
        return loss
