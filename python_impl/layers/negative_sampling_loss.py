import numpy as np

from python_impl.layers._layer import Layer
from python_impl.layers.embedding_dot import EmbeddingDot
from python_impl.layers.sigmoid_with_loss import SigmoidWithLoss
from python_impl.layers.unigram_sampler import UnigramSampler


class NegativeSamplingLoss(Layer):
    """Is it this word? The target should be, and the drawn ones should not: the sum of 1 + sample_size sigmoid losses.

    dh is the sum of theirs, and dW too: each of them adds to its rows. The negative samples are drawn, or given.
    Shapes: h, dh (N, D), target (N,), negative_sample (N, sample_size), W (V, D); loss and dout are numbers.
    Source: the book, second volume, chapter 4, 4.2.7.
    """

    def __init__(
        self,
        W: np.ndarray,
        corpus: np.ndarray,
        power: float = 0.75,
        sample_size: int = 5,
        rng: int | np.random.RandomState = 0,
        delta: float = 1e-7,
    ) -> None:
        super().__init__(W)
        self.sampler = UnigramSampler(corpus, power, sample_size, rng)
        self.dots = [EmbeddingDot(W) for _ in range(sample_size + 1)]
        self.losses = [SigmoidWithLoss(delta) for _ in range(sample_size + 1)]

    def forward(self, h: np.ndarray, target: np.ndarray, negative_sample: np.ndarray | None = None) -> float:
        if negative_sample is None:
            negative_sample = self.sampler.get_negative_sample(target)
        self.negative_sample = negative_sample
        words = [target, *negative_sample.T]
        labels = [np.ones(len(target)), *np.zeros(negative_sample.T.shape)]
        return sum(
            loss.forward(dot.forward(h, idx), t)
            for dot, loss, idx, t in zip(self.dots, self.losses, words, labels, strict=True)
        )

    def backward(self, dout: float = 1) -> np.ndarray:
        dh = sum(dot.backward(loss.backward(dout)) for dot, loss in zip(self.dots, self.losses, strict=True))
        self.dW = sum(dot.dW for dot in self.dots)
        self.write_grads(self.dW)
        return dh
