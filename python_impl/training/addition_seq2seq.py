import numpy as np

from python_impl.datasets.addition import CHARACTERS, load_addition
from python_impl.networks.seq2seq import Seq2seq
from python_impl.optimizers.adam import Adam
from python_impl.trainers.batches import epoch_batches
from python_impl.trainers.trainer import Trainer


class AdditionSeq2seqRun:
    """A Seq2seq learns to add, by Adam with clipped gradients; with the questions reversed, peeky, or with attention.

    The sums are those of `load_addition`, the last tenth of them for the test. One stream, started from `seed`, gives
    the weights (embed_W / 100, lstm_Wx / sqrt(its rows), lstm_Wh / sqrt(H), affine_W / sqrt(its rows)) and the batches.
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
        V, D, H = len(CHARACTERS), wordvec_size, hidden_size
        rng = np.random.RandomState(seed)
        wide, out = D + H if peeky else D, 2 * H if peeky or attention else H
        self.params = {f"en_{name}": W for name, W in _weights(rng, V, D, H, D).items()}
        self.params |= {f"de_{name}": W for name, W in _weights(rng, V, D, H, wide).items()}
        self.params |= {"de_affine_W": rng.randn(out, V) / np.sqrt(out), "de_affine_b": np.zeros(V)}
        self.network = Seq2seq(self.params, peeky, attention)
        batches = epoch_batches(rng, train, batch_size)
        self.trainer = Trainer(self.network, Adam(lr), batches, xs[:train], ts[:train], max_grad=max_grad)

    def train(self, steps: int) -> np.ndarray:
        loss = self.trainer.train(steps)
        self.test_accuracy = self.network.accuracy(*self.test)
        return loss


def _weights(rng: np.random.RandomState, V: int, D: int, H: int, wide: int) -> dict[str, np.ndarray]:
    return {
        "embed_W": rng.randn(V, D) / 100,
        "lstm_Wx": rng.randn(wide, 4 * H) / np.sqrt(wide),
        "lstm_Wh": rng.randn(H, 4 * H) / np.sqrt(H),
        "lstm_b": np.zeros(4 * H),
    }
