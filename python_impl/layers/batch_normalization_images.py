import numpy as np

from python_impl.layers._layer import Layer


class BatchNormalizationImages(Layer):
    """Each channel is brought to mean 0 and variance 1 over the batch and the pixels, then scaled and shifted.

    xhat = (x - mu) / sqrt(var + eps),   out = gamma xhat + beta,   with var the mean square, divided by M = N H W;
    dgamma = sum dout xhat,   dbeta = sum dout,
    dx = gamma / (M sqrt(var + eps)) (M dout - dbeta - xhat dgamma).
    While training the running statistics move, r <- momentum r + (1 - momentum) of the batch; at test they stand in
    for mu and var, and dx is gamma dout / sqrt(running_var + eps).
    Shapes: x, out, dx (N, C, H, W); gamma, beta, running_mean, running_var (C,).
    Source: the book, first volume, chapter 6, 6.3, whose eps is 10e-7 and whose running statistics begin at 0; per
    channel as Ioffe and Szegedy (2015), section 3.2, have it for convolutions.
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
        if x.shape[1] != len(gamma):
            raise ValueError(f"x has {x.shape[1]} channels, gamma has {len(gamma)}")
        self.train_flg = train_flg
        if train_flg:
            mu, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mu, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + self.eps)
        self.xhat = (x - _per_channel(mu)) / _per_channel(self.std)
        return _per_channel(gamma) * self.xhat + _per_channel(beta)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        gamma, _ = self.params
        self.dgamma = (dout * self.xhat).sum(axis=(0, 2, 3))
        self.dbeta = dout.sum(axis=(0, 2, 3))
        self.write_grads(self.dgamma, self.dbeta)
        dx = dout
        if self.train_flg:
            M = dout.size // len(gamma)
            dx = dout - _per_channel(self.dbeta) / M - self.xhat * _per_channel(self.dgamma) / M
        return _per_channel(gamma / self.std) * dx


def _per_channel(v: np.ndarray) -> np.ndarray:
    return v[:, None, None]
