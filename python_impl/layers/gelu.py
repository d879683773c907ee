import math

import numpy as np

from python_impl.layers._layer import Layer

_erf = np.vectorize(math.erf, otypes=[np.float64])


class GELU(Layer):
    """out = x Phi(x), with Phi the normal distribution function:   dx = dout (Phi(x) + x phi(x)).

    With `approximate`, Phi(x) is (1 + tanh(u)) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3), which is off by 5e-4 at most.
    Shapes: x, out, dout, dx all alike, any shape.
    Source: Hendrycks and Gimpel (2016), Gaussian Error Linear Units, section 2.
    """

    def __init__(self, approximate: bool = False) -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        if self.approximate:
            self.t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
            return 0.5 * x * (1 + self.t)
        self.Phi = 0.5 * (1 + _erf(x / np.sqrt(2)))
        return x * self.Phi

    def backward(self, dout: np.ndarray) -> np.ndarray:
        x = self.x
        if self.approximate:
            du = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
            return dout * (0.5 * (1 + self.t) + 0.5 * x * (1 - self.t**2) * du)
        return dout * (self.Phi + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))
