import numpy as np


class SoftmaxRegression:
    """Softmax regression of one sample: s = softmax(W x^T + B), L = -log of the s at the target.

    The gradient goes through the Jacobian of the softmax, J = diag(s) - s s^T, written out:
    dL/dg = -1/s_t (J t^T), dW = dL/dg x, dB = dL/dg. The entries of dB add up to 0.
    Shapes: x (1, D), t (1, C) one-hot, W (C, D), B (C, 1) -> pred (1, C), loss a number, dW (C, D), dB (C, 1).
    The exponentials are taken as they are, without subtracting the largest, as in the source.
    Source: blog post "multi-class classification, practice", with its Jacobian put right.
    """

    def __init__(self, W: np.ndarray, B: np.ndarray) -> None:
        self.W = W
        self.B = B

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        self.x = x
        self.t = t
        g = self.W @ x.T + self.B
        self.pred = (np.exp(g) / np.exp(g).sum()).T
        self.loss = float(-np.log((self.pred * t).sum()))
        return self.loss

    def jacobian(self) -> np.ndarray:
        """The derivatives of the softmax: row i, column j is d s_i / d g_j."""
        s1, s2, s3 = self.pred[0]
        return np.array(
            [
                [s1 * (1 - s1), -s1 * s2, -s1 * s3],
                [-s1 * s2, s2 * (1 - s2), -s2 * s3],
                [-s1 * s3, -s2 * s3, s3 * (1 - s3)],
            ]
        )

    def backward(self) -> None:
        dL_ds = -1 / (self.pred * self.t).sum()
        ds_dg = self.jacobian() @ self.t.T
        self.dW = dL_ds * (ds_dg @ self.x)
        self.dB = dL_ds * ds_dg

    @property
    def params(self) -> dict[str, np.ndarray]:
        """W and B themselves: a trainer changes them in place."""
        return {"W": self.W, "B": self.B}

    def loss_and_gradient(self, x: np.ndarray, t: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.forward(x, t)
        self.backward()
        return loss, {"W": self.dW, "B": self.dB}

    def train(self, x: np.ndarray, t: np.ndarray, steps: int = 100, lr: float = 0.001) -> float:
        """`steps` steps of gradient descent on this one sample; then the loss, with `pred`, of the new W and B."""
        for _ in range(steps):
            self.forward(x, t)
            self.backward()
            self.W = self.W - lr * self.dW
            self.B = self.B - lr * self.dB
        return self.forward(x, t)
