import numpy as np

from python_impl.layers._layer import Layer

Term = float | np.ndarray


class AddLayer(Layer):
    """out = x + y,   dx = dout,   dy = dout.

    Shapes: x, y, out, dout, dx, dy all alike: numbers, or arrays element by element.
    Source: the book, first volume, chapter 5, 5.4.2.
    """

    def forward(self, x: Term, y: Term) -> Term:
        return x + y

    def backward(self, dout: Term) -> tuple[Term, Term]:
        return dout * 1, dout * 1
