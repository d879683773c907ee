"""Layers over time, of words and of attention, computed by torch and its autograd under the names of the cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F
from torch_images import Array, array, tensor
from torch_vectors import Optimizer

F64 = torch.float64


class Tape:
    """A forward pass on tensors by name, and what flows back to each of them."""

    def run(self, compute: Callable[..., Any], **values: Any) -> Any:
        self.leaves = {name: tensor(value) for name, value in values.items()}
        return compute(**self.leaves)

    def back(self, out: torch.Tensor, dout: Any) -> dict[str, Array]:
        out.backward(torch.tensor(np.asarray(dout, dtype=np.float64)), retain_graph=True)
        return {
            name: np.zeros(leaf.shape) if leaf.grad is None else array(leaf.grad) for name, leaf in self.leaves.items()
        }


class Recurrent(Tape):
    """One of torch's recurrent modules over a sequence; `order` is where torch's gates are among the book's."""

    order: tuple[int, ...] = (0,)
    module: type[torch.nn.RNNBase]

    def __init__(self, Wx: Array, Wh: Array, b: Array, stateful: bool = False) -> None:
        self.given, self.stateful, self.state = (Wx, Wh, b), stateful, None

    def mapped(self, W: torch.Tensor) -> torch.Tensor:
        gates = torch.chunk(W, len(self.order), dim=-1)
        return torch.cat([gates[k] for k in self.order], dim=-1)

    def forward(self, xs: Array) -> Array:
        Wx, Wh, b = self.given
        module = self.module(Wx.shape[0], Wh.shape[0], batch_first=True, dtype=F64)

        def compute(xs: torch.Tensor, Wx: torch.Tensor, Wh: torch.Tensor, b: torch.Tensor) -> Any:
            parameters = {
                "weight_ih_l0": self.mapped(Wx).T,
                "weight_hh_l0": self.mapped(Wh).T,
                "bias_ih_l0": self.mapped(b),
                "bias_hh_l0": torch.zeros(b.shape, dtype=F64),
            }
            start = self.state if self.stateful and self.state is not None else self.zeros(len(xs), len(Wh))
            self.start = tuple(one.detach().requires_grad_() for one in start)
            given = self.start if len(self.start) > 1 else self.start[0]
            return torch.func.functional_call(module, parameters, (xs, given))

        self.out, last = self.run(compute, xs=xs, Wx=Wx, Wh=Wh, b=b)
        self.state = last if isinstance(last, tuple) else (last,)
        self.h = array(self.state[0][0])
        if len(self.state) > 1:
            self.c = array(self.state[1][0])
        return array(self.out)

    def zeros(self, N: int, H: int) -> tuple[torch.Tensor, ...]:
        return tuple(torch.zeros(1, N, H, dtype=F64) for _ in range(2 if self.module is torch.nn.LSTM else 1))

    def backward(self, dhs: Array) -> Array:
        grads = self.back(self.out, dhs)
        self.dWx, self.dWh, self.db = grads["Wx"], grads["Wh"], grads["b"]
        self.dh = array(self.start[0].grad[0])
        return grads["xs"]


class TimeRNN(Recurrent):
    module = torch.nn.RNN


class TimeLSTM(Recurrent):
    module = torch.nn.LSTM
    order = (2, 0, 1, 3)  # torch: i, f, g, o; the book: f, g, i, o


class Embedding(Tape):
    def __init__(self, W: Array) -> None:
        self.W = W

    def forward(self, idx: Array | None = None, xs: Array | None = None) -> Array:
        ids = torch.tensor(np.asarray(idx if xs is None else xs, dtype=np.int64))
        self.out = self.run(lambda W: F.embedding(ids, W), W=self.W)
        return array(self.out)

    def backward(self, dout: Array) -> None:
        self.dW = self.back(self.out, dout)["W"]


