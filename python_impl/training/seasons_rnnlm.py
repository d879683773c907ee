import numpy as np

from python_impl.datasets.seasons import load_seasons
from python_impl.networks.rnnlm import Rnnlm
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.rnnlm_trainer import RnnlmTrainer


class SeasonsRnnlmRun:
    """An Rnnlm learns twelve sentences by SGD with clipped gradients.

    One stream, started from `seed`, gives the weights: embed_W / 100, lstm_Wx / sqrt(D), lstm_Wh and affine_W
    / sqrt(H). `train` goes on with the run by so many steps and returns the losses, each before its update;
    `perplexity` is exp of their mean.
    Shapes: params as those of `Rnnlm` -> losses (steps,).
    Source: the book, second volume, chapter 6, 6.4.3, with this text in place of Penn Treebank.
    """

    def __init__(
        self,
        seed: int = 0,
        lr: float = 5.0,
        batch_size: int = 4,
        time_size: int = 9,
        wordvec_size: int = 12,
        hidden_size: int = 16,
        max_grad: float = 0.5,
    ) -> None:
        corpus, words = load_seasons()
        V, D, H = len(words), wordvec_size, hidden_size
        rn = np.random.RandomState(seed).randn
        self.params = {
            "embed_W": rn(V, D) / 100,
            "lstm_Wx": rn(D, 4 * H) / np.sqrt(D),
            "lstm_Wh": rn(H, 4 * H) / np.sqrt(H),
            "lstm_b": np.zeros(4 * H),
            "affine_W": rn(H, V) / np.sqrt(H),
            "affine_b": np.zeros(V),
        }
        self.trainer = RnnlmTrainer(Rnnlm(self.params), SGD(lr), corpus, batch_size, time_size, max_grad)

    def train(self, steps: int) -> np.ndarray:
        loss = self.trainer.train(steps)
        self.perplexity = float(np.exp(np.mean(loss)))
        return loss
