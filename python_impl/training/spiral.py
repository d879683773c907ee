import numpy as np

from python_impl.datasets.spiral import load_data
from python_impl.networks.two_layer_net_sigmoid import TwoLayerNetSigmoid
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.batches import epoch_batches
from python_impl.trainers.trainer import Trainer


class SpiralRun:
    """A TwoLayerNetSigmoid learns the spiral: p <- p - lr dL/dp, with L on one batch after the other.

    At the beginning of each epoch the points, as they lie by then, are put in a new random order, and the batches are
    taken from it one after the other; 300 points in batches of 30 make an epoch of 10 steps. One stream, started from
    `seed`, gives the initial weights and then the orders; `data_seed` is that of the data. `train` goes on with the run
    by so many steps and returns the losses, each before its update; then `accuracy` is that over all points.
    Shapes: params [W1 (2, hidden_size), b1 (hidden_size,), W2 (hidden_size, 3), b2 (3,)] -> losses (steps,).
    Source: notebook "inference and training"; it ends before the training, which is that of the book, second volume,
    chapter 1.
    """

    def __init__(
        self, seed: int = 0, data_seed: int = 1984, lr: float = 1.0, batch_size: int = 30, hidden_size: int = 10
    ) -> None:
        self.x, self.t = load_data(data_seed)
        rng = np.random.RandomState(seed)
        self.network = TwoLayerNetSigmoid(TwoLayerNetSigmoid.init(2, hidden_size, 3, rng=rng))
        self.params = self.network.params
        self.trainer = Trainer(self.network, SGD(lr), epoch_batches(rng, len(self.x), batch_size), self.x, self.t)

    def train(self, steps: int) -> np.ndarray:
        loss = self.trainer.train(steps)
        right = self.network.predict(self.x).argmax(axis=1) == self.t.argmax(axis=1)
        self.accuracy = float(right.mean())
        return loss

    def boundary(self, low: float = -1.1, high: float = 1.1, count: int = 61) -> np.ndarray:
        """The class predicted at each point of a grid: `count` values from `low` to `high` in both directions.

        regions (count, count): row i is the i-th height, column j the j-th place from the left. `points` (N, 3) holds
        the data beside it: place, height and class of each point.
        """
        self.points = np.column_stack([self.x, self.t.argmax(axis=1)])
        grid = low + (high - low) * np.arange(count) / (count - 1)
        mesh = np.column_stack([np.tile(grid, count), np.repeat(grid, count)])
        return self.network.predict(mesh).argmax(axis=1).reshape(count, count)
