import numpy as np

from python_impl.layers.embedding import Embedding
from python_impl.layers.negative_sampling_loss import NegativeSamplingLoss


class CBOW:
    """SimpleCBOW with ids for one-hot rows, and negative samples for the softmax.

    h = mean of W_in[contexts],   L = NegativeSamplingLoss(h, target). `params` is a dict of W_in, W_out, both (V, H).
    The negative samples are drawn from `rng`, or given.
    Shapes: contexts (N, C), target (N,), negative_sample (N, sample_size), ids from 0; loss a number.
    Source: the book, second volume, chapter 4, 4.3.1.
    """

    def __init__(
        self,
        params: dict[str, np.ndarray],
        corpus: np.ndarray,
        power: float = 0.75,
        sample_size: int = 5,
        rng: int | np.random.RandomState = 0,
        delta: float = 1e-7,
    ) -> None:
        self.params = params
        self.ns_loss = NegativeSamplingLoss(params["W_out"], corpus, power, sample_size, rng, delta)

    def loss(self, contexts: np.ndarray, target: np.ndarray, negative_sample: np.ndarray | None = None) -> float:
        self.in_layers = [Embedding(self.params["W_in"]) for _ in range(contexts.shape[1])]
        h = sum(layer.forward(ids) for layer, ids in zip(self.in_layers, contexts.T, strict=True)) / len(self.in_layers)
        return self.ns_loss.forward(h, target, negative_sample)

    forward = loss  # as trainers call it

    def gradient(
        self, contexts: np.ndarray, target: np.ndarray, negative_sample: np.ndarray | None = None
    ) -> dict[str, np.ndarray]:
        return self.loss_and_gradient(contexts, target, negative_sample)[1]

    def loss_and_gradient(
        self, contexts: np.ndarray, target: np.ndarray, negative_sample: np.ndarray | None = None
    ) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(contexts, target, negative_sample)
        dh = self.ns_loss.backward()
        for layer in self.in_layers:
            layer.backward(dh / len(self.in_layers))
        return loss, {"W_in": sum(layer.dW for layer in self.in_layers), "W_out": self.ns_loss.dW}
