import numpy as np

from python_impl.layers._layer import Layer

Factor = float | np.ndarray


class MulLayer(Layer):
    """out = x y,   dx = dout y,   dy = dout x.

    Shapes: x, y, out, dout, dx, dy all alike: numbers, or arrays element by element.
    Source: the book, first volume, chapter 5, 5.4.1.
    """

    def forward(self, x: Factor, y: Factor) -> Factor:
        self.x = x
        self.y = y
        return x * y

    def backward(self, dout: Factor) -> tuple[Factor, Factor]:
        return dout * self.y, dout * self.x