class LayerNorm(Tape):
    def __init__(self, gamma: Array, beta: Array, eps: float = 1e-5) -> None:
        self.given, self.eps = {"gamma": gamma, "beta": beta}, eps

    def forward(self, x: Array) -> Array:
        self.out = self.run(
            lambda x, gamma, beta: F.layer_norm(x, (len(gamma),), gamma, beta, self.eps), x=x, **self.given
        )
        return array(self.out)

    def backward(self, dout: Array) -> Array:
        grads = self.back(self.out, dout)
        self.dgamma, self.dbeta = grads["gamma"], grads["beta"]
        return grads["x"]


class GELU(Tape):
    def __init__(self, approximate: bool = False) -> None:
        self.approximate = "tanh" if approximate else "none"

    def forward(self, x: Array) -> Array:
        self.out = self.run(lambda x: F.gelu(x, approximate=self.approximate), x=x)
        return array(self.out)

    def backward(self, dout: Array) -> Array:
        return self.back(self.out, dout)["x"]


class ScaledDotProductAttention(Tape):
    def forward(self, Q: Array, K: Array, V: Array, mask: Array | None = None) -> Array:
        seen = None if mask is None else torch.tensor(np.asarray(mask, dtype=bool))
        self.out = self.run(lambda Q, K, V: F.scaled_dot_product_attention(Q, K, V, attn_mask=seen), Q=Q, K=K, V=V)
        return array(self.out)

    def backward(self, dout: Array) -> tuple[Array, Array, Array]:
        grads = self.back(self.out, dout)
        return grads["Q"], grads["K"], grads["V"]


class MultiHeadAttention(Tape):
    """torch.nn.MultiheadAttention, whose weights stand the other way round and below each other."""

    names = ("Wq", "bq", "Wk", "bk", "Wv", "bv", "Wo", "bo")

    def __init__(self, *params: Array, heads: int = 1, **named: Array) -> None:
        self.given = dict(zip(self.names, params, strict=False)) | named
        self.heads = heads

    def forward(self, x: Array, mask: Array | None = None) -> Array:
        D = x.shape[2]
        module = torch.nn.MultiheadAttention(D, self.heads, batch_first=True, dtype=F64)
        hidden = None if mask is None else ~torch.tensor(np.asarray(mask, dtype=bool))

        def compute(x: torch.Tensor, **p: torch.Tensor) -> Any:
            parameters = {
                "in_proj_weight": torch.cat([p["Wq"].T, p["Wk"].T, p["Wv"].T]),
                "in_proj_bias": torch.cat([p["bq"], p["bk"], p["bv"]]),
                "out_proj.weight": p["Wo"].T,
                "out_proj.bias": p["bo"],
            }
            options = {"attn_mask": hidden, "average_attn_weights": False}
            return torch.func.functional_call(module, parameters, (x, x, x), options)

        self.out, weights = self.run(compute, x=x, **self.given)
        self.attention_weights = array(weights)
        return array(self.out)

    def backward(self, dout: Array) -> Array:
        grads = self.back(self.out, dout)
        self.grads = [grads[name] for name in self.names]
        return grads["x"]


class TimeSoftmaxWithLoss(Tape):
    def __init__(self, ignore_label: int = -1) -> None:
        self.ignore_label = ignore_label

    def forward(self, xs: Array, ts: Array) -> float:
        labels = ts.argmax(axis=2) if ts.ndim == 3 else ts
        ids = torch.tensor(np.asarray(labels, dtype=np.int64))
        self.out = self.run(
            lambda xs: F.cross_entropy(xs.permute(0, 2, 1), ids, ignore_index=int(self.ignore_label)), xs=xs
        )
        return float(self.out)

    def backward(self, dout: float = 1) -> Array:
        return self.back(self.out, dout)["xs"]


class AdamW(Optimizer):
    def __init__(
        self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8, weight_decay: float = 0.01
    ) -> None:
        self.options = {"lr": lr, "betas": (beta1, beta2), "eps": eps, "weight_decay": weight_decay}
        self.iter = 0
        self.remembered = {
            "m": lambda state: array(state["exp_avg"]).copy(),
            "v": lambda state: array(state["exp_avg_sq"]).copy(),
        }

    def made(self, parameters: list[torch.Tensor]) -> torch.optim.Optimizer:
        return torch.optim.AdamW(parameters, **self.options)

    def step(self) -> None:
        super().step()
        self.iter += 1
