"""The layers and networks for images as torch computes them, by autograd, behind the names of the shared cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

Array = np.ndarray[Any, Any]


def tensor(values: Any) -> torch.Tensor:
    return torch.tensor(np.asarray(values, dtype=np.float64), requires_grad=True)


def array(values: torch.Tensor | None) -> Array:
    assert values is not None
    return values.detach().numpy()


class Layer:
    """`forward` computes with tensors, `backward` sends `dout` through what it computed."""

    learned: dict[str, torch.Tensor]

    def through(self, x: Array, compute: Callable[[torch.Tensor], torch.Tensor]) -> Array:
        for parameter in self.learned.values():
            parameter.grad = None
        self.x = tensor(x)
        self.out = compute(self.x)
        return array(self.out)

    def backward(self, dout: Array) -> Array:
        for leaf in (self.x, *self.learned.values()):
            leaf.grad = None
        self.out.backward(torch.tensor(np.asarray(dout, dtype=np.float64)), retain_graph=True)
        for name, parameter in self.learned.items():
            setattr(self, f"d{name}", array(parameter.grad))
        return array(self.x.grad)


class Convolution(Layer):
    def __init__(self, W: Array, b: Array, stride: int = 1, pad: int = 0) -> None:
        self.learned = {"W": tensor(W), "b": tensor(b)}
        self.options = {"stride": stride, "padding": pad}

    def forward(self, x: Array) -> Array:
        return self.through(x, lambda x: F.conv2d(x, self.learned["W"], self.learned["b"], **self.options))


class Pooling(Layer):
    def __init__(self, pool_h: int, pool_w: int, stride: int = 1, pad: int = 0) -> None:
        self.learned = {}
        self.size = (pool_h, pool_w)
        self.options = {"stride": stride, "padding": pad}

    def forward(self, x: Array) -> Array:
        return self.through(x, lambda x: F.max_pool2d(x, self.size, **self.options))


class Flatten(Layer):
    def __init__(self) -> None:
        self.learned = {}

    def forward(self, x: Array) -> Array:
        return self.through(x, lambda x: torch.flatten(x, 1))


class BatchNormalizationImages(Layer):
    """torch's momentum is the share of the new, and its running variance divides by M - 1; the book's by M."""

    def __init__(
        self,
        gamma: Array,
        beta: Array,
        momentum: float = 0.9,
        running_mean: Array | None = None,
        running_var: Array | None = None,
        eps: float = 1e-6,
    ) -> None:
        self.learned = {"gamma": tensor(gamma), "beta": tensor(beta)}
        self.momentum = momentum
        self.eps = eps
        self.running_mean = np.zeros(len(gamma)) if running_mean is None else np.array(running_mean, dtype=np.float64)
        self.running_var = np.zeros(len(gamma)) if running_var is None else np.array(running_var, dtype=np.float64)

    def forward(self, x: Array, train_flg: bool = True) -> Array:
        learned = (self.learned["gamma"], self.learned["beta"])
        mean, var = torch.tensor(self.running_mean), torch.tensor(self.running_var)
        if not train_flg:
            return self.through(x, lambda x: F.batch_norm(x, mean, var, *learned, False, 0.0, self.eps))
        M = x.size // x.shape[1]
        # With momentum 1 torch's running statistics are those of the batch.
        out = self.through(x, lambda x: F.batch_norm(x, mean, var, *learned, True, 1.0, self.eps))
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * array(mean)
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * array(var) * (M - 1) / M
        return out


def im2col(input_data: Array, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0) -> Array:
    columns = F.unfold(torch.tensor(input_data, dtype=torch.float64), (filter_h, filter_w), padding=pad, stride=stride)
    return array(columns.transpose(1, 2).reshape(-1, columns.shape[1]))


def col2im(col: Array, input_shape: Array, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0) -> Array:
    N, _, H, W = (int(extent) for extent in input_shape)
    columns = torch.tensor(col, dtype=torch.float64).reshape(N, -1, col.shape[1]).transpose(1, 2)
    return array(F.fold(columns, (H, W), (filter_h, filter_w), padding=pad, stride=stride))


class Network:
    def __init__(self, params: dict[str, Array]) -> None:
        self.params = {name: tensor(value) for name, value in params.items()}

    def scores(self, x: torch.Tensor, *masks: Any) -> torch.Tensor:
        raise NotImplementedError

    def predict(self, x: Array, *masks: Any) -> Array:
        return array(self.scores(torch.tensor(x, dtype=torch.float64), *masks))

    def tensor_loss(self, x: Array, t: Array, *masks: Any) -> torch.Tensor:
        labels = t if t.ndim == 1 else t.argmax(axis=1)
        return F.cross_entropy(self.scores(torch.tensor(x, dtype=torch.float64), *masks), torch.tensor(labels))

    def loss(self, x: Array, t: Array, *masks: Any) -> float:
        return self.tensor_loss(x, t, *masks).item()

    def gradient(self, x: Array, t: Array, *masks: Any) -> dict[str, Array]:
        grads = torch.autograd.grad(self.tensor_loss(x, t, *masks), list(self.params.values()))
        # The sign of a sum of zeros depends on the order of adding: none is given here.
        return {name: array(grad) + 0.0 for name, grad in zip(self.params, grads, strict=True)}

    def linear(self, x: torch.Tensor, k: int) -> torch.Tensor:
        return x @ self.params[f"W{k}"] + self.params[f"b{k}"]


class SimpleConvNet(Network):
    def __init__(self, params: dict[str, Array], stride: int = 1, pad: int = 0, delta: float = 0) -> None:
        super().__init__(params)
        self.options = {"stride": stride, "padding": pad}

    def scores(self, x: torch.Tensor, *masks: Any) -> torch.Tensor:
        x = F.max_pool2d(F.relu(F.conv2d(x, self.params["W1"], self.params["b1"], **self.options)), 2)
        return self.linear(F.relu(self.linear(torch.flatten(x, 1), 2)), 3)

    def accuracy(self, x: Array, t: Array) -> float:
        return float((self.predict(x).argmax(axis=1) == t).mean())


class DeepConvNet(Network):
    def __init__(self, params: dict[str, Array], dropout_ratio: float = 0.5, delta: float = 0) -> None:
        super().__init__(params)
        self.kept = {"hidden": 1 - dropout_ratio, "scores": 1 - dropout_ratio}

    def scores(self, x: torch.Tensor, *masks: Any) -> torch.Tensor:
        given = masks[0] if masks and masks[0] else self.kept
        hidden, last = (torch.tensor(given[name], dtype=torch.float64) for name in self.kept)
        for k, pad in enumerate((1, 1, 1, 2, 1, 1), 1):
            x = F.relu(F.conv2d(x, self.params[f"W{k}"], self.params[f"b{k}"], padding=pad))
            if k % 2 == 0:
                x = F.max_pool2d(x, 2)
        return last * self.linear(hidden * F.relu(self.linear(torch.flatten(x, 1), 7)), 8)

    def predict(self, x: Array, masks: Any = None) -> Array:
        return super().predict(x, masks)

    def loss(self, x: Array, t: Array, masks: Any = None) -> float:
        return super().loss(x, t, masks)

    def gradient(self, x: Array, t: Array, masks: Any = None) -> dict[str, Array]:
        return super().gradient(x, t, masks)
