from itertools import repeat

import numpy as np

from python_impl.networks.softmax_regression import SoftmaxRegression
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.trainer import Trainer


class SoftmaxRegressionRun:
    """Softmax regression of one sample: W <- W - lr dW, B <- B - lr dB, the sample and the seed of the source.

    W and B are drawn from `seed`, W first. `train` goes on with the run by so many steps and returns the losses, each
    after its update; `forward` gives the loss as it stands, and `pred`, as the source prints them before and after.
    Shapes: W (3, 4), B (3, 1), pred (1, 3) -> losses (steps,).
    Source: blog post "multi-class classification, practice", with its Jacobian put right.
    """

    network_class = SoftmaxRegression

    def __init__(self, seed: int = 220106, lr: float = 0.001) -> None:
        rng = np.random.RandomState(seed)
        self.W, self.B = rng.randn(3, 4), rng.randn(3, 1)
        self.network = self.network_class(self.W, self.B)
        # The source's sample is float32: 1.2 is 1.2000000476837158 there.
        self.x = np.array([[1.2, 2.4, 3.6, 1.8]], dtype=np.float32).astype(np.float64)
        self.t = np.array([[0, 0, 1]])
        # The one sample is the batch of every step.
        self.trainer = Trainer(self.network, SGD(lr), repeat(slice(None)), self.x, self.t, loss_after=True)

    def forward(self) -> float:
        loss = self.network.forward(self.x, self.t)
        self.pred = self.network.pred
        return loss

    def train(self, steps: int) -> np.ndarray:
        loss = self.trainer.train(steps)
        self.forward()
        return loss
