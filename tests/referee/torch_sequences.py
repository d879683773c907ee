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


class Cell(Tape):
    """One step of a recurrent layer: torch's own function for it, or what its autograd makes of the book's formula."""

    def __init__(self, Wx: Array, Wh: Array, b: Array) -> None:
        self.given = {"Wx": Wx, "Wh": Wh, "b": b}

    def step(self, x: Any, h_prev: Any, Wx: Any, Wh: Any, b: Any) -> Any:
        raise NotImplementedError

    def forward(self, x: Array, h_prev: Array) -> Array:
        self.out = self.run(self.step, x=x, h_prev=h_prev, **self.given)
        return array(self.out)

    def kept(self, grads: dict[str, Array]) -> None:
        self.dWx, self.dWh, self.db = grads["Wx"], grads["Wh"], grads["b"]

    def backward(self, dh_next: Array) -> tuple[Array, Array]:
        grads = self.back(self.out, dh_next)
        self.kept(grads)
        return grads["x"], grads["h_prev"]


class RNN(Cell):
    def step(self, x: Any, h_prev: Any, Wx: Any, Wh: Any, b: Any) -> Any:
        return torch.rnn_tanh_cell(x, h_prev, Wx.T, Wh.T, b, torch.zeros_like(b))


class GRU(Cell):
    """torch's own GRU resets after the product; this is the book's, with the gates z, r and g."""

    def step(self, x: Any, h_prev: Any, Wx: Any, Wh: Any, b: Any) -> Any:
        H = Wh.shape[0]
        gates = torch.sigmoid(x @ Wx[:, : 2 * H] + h_prev @ Wh[:, : 2 * H] + b[: 2 * H])
        z, r = gates[:, :H], gates[:, H:]
        g = torch.tanh(x @ Wx[:, 2 * H :] + torch.mul(r, h_prev) @ Wh[:, 2 * H :] + b[2 * H :])
        return torch.lerp(h_prev, g, z)


class LSTM(Cell):
    order = TimeLSTM.order

    def step(self, x: Any, h_prev: Any, Wx: Any, Wh: Any, b: Any) -> Any:
        def mapped(W: torch.Tensor) -> torch.Tensor:
            gates = torch.chunk(W, 4, dim=-1)
            return torch.cat([gates[k] for k in self.order], dim=-1)

        states = (h_prev, self.leaves["c_prev"])
        return torch.lstm_cell(x, states, mapped(Wx).T, mapped(Wh).T, mapped(b), torch.zeros_like(b))

    def forward(self, x: Array, h_prev: Array, c_prev: Array) -> tuple[Array, Array]:  # type: ignore[override]
        def compute(c_prev: torch.Tensor, **others: torch.Tensor) -> Any:
            return self.step(**others)

        self.outs = self.run(compute, x=x, h_prev=h_prev, c_prev=c_prev, **self.given)
        return array(self.outs[0]), array(self.outs[1])

    def backward(self, dh_next: Array, dc_next: Array) -> tuple[Array, Array, Array]:  # type: ignore[override]
        self.outs[0].backward(torch.tensor(np.asarray(dh_next, dtype=np.float64)), retain_graph=True)
        # A zero that is a sum has the sign of the order in which it was added up: + 0.0 takes it away.
        grads = {name: grad + 0.0 for name, grad in self.back(self.outs[1], dc_next).items()}
        self.kept(grads)
        return grads["x"], grads["h_prev"], grads["c_prev"]


class TimeGRU(Tape):
    def __init__(self, Wx: Array, Wh: Array, b: Array, stateful: bool = False) -> None:
        self.given, self.stateful = {"Wx": Wx, "Wh": Wh, "b": b}, stateful
        self.h: Array | None = None
        self.cell = GRU(Wx, Wh, b)

    def forward(self, xs: Array) -> Array:
        start = self.h if self.stateful and self.h is not None else np.zeros((len(xs), len(self.given["Wh"])))

        def compute(xs: torch.Tensor, h: torch.Tensor, **params: torch.Tensor) -> torch.Tensor:
            hs = []
            for x in xs.unbind(1):
                h = self.cell.step(x, h, **params)
                hs.append(h)
            return torch.stack(hs, dim=1)

        self.out = self.run(compute, xs=xs, h=start, **self.given)
        self.h = array(self.out[:, -1])
        return array(self.out)

    def backward(self, dhs: Array) -> Array:
        grads = self.back(self.out, dhs)
        self.dWx, self.dWh, self.db, self.dh = (grads[name] for name in ("Wx", "Wh", "b", "h"))
        return grads["xs"]


