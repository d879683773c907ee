import numpy as np

from python_impl.datasets.seasons import load_seasons
from python_impl.functions.cosine_schedule import cosine_schedule
from python_impl.networks.transformer_lm import TransformerLM
from python_impl.optimizers.adamw import AdamW

SQUARE = ("Wq", "Wk", "Wv", "Wo")


class SeasonsTransformerRun:
    """A TransformerLM of one block learns the characters of twelve sentences, by AdamW and a cosine schedule.

    One stream, started from `seed`, gives the weights, normal numbers times 0.1, and then the places in the text where
    the sequences of each step begin. `train` goes on with the run by so many steps of `total` and returns the losses,
    each before its update.
    Shapes: params as those of `TransformerLM` -> losses (steps,).
    Source: written for this project.
    """

    def __init__(
        self,
        seed: int = 0,
        lr: float = 0.02,
        total: int = 200,
        warmup: int = 10,
        batch_size: int = 8,
        time_size: int = 16,
        size: int = 16,
        heads: int = 2,
    ) -> None:
        corpus, letters = load_seasons(characters=True)
        self.xs, self.ts = corpus[:-1], corpus[1:]
        self.rng = np.random.RandomState(seed)
        self.params = _weights(self.rng, len(letters), size)
        self.network = TransformerLM(self.params, heads)
        self.optimizer = AdamW(lr)
        self.schedule = lambda step: cosine_schedule(step, total, lr, warmup=warmup)
        self.batch_size, self.time_size = batch_size, time_size
        self.done = 0

    def train(self, steps: int) -> np.ndarray:
        loss = np.zeros(steps)
        for step in range(steps):
            starts = self.rng.randint(0, len(self.xs) - self.time_size + 1, self.batch_size)
            places = starts[:, np.newaxis] + np.arange(self.time_size)
            loss[step], grads = self.network.loss_and_gradient(self.xs[places], self.ts[places])
            self.optimizer.lr = self.schedule(self.done)
            self.optimizer.update(self.params, grads)
            self.done += 1
        return loss


def _weights(rng: np.random.RandomState, V: int, D: int) -> dict[str, np.ndarray]:
    params = {"embed_W": 0.1 * rng.randn(V, D)}
    for name in SQUARE:
        params |= {f"block_{name}": 0.1 * rng.randn(D, D), f"block_b{name[1]}": np.zeros(D)}
    params |= {"block_W1": 0.1 * rng.randn(D, 4 * D), "block_b1": np.zeros(4 * D)}
    params |= {"block_W2": 0.1 * rng.randn(4 * D, D), "block_b2": np.zeros(D)}
    for k in (1, 2):
        params |= {f"block_gamma{k}": np.ones(D), f"block_beta{k}": np.zeros(D)}
    params |= {"gamma": np.ones(D), "beta": np.zeros(D)}
    return params | {"affine_W": 0.1 * rng.randn(D, V), "affine_b": np.zeros(V)}
