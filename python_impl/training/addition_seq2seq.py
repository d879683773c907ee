import numpy as np

from python_impl.datasets.addition import CHARACTERS, load_addition
from python_impl.networks.seq2seq import Seq2seq
from python_impl.optimizers.adam import Adam
from python_impl.trainers.batches import epoch_batches
from python_impl.trainers.trainer import Trainer


class AdditionSeq2seqRun:
    """A Seq2seq learns to add, by Adam with clipped gradients; with the questions reversed, peeky, or with attention.

    The sums are those of `load_addition`, the last tenth of them for the test. One stream, started from `seed`, gives
    the weights, by `Seq2seq.init`, and the batches.
    `train` goes on with the run by so many steps and returns the losses, each before its update; `test_accuracy` is the
    share of the test's sums of which every character is right.
    Shapes: params as those of `Seq2seq` -> losses (steps,).
    Source: the book, second volume, chapter 7, 7.3.4, 7.4 and chapter 8, with smaller numbers.
    """

    def __init__(
        self,
        seed: int = 0,
        reverse: bool = False,
        peeky: bool = False,
        attention: bool = False,
        count: int = 2000,
        largest: int = 9,
        lr: float = 0.01,
        batch_size: int = 50,
        wordvec_size: int = 8,
        hidden_size: int = 24,
        max_grad: float = 5.0,
    ) -> None:
        xs, ts = load_addition(count, largest, seed)
        xs = xs[:, ::-1] if reverse else xs
        train = count - count // 10
        self.test = xs[train:], ts[train:]
        rng = np.random.RandomState(seed)
        self.params = Seq2seq.init(len(CHARACTERS), wordvec_size, hidden_size, peeky, attention, rng)
        self.network = Seq2seq(self.params, peeky, attention)
        batches = epoch_batches(rng, train, batch_size)
        self.trainer = Trainer(self.network, Adam(lr), batches, xs[:train], ts[:train], max_grad=max_grad)

    def train(self, steps: int) -> np.ndarray:
        loss = self.trainer.train(steps)
        self.test_accuracy = self.network.accuracy(*self.test)
        return loss
