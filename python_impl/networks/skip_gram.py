import numpy as np

from python_impl.layers.embedding import Embedding
from python_impl.layers.negative_sampling_loss import NegativeSamplingLoss


class SkipGram:
    """SimpleSkipGram with ids for one-hot rows, and negative samples for the softmax.

    h = W_in[target],   L = sum over the contexts of NegativeSamplingLoss(h, context). `params` is a dict of W_in and
    W_out, both (V, H). The negative samples are drawn from `rng`, one context after the other, or given.
    Shapes: contexts (N, C), target (N,), negative_sample (N, C, sample_size), ids from 0; loss a number.
    Source: the book, second volume, the networks that go with chapter 4.
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
        self.in_layer = Embedding(params["W_in"])
        stream = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
        self.sampled = lambda: NegativeSamplingLoss(params["W_out"], corpus, power, sample_size, stream, delta)

    def loss(self, contexts: np.ndarray, target: np.ndarray, negative_sample: np.ndarray | None = None) -> float:
        h = self.in_layer.forward(target)
        self.loss_layers = [self.sampled() for _ in range(contexts.shape[1])]
        return sum(
            layer.forward(h, contexts[:, k], None if negative_sample is None else negative_sample[:, k])
            for k, layer in enumerate(self.loss_layers)
        )

    forward = loss  # as trainers call it

    def gradient(
        self, contexts: np.ndarray, target: np.ndarray, negative_sample: np.ndarray | None = None
    ) -> dict[str, np.ndarray]:
        return self.loss_and_gradient(contexts, target, negative_sample)[1]

    def loss_and_gradient(
        self, contexts: np.ndarray, target: np.ndarray, negative_sample: np.ndarray | None = None
    ) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(contexts, target, negative_sample)
        self.in_layer.backward(sum(layer.backward() for layer in self.loss_layers))
        return loss, {"W_in": self.in_layer.dW, "W_out": sum(layer.dW for layer in self.loss_layers)}
