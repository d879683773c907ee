import numpy as np

from python_impl.networks.softmax_regression import SoftmaxRegression


class SoftmaxRegressionRun:
    """Softmax regression of one sample: W <- W - lr dW, B <- B - lr dB, the sample and the seed of the source.

    W and B are drawn from `seed`, W first. `train` goes on with the run by so many steps and returns the losses, each
    after its update; `forward` gives the loss as it stands, and `pred`, as the source prints them before and after.
    Shapes: W (3, 4), B (3, 1), pred (1, 3) -> losses (steps,).
    Source: blog post "multi-class classification, practice", with its Jacobian put right.
    """

    network_class = SoftmaxRegression

    def __init__(self, seed: int = 220106, lr: float = 0.001) -> None:
        rng = np.random.RandomState(seed)
        self.network = self.network_class(rng.randn(3, 4), rng.randn(3, 1))
        self.lr = lr
        # The source's sample is float32: 1.2 is 1.2000000476837158 there.
        self.x = np.array([[1.2, 2.4, 3.6, 1.8]], dtype=np.float32).astype(np.float64)
        self.t = np.array([[0, 0, 1]])

    def forward(self) -> float:
        loss = self.network.forward(self.x, self.t)
        self._show()
        return loss

    def train(self, steps: int) -> np.ndarray:
        loss = np.array([self.network.train(self.x, self.t, 1, self.lr) for _ in range(steps)])
        self._show()
        return loss

    def _show(self) -> None:
        self.W, self.B, self.pred = self.network.W, self.network.B, self.network.pred
