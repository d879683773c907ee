import numpy as np

from python_impl.layers._layer import Layer


class LayerNorm(Layer):
    """Each row, along the last axis, is brought to mean 0 and variance 1, then scaled and shifted.

    xhat = (x - mu) / sqrt(var + eps),   out = gamma xhat + beta,   with mu and var of the D numbers of a row, var
    divided by D; with g = dout gamma:   dx = (g - mean(g) - xhat mean(g xhat)) / sqrt(var + eps).
    Shapes: x, out, dx (..., D); gamma, beta (D,). There are no running statistics: each row is judged by itself.
    Source: Ba, Kiros and Hinton (2016), Layer Normalization, section 3.
    """

    def __init__(self, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> None:
        super().__init__(gamma, beta)
        self.eps = eps

    def forward(self, x: np.ndarray) -> np.ndarray:
        gamma, beta = self.params
        mu, var = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
        self.std = np.sqrt(var + self.eps)
        self.xhat = (x - mu) / self.std
        return gamma * self.xhat + beta

    def backward(self, dout: np.ndarray) -> np.ndarray:
        rows = tuple(range(dout.ndim - 1))
        self.dgamma, self.dbeta = np.sum(dout * self.xhat, axis=rows), np.sum(dout, axis=rows)
        self.write_grads(self.dgamma, self.dbeta)
        g = dout * self.params[0]
        projected = np.mean(g * self.xhat, axis=-1, keepdims=True)
        return (g - np.mean(g, axis=-1, keepdims=True) - self.xhat * projected) / self.std
