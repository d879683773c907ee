import numpy as np

from python_impl.layers.matmul import MatMul
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss


class SimpleSkipGram:
    """The neighbours out of the word in the middle: s = target W_in W_out,   L = sum over contexts of CE(softmax(s)).

    `params` is a dict of W_in (V, H) and W_out (H, V). `delta` as in `cross_entropy_error`.
    Shapes: contexts one-hot (N, C, V), target one-hot (N, V); loss a number.
    Source: the book, second volume, chapter 3, 3.5.2.
    """

    def __init__(self, params: dict[str, np.ndarray], delta: float = 1e-7) -> None:
        self.params = params
        self.delta = delta
        self.in_layer, self.out_layer = MatMul(params["W_in"]), MatMul(params["W_out"])

    def loss(self, contexts: np.ndarray, target: np.ndarray) -> float:
        self.loss_layers = [SoftmaxWithLoss(self.delta) for _ in range(contexts.shape[1])]
        s = self.out_layer.forward(self.in_layer.forward(target))
        words = contexts.transpose(1, 0, 2)
        return sum(layer.forward(s, word) for layer, word in zip(self.loss_layers, words, strict=True))

    forward = loss  # as trainers call it

    def gradient(self, contexts: np.ndarray, target: np.ndarray) -> dict[str, np.ndarray]:
        return self.loss_and_gradient(contexts, target)[1]

    def loss_and_gradient(self, contexts: np.ndarray, target: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(contexts, target)
        ds = sum(layer.backward() for layer in self.loss_layers)
        self.in_layer.backward(self.out_layer.backward(ds))
        return loss, {"W_in": self.in_layer.dW, "W_out": self.out_layer.dW}
