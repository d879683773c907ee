import numpy as np

from python_impl.layers._layer import Layer


class Relu(Layer):
    """out = x where x > 0, else 0;   dx = dout where x > 0, else 0.

    At x = 0, where the derivative does not exist, dx is 0. `mask` is True where x <= 0.
    Shapes: x, out, dout, dx, mask all alike, any shape.
    Source: DeepLearningFromForR wiki, chapter 5, "Relu". The original writes its zeros into the `dout` it was
    given; this one leaves it alone.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.mask = x <= 0
        return np.where(self.mask, 0, x)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        return np.where(self.mask, 0, dout)
