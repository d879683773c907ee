import numpy as np

from python_impl.layers._layer import Layer


class ScaledDotProductAttention(Layer):
    """out = A V,   A = softmax(Q K^T / sqrt(D)), over the keys that the mask lets be seen.

    dV = A^T dout,   dA = dout V^T,   dS = A (dA - sum of dA A over the keys),   dQ = dS K / sqrt(D),
    dK = dS^T Q / sqrt(D).
    Shapes: Q, dQ (..., T, D), K, dK (..., S, D), V, dV (..., S, M), out (..., T, M); mask (T, S) or (..., T, S), True
    where a key may be seen. A query that sees no key raises ValueError.
    Source: Vaswani et al. (2017), Attention Is All You Need, 3.2.1.
    """

    def forward(self, Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        S = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])
        if mask is not None:
            if not mask.any(axis=-1).all():
                raise ValueError("the mask leaves a query no key")
            S = np.where(mask, S, -np.inf)
        exp = np.exp(S - S.max(axis=-1, keepdims=True))
        self.A = exp / exp.sum(axis=-1, keepdims=True)
        self.Q, self.K, self.V = Q, K, V
        return self.A @ V

    def backward(self, dout: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        dA = dout @ np.swapaxes(self.V, -1, -2)
        dS = self.A * (dA - np.sum(dA * self.A, axis=-1, keepdims=True)) / np.sqrt(self.Q.shape[-1])
        return dS @ self.K, np.swapaxes(dS, -1, -2) @ self.Q, np.swapaxes(self.A, -1, -2) @ dout
