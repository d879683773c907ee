import numpy as np


class UnigramSampler:
    """Draws words by how often they occur: p_i = count_i^power / sum_j count_j^power, never the target, none twice.

    A power below 1 makes rare words a little less rare. `rng` is a seed, or a stream whose next numbers are taken.
    Shapes: corpus (T,), ids from 0; target (N,) -> (N, sample_size).
    Source: the book, second volume, chapter 4, 4.2.6.
    """

    def __init__(
        self, corpus: np.ndarray, power: float, sample_size: int, rng: int | np.random.RandomState = 0
    ) -> None:
        self.sample_size = sample_size
        self.stream = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
        counts = np.bincount(corpus) ** power
        self.word_p = counts / counts.sum()

    def get_negative_sample(self, target: np.ndarray) -> np.ndarray:
        return np.array([self._others(word) for word in target])

    def _others(self, word: int) -> np.ndarray:
        p = self.word_p.copy()
        p[word] = 0
        return self.stream.choice(len(p), size=self.sample_size, replace=False, p=p / p.sum())
