import numpy as np

from python_impl.functions.convert_one_hot import convert_one_hot
from python_impl.functions.create_contexts_target import create_contexts_target
from python_impl.functions.preprocess import preprocess
from python_impl.networks.simple_cbow import SimpleCBOW
from python_impl.networks.simple_skip_gram import SimpleSkipGram
from python_impl.optimizers.adam import Adam
from python_impl.trainers.batches import epoch_batches
from python_impl.trainers.trainer import Trainer

TEXT = "You say goodbye and I say hello."


class HelloWord2vecRun:
    """Word vectors of the book's seven words, by SimpleCBOW or, with `skip_gram`, by SimpleSkipGram, and Adam.

    One stream, started from `seed`, gives W_in, W_out and the order of the samples. `train` goes on with the run by so
    many steps and returns the losses; `word_vectors` is W_in then.
    Shapes: params W_in (7, H), W_out (H, 7) -> losses (steps,).
    Source: the book, second volume, chapter 3, 3.4.2, whose 1,000 epochs are 2,000 steps.
    """

    def __init__(
        self, seed: int = 0, lr: float = 0.001, batch_size: int = 3, hidden_size: int = 5, skip_gram: bool = False
    ) -> None:
        corpus, word_to_id, _ = preprocess(TEXT)
        V = len(word_to_id)
        contexts, target = (convert_one_hot(ids, V) for ids in create_contexts_target(corpus))
        rng = np.random.RandomState(seed)
        self.params = {"W_in": 0.01 * rng.randn(V, hidden_size), "W_out": 0.01 * rng.randn(hidden_size, V)}
        network = SimpleSkipGram(self.params) if skip_gram else SimpleCBOW(self.params)
        self.trainer = Trainer(network, Adam(lr), epoch_batches(rng, len(target), batch_size), contexts, target)

    def train(self, steps: int) -> np.ndarray:
        return self.trainer.train(steps)
