import numpy as np

from python_impl.datasets.iris import load_iris
from python_impl.layers.affine import Affine
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.batches import random_batches
from python_impl.trainers.trainer import Trainer


class OneLayerNet:
    """Softmax regression of many samples: L = CE(softmax(x W + b), t).

    Shapes: x (N, D), t (N,) labels, params W (D, C), b (C,) -> scores (N, C), loss a number.
    """

    def __init__(self, params: dict[str, np.ndarray]) -> None:
        self.params = params
        self.affine = Affine(params["W"], params["b"])
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.affine.forward(x)

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        return self.last_layer.forward(self.predict(x), t)

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """The share of rows whose largest score is at the label."""
        return float(np.mean(self.predict(x).argmax(axis=1) == t))

    def loss_and_gradient(self, x: np.ndarray, t: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.forward(x, t)
        self.affine.backward(self.last_layer.backward())
        return loss, {"W": self.affine.dW, "b": self.affine.db}


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
        rng = np.random.RandomState(seed)
        order = rng.permutation(len(x))
        self.x_train, self.t_train = x[order[:-30]], t[order[:-30]]
        self.x_test, self.t_test = x[order[-30:]], t[order[-30:]]
        self.params = {"W": 0.01 * rng.randn(4, 3), "b": np.zeros(3)}
        self.network = OneLayerNet(self.params)
        batches = random_batches(rng, len(self.x_train), batch_size, replace=False)
        self.trainer = Trainer(self.network, SGD(lr), batches, self.x_train, self.t_train)

    def train(self, steps: int) -> np.ndarray:
        loss = self.trainer.train(steps)
        self.train_accuracy = self.network.accuracy(self.x_train, self.t_train)
        self.test_accuracy = self.network.accuracy(self.x_test, self.t_test)
        return loss
