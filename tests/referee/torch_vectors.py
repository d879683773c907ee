"""Optimizers, layers and networks of rows as torch computes them, behind the names of the shared cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F
from torch_images import Array, Layer, array, tensor


def keys(values: Any) -> Iterable[Any]:
    return list(values) if isinstance(values, dict) else range(len(values))


class Optimizer:
    """One of torch's on copies of the parameters; what it remembers is told in the book's terms."""

    remembered: dict[str, Callable[[dict[str, Any]], Array]]

    def made(self, parameters: list[torch.Tensor]) -> torch.optim.Optimizer:
        raise NotImplementedError

    def update(self, params: Any, grads: Any) -> None:
        if not hasattr(self, "torch"):
            self.tensors = {key: tensor(params[key]) for key in keys(params)}
            self.torch = self.made(list(self.tensors.values()))
        for key, parameter in self.tensors.items():
            parameter.grad = torch.tensor(np.asarray(grads[key], dtype=np.float64))
        self.step()
        for key, parameter in self.tensors.items():
            params[key][...] = array(parameter)
        for name, tell in self.remembered.items():
            told = {key: tell(self.torch.state[parameter]) for key, parameter in self.tensors.items()}
            setattr(self, name, told if isinstance(params, dict) else list(told.values()))

    def step(self) -> None:
        self.torch.step()


class Momentum(Optimizer):
    """torch's buffer is the sum of gradients: v = -lr buffer, as long as lr stays."""

    nesterov = False

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        self.options = {"lr": lr, "momentum": momentum, "nesterov": self.nesterov}
        self.remembered = {"v": lambda state: -lr * array(state["momentum_buffer"]) + 0.0}

    def made(self, parameters: list[torch.Tensor]) -> torch.optim.Optimizer:
        return torch.optim.SGD(parameters, **self.options)


class Nesterov(Momentum):
    nesterov = True


class AdaGrad(Optimizer):
    def __init__(self, lr: float = 0.01) -> None:
        self.lr = lr
        self.remembered = {"h": lambda state: array(state["sum"]).copy()}

    def made(self, parameters: list[torch.Tensor]) -> torch.optim.Optimizer:
        return torch.optim.Adagrad(parameters, lr=self.lr, eps=1e-7)


class RMSprop(Optimizer):
    def __init__(self, lr: float = 0.01, decay_rate: float = 0.99) -> None:
        self.options = {"lr": lr, "alpha": decay_rate, "eps": 1e-7}
        self.remembered = {"h": lambda state: array(state["square_avg"]).copy()}

    def made(self, parameters: list[torch.Tensor]) -> torch.optim.Optimizer:
        return torch.optim.RMSprop(parameters, **self.options)


class Adam(Optimizer):
    """torch's eps stands beside the corrected root, so that the book's 1e-7 is another one at each step."""

    def __init__(self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999) -> None:
        self.lr = lr
        self.betas = (beta1, beta2)
        self.iter = 0
        self.remembered = {
            "m": lambda state: array(state["exp_avg"]).copy(),
            "v": lambda state: array(state["exp_avg_sq"]).copy(),
        }

    def made(self, parameters: list[torch.Tensor]) -> torch.optim.Optimizer:
        return torch.optim.Adam(parameters, lr=self.lr, betas=self.betas)

    def step(self) -> None:
        self.iter += 1
        self.torch.param_groups[0]["eps"] = 1e-7 / np.sqrt(1 - self.betas[1] ** self.iter)
        self.torch.step()


def clip_grads(grads: Any, max_norm: float) -> None:
    parameters = [tensor(np.zeros(np.shape(grads[key]))) for key in keys(grads)]
    for key, parameter in zip(keys(grads), parameters, strict=True):
        parameter.grad = torch.tensor(np.asarray(grads[key], dtype=np.float64))
    torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    for key, parameter in zip(keys(grads), parameters, strict=True):
        grads[key][...] = array(parameter.grad)


class BatchNormalization(Layer):
    """torch's running variance divides by N - 1, the book's by N; with momentum 1 torch's are those of the batch."""

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
        N = len(x)
        out = self.through(x, lambda x: F.batch_norm(x, mean, var, *learned, True, 1.0, self.eps))
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * array(mean)
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * array(var) * (N - 1) / N
        return out


def softmax_loss(X: Array, t: Array, delta: float = 1e-7) -> float:
    labels = torch.tensor(t if t.ndim == 1 else t.argmax(axis=1))
    right = torch.softmax(torch.tensor(X, dtype=torch.float64), 1)[torch.arange(len(X)), labels]
    return -torch.log(right + delta).mean().item()


def mean_squared_error(y: Array, t: Array) -> float:
    return F.mse_loss(torch.tensor(y), torch.tensor(t), reduction="sum").item() / 2


def tanh_function(x: Array) -> Array:
    return np.asarray(array(torch.tanh(torch.tensor(x, dtype=torch.float64))))


def sigmoid_grad(x: Array) -> Array:
    at = tensor(x)
    torch.sigmoid(at).sum().backward()
    return np.asarray(array(at.grad))
