import os

from python_impl.datasets.digits import load_digits
from python_impl.datasets.mnist import Arrays
from python_impl.training.mnist import MnistRun


class DigitsRun(MnistRun):
    """The run of MnistRun on the digits of 8 x 8, which travel with the project.

    Shapes: params W1 (64, hidden_size), b1 (hidden_size,), W2 (hidden_size, 10), b2 (10,) -> losses (steps,).
    Source: blog post "Back Propagation (2)", Training, with the digits in place of MNIST.
    """

    @staticmethod
    def load(path: str | os.PathLike[str] | None) -> tuple[Arrays, Arrays]:
        return load_digits(path, one_hot_label=True)
