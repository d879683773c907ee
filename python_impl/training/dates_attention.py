import numpy as np

from python_impl.datasets.dates import CHARACTERS, load_dates
from python_impl.networks.seq2seq import Seq2seq
from python_impl.optimizers.adam import Adam
from python_impl.trainers.batches import epoch_batches
from python_impl.trainers.trainer import Trainer


class DatesAttentionRun:
    """A Seq2seq with attention learns to write dates as YYYY-MM-DD, from reversed questions, by Adam, clipped.

    The dates are those of `load_dates`, the last tenth of them for the test. One stream, started from `seed`, gives the
    weights, by `Seq2seq.init`, and the batches.
    `train` goes on with the run by so many steps and returns the losses, each before its update; `test_accuracy` is the
    share of the test's dates of which every character is right, `character_accuracy` that of the test's characters,
    which rises long before. `alignment` are the attention weights of the test's first question, where the decoder gets
    the right answer: alignment_ts is how much the answer's character t, "_" aside, looks at the question's character s,
    as it is spelled and not reversed; each row sums to 1.
    Shapes: params as those of `Seq2seq`, alignment (10, 29) -> losses (steps,).
    Source: the book, second volume, chapter 8, 8.3, with smaller numbers.
    """

    def __init__(
        self,
        seed: int = 0,
        count: int = 10000,
        lr: float = 0.01,
        batch_size: int = 100,
        wordvec_size: int = 16,
        hidden_size: int = 64,
        max_grad: float = 5.0,
    ) -> None:
        xs, ts = load_dates(count, seed)
        xs = xs[:, ::-1]
        train = count - count // 10
        self.test = xs[train:], ts[train:]
        rng = np.random.RandomState(seed)
        self.params = Seq2seq.init(len(CHARACTERS), wordvec_size, hidden_size, attention=True, rng=rng)
        self.network = Seq2seq(self.params, attention=True)
        batches = epoch_batches(rng, train, batch_size)
        self.trainer = Trainer(self.network, Adam(lr), batches, xs[:train], ts[:train], max_grad=max_grad)

    def train(self, steps: int) -> np.ndarray:
        loss = self.trainer.train(steps)
        xs, ts = self.test
        right = self.network.generate(xs, CHARACTERS.index("_"), ts.shape[1] - 1) == ts[:, 1:]
        self.test_accuracy = float(np.mean(np.all(right, axis=1)))
        self.character_accuracy = float(np.mean(right))
        # The right answer goes in: a guessed one would jump as soon as two scores lie close together.
        self.network.loss(xs[:1], ts[:1])
        self.alignment = self.network.decoder.attention_weights[0, :, ::-1]
        return loss