class TimeBiLSTM(Tape):
    """torch's own, in both directions."""

    def __init__(self, Wx1: Array, Wh1: Array, b1: Array, Wx2: Array, Wh2: Array, b2: Array, **_: Any) -> None:
        self.given = {"Wx1": Wx1, "Wh1": Wh1, "b1": b1, "Wx2": Wx2, "Wh2": Wh2, "b2": b2}

    def forward(self, xs: Array) -> Array:
        module = torch.nn.LSTM(xs.shape[2], len(self.given["Wh1"]), batch_first=True, bidirectional=True, dtype=F64)
        mapped = TimeLSTM(self.given["Wx1"], self.given["Wh1"], self.given["b1"]).mapped

        def compute(xs: torch.Tensor, **params: torch.Tensor) -> torch.Tensor:
            parameters = {}
            for number, end in (("1", "l0"), ("2", "l0_reverse")):
                parameters[f"weight_ih_{end}"] = mapped(params[f"Wx{number}"]).T
                parameters[f"weight_hh_{end}"] = mapped(params[f"Wh{number}"]).T
                parameters[f"bias_ih_{end}"] = mapped(params[f"b{number}"])
                parameters[f"bias_hh_{end}"] = torch.zeros_like(params[f"b{number}"])
            out: torch.Tensor = torch.func.functional_call(module, parameters, (xs,))[0]
            return out

        self.out = self.run(compute, xs=xs, **self.given)
        return array(self.out)

    def backward(self, dhs: Array) -> Array:
        grads = self.back(self.out, dhs)
        self.grads = [grads[name] for name in self.given]
        return grads["xs"]


class WeightSum(Tape):
    def forward(self, hs: Array, a: Array) -> Array:
        self.out = self.run(lambda hs, a: torch.mul(hs, a[:, :, None]).sum(dim=1), hs=hs, a=a)
        return array(self.out)

    def backward(self, dc: Array) -> tuple[Array, Array]:
        grads = self.back(self.out, dc)
        return grads["hs"], grads["a"]


class AttentionWeight(Tape):
    def forward(self, hs: Array, h: Array) -> Array:
        self.out = self.run(lambda hs, h: torch.softmax(torch.einsum("nth,nh->nt", hs, h), dim=1), hs=hs, h=h)
        return array(self.out)

    def backward(self, da: Array) -> tuple[Array, Array]:
        grads = self.back(self.out, da)
        return grads["hs"], grads["h"]


class TimeAttention(Tape):
    """torch's scaled dot-product attention with a scale of 1: the states of the decoder ask those of the encoder."""

    def forward(self, hs_enc: Array, hs_dec: Array) -> Array:
        def compute(hs_enc: torch.Tensor, hs_dec: torch.Tensor) -> torch.Tensor:
            self.attention_weights = array(torch.softmax(hs_dec @ hs_enc.transpose(1, 2), dim=2))
            return F.scaled_dot_product_attention(hs_dec, hs_enc, hs_enc, scale=1.0)

        self.out = self.run(compute, hs_enc=hs_enc, hs_dec=hs_dec)
        return array(self.out)

    def backward(self, dout: Array) -> tuple[Array, Array]:
        grads = self.back(self.out, dout)
        return grads["hs_enc"], grads["hs_dec"]


class Attention(TimeAttention):
    def forward(self, hs: Array, h: Array) -> Array:
        out = super().forward(hs, np.asarray(h)[:, None, :])
        self.attention_weight = self.attention_weights[:, 0]
        return out[:, 0]

    def backward(self, dout: Array) -> tuple[Array, Array]:
        dhs, dh = super().backward(np.asarray(dout)[:, None, :])
        return dhs, dh[:, 0]


class EmbeddingDot(Tape):
    def __init__(self, W: Array) -> None:
        self.W = W

    def forward(self, h: Array, idx: Array) -> Array:
        ids = torch.tensor(np.asarray(idx, dtype=np.int64))
        self.out = self.run(lambda h, W: torch.einsum("nh,nh->n", h, F.embedding(ids, W)), h=h, W=self.W)
        return array(self.out)

    def backward(self, dout: Array) -> Array:
        grads = self.back(self.out, dout)
        self.dW = grads["W"]
        return grads["h"]


class TimeAffine(Tape):
    def __init__(self, W: Array, b: Array) -> None:
        self.given = {"W": W, "b": b}

    def forward(self, x: Array) -> Array:
        self.out = self.run(lambda x, W, b: F.linear(x, W.T, b), x=x, **self.given)
        return array(self.out)

    def backward(self, dout: Array) -> Array:
        grads = self.back(self.out, dout)
        self.dW, self.db = grads["W"], grads["b"]
        return grads["x"]


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
