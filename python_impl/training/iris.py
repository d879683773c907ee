import numpy as np

from python_impl.datasets.iris import load_iris
from python_impl.layers.affine import Affine
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss
from python_impl.optimizers.sgd import SGD


class IrisRun:
    """Softmax regression of Fisher's irises: p <- p - lr dL/dp, L = CE(softmax(x W + b), t) on a batch at each step.

    One stream, started from `seed`, gives first a random order of the 150 flowers, of which the last 30 are kept for
    the test; then W, normal times 0.01; then each batch, drawn without replacement from the other 120. `train` goes on
    with the run by so many steps and returns the losses, each before its update; then `train_accuracy` and
    `test_accuracy` are those of the two sets. The flowers are those of Fisher's paper (`load_iris`, corrected), which
    R has.
    Shapes: params W (4, 3), b (3,) -> losses (steps,).
    Source: announced by the blog post "multi-class classification, practice" as its next step.
    """

    def __init__(self, seed: int = 0, lr: float = 0.1, batch_size: int = 30) -> None:
        x, t = load_iris(corrected=True)
        self.rng = np.random.RandomState(seed)
        order = self.rng.permutation(len(x))
        self.x_train, self.t_train = x[order[:-30]], t[order[:-30]]
        self.x_test, self.t_test = x[order[-30:]], t[order[-30:]]
        self.params = {"W": 0.01 * self.rng.randn(4, 3), "b": np.zeros(3)}
        self.affine = Affine(self.params["W"], self.params["b"])
        self.last_layer = SoftmaxWithLoss()
        self.optimizer = SGD(lr)
        self.batch_size = batch_size

    def train(self, steps: int) -> np.ndarray:
        loss = np.zeros(steps)
        for step in range(steps):
            batch = self.rng.choice(len(self.x_train), self.batch_size, replace=False)
            x, t = self.x_train[batch], self.t_train[batch]
            loss[step] = self.last_layer.forward(self.affine.forward(x), t)
            self.affine.backward(self.last_layer.backward())
            self.optimizer.update(self.params, {"W": self.affine.dW, "b": self.affine.db})
        self.train_accuracy = self.accuracy(self.x_train, self.t_train)
        self.test_accuracy = self.accuracy(self.x_test, self.t_test)
        return loss

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """The share of flowers whose largest score is that of their own species."""
        return float(np.mean(self.affine.forward(x).argmax(axis=1) == t))
