import os

import numpy as np

from python_impl.datasets.digits import load_digits
from python_impl.networks.multi_layer_net import MultiLayerNet
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.batches import epoch_batches
from python_impl.trainers.trainer import Trainer


class HyperparameterSearch:
    """A learning rate and a weight decay looked for at random, trial by trial, on images held out for it.

    A trial draws lambda = 10^u with u uniform on [-8, -4) and then lr = 10^u with u uniform on [-3, -0.5), learns anew
    for `epochs` epochs from four fifths of `count` images, and is judged by the rest. One stream, started from `seed`,
    gives the order of the images and then the two numbers of each trial; that of trial k, counted from 0, started from
    `seed` + 1 + k, gives its weights and batches. `train` goes on by so many trials and returns their accuracies on the
    images held out; `lr`, `weight_decay_lambda` and `loss`, on the last batch, are those of its trials, and `best` are
    accuracy, lr and lambda of the best trial so far (the first, where several are as good).
    Shapes: accuracies, lr, weight_decay_lambda and loss (trials,), best (3,).
    Source: the book, first volume, chapter 6, 6.5.2 and 6.5.3, with the digits in place of MNIST and a smaller network.
    """

    def __init__(
        self,
        seed: int = 0,
        count: int = 300,
        epochs: int = 10,
        batch_size: int = 60,
        hidden_size: int = 30,
        path: str | os.PathLike[str] | None = None,
    ) -> None:
        (x, t), _ = load_digits(path)
        self.rng = np.random.RandomState(seed)
        order = self.rng.permutation(count)
        held = count // 5
        self.x_val, self.t_val = x[order[:held]], t[order[:held]]
        self.x_train, self.t_train = x[order[held:]], t[order[held:]]
        self.seed, self.epochs, self.batch_size, self.hidden_size = seed, epochs, batch_size, hidden_size
        self.trials = 0
        self.best = np.zeros(3)

    def train(self, steps: int) -> np.ndarray:
        accuracy = np.zeros(steps)
        self.lr, self.weight_decay_lambda, self.loss = np.zeros(steps), np.zeros(steps), np.zeros(steps)
        for trial in range(steps):
            self.weight_decay_lambda[trial] = 10 ** self.rng.uniform(-8, -4)
            self.lr[trial] = 10 ** self.rng.uniform(-3, -0.5)
            self.loss[trial], accuracy[trial] = self._trial(self.lr[trial], self.weight_decay_lambda[trial])
            if accuracy[trial] > self.best[0]:
                self.best = np.array([accuracy[trial], self.lr[trial], self.weight_decay_lambda[trial]])
        return accuracy

    def _trial(self, lr: float, weight_decay_lambda: float) -> tuple[float, float]:
        rng = np.random.RandomState(self.seed + 1 + self.trials)
        self.trials += 1
        params = MultiLayerNet.init(64, [self.hidden_size] * 2, 10, rng=rng)
        network = MultiLayerNet(params, weight_decay_lambda=weight_decay_lambda)
        batches = epoch_batches(rng, len(self.x_train), self.batch_size)
        trainer = Trainer(network, SGD(lr), batches, self.x_train, self.t_train)
        loss = trainer.train(self.epochs * (len(self.x_train) // self.batch_size))
        return loss[-1], network.accuracy(self.x_val, self.t_val)
