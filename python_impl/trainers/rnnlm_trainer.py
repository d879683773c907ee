import numpy as np

from python_impl.networks.rnnlm import Rnnlm
from python_impl.optimizers.clip_grads import clip_grads
from python_impl.trainers.trainer import Optimizer


class RnnlmTrainer:
    """A language model goes through a text in `batch_size` places at once, `time_size` words at a time.

    The places are (len(corpus) - 1) // batch_size words apart. The state of the network goes on from one step to the
    next, also where a place comes to the end of the text and begins at its start; gradients end at the first word of a
    step. `train` goes on by so many steps, and returns their losses, each before its update; exp of a mean loss is the
    perplexity.
    Shapes: corpus (M,), ids from 0 -> losses (steps,).
    Source: the book, second volume, chapter 6, 6.4.3, and the trainer that goes with it.
    """

    def __init__(
        self,
        network: Rnnlm,
        optimizer: Optimizer,
        corpus: np.ndarray,
        batch_size: int,
        time_size: int,
        max_grad: float | None = None,
    ) -> None:
        self.network, self.optimizer, self.max_grad = network, optimizer, max_grad
        self.xs, self.ts = corpus[:-1], corpus[1:]
        self.starts = np.arange(batch_size) * (len(self.xs) // batch_size)
        self.time_size = time_size
        self.done = 0

    def train(self, steps: int) -> np.ndarray:
        loss = np.zeros(steps)
        for step in range(steps):
            places = (self.starts[:, np.newaxis] + self.done + np.arange(self.time_size)) % len(self.xs)
            self.done += self.time_size
            loss[step], grads = self.network.loss_and_gradient(self.xs[places], self.ts[places])
            if self.max_grad is not None:
                clip_grads(grads, self.max_grad)
            self.optimizer.update(self.network.params, grads)
        return loss
