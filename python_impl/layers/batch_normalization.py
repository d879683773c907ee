import numpy as np

from python_impl.layers._layer import Layer


class BatchNormalization(Layer):
    """Each column is brought to mean 0 and variance 1 over the batch, then scaled and shifted.

    xhat = (x - mu) / sqrt(var + eps),   out = gamma xhat + beta,   with var the mean square, divided by N;
    dgamma = sum dout xhat,   dbeta = sum dout,   dx = gamma / (N sqrt(var + eps)) (N dout - dbeta - xhat dgamma).
    While training the running statistics move, r <- momentum r + (1 - momentum) of the batch; at test they stand in
    for mu and var, and dx is gamma dout / sqrt(running_var + eps).
    Shapes: x, out, dx (N, D); gamma, beta, running_mean, running_var (D,). Raises ValueError for another x; images have
    `BatchNormalizationImages`.
    Source: the book, first volume, chapter 6, 6.3, whose eps is 10e-7 and whose running statistics begin at 0.
    """

    def __init__(
        self,
        gamma: np.ndarray,
        beta: np.ndarray,
        momentum: float = 0.9,
        running_mean: np.ndarray | None = None,
        running_var: np.ndarray | None = None,
        eps: float = 1e-6,
    ) -> None:
        super().__init__(gamma, beta)
        self.momentum = momentum
        self.eps = eps
        self.running_mean = np.zeros(len(gamma)) if running_mean is None else running_mean
        self.running_var = np.zeros(len(gamma)) if running_var is None else running_var

    def forward(self, x: np.ndarray, train_flg: bool = True) -> np.ndarray:
        gamma, beta = self.params
        if x.ndim != 2 or x.shape[1] != len(gamma):
            raise ValueError(f"x has the shape {x.shape}, expected a matrix with {len(gamma)} columns")
        self.train_flg = train_flg
        if train_flg:
            mu, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mu, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + self.eps)
        self.xhat = (x - mu) / self.std
        return gamma * self.xhat + beta

    def backward(self, dout: np.ndarray) -> np.ndarray:
        gamma, _ = self.params
        self.dgamma = (dout * self.xhat).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        self.write_grads(self.dgamma, self.dbeta)
        dx = dout
        if self.train_flg:
            N = len(dout)
            dx = dout - self.dbeta / N - self.xhat * self.dgamma / N
        return gamma / self.std * dx
