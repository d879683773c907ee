import numpy as np

from python_impl.layers.matmul import MatMul
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss


class SimpleCBOW:
    """The word in the middle out of its neighbours: h = mean of context W_in,   L = CE(softmax(h W_out), target).

    `params` is a dict of W_in (V, H) and W_out (H, V). `delta` as in `cross_entropy_error`.
    Shapes: contexts one-hot (N, C, V), target one-hot (N, V); loss a number.
    Source: the book, second volume, chapter 3, 3.4, which has C = 2.
    """

    def __init__(self, params: dict[str, np.ndarray], delta: float = 1e-7) -> None:
        self.params = params
        self.out_layer = MatMul(params["W_out"])
        self.loss_layer = SoftmaxWithLoss(delta)

    def loss(self, contexts: np.ndarray, target: np.ndarray) -> float:
        self.in_layers = [MatMul(self.params["W_in"]) for _ in range(contexts.shape[1])]
        words = contexts.transpose(1, 0, 2)
        h = sum(layer.forward(word) for layer, word in zip(self.in_layers, words, strict=True)) / len(words)
        return self.loss_layer.forward(self.out_layer.forward(h), target)

    forward = loss  # as trainers call it

    def gradient(self, contexts: np.ndarray, target: np.ndarray) -> dict[str, np.ndarray]:
        return self.loss_and_gradient(contexts, target)[1]

    def loss_and_gradient(self, contexts: np.ndarray, target: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(contexts, target)
        dh = self.out_layer.backward(self.loss_layer.backward())
        for layer in self.in_layers:
            layer.backward(dh / len(self.in_layers))
        return loss, {"W_in": sum(layer.dW for layer in self.in_layers), "W_out": self.out_layer.dW}
