from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from python_impl.optimizers.clip_grads import clip_grads


class Network(Protocol):
    """What can be trained: parameters, the loss of a batch, and that loss with its gradients by the parameters."""

    @property
    def params(self) -> Any: ...

    def forward(self, x: np.ndarray, t: np.ndarray) -> float: ...

    def loss_and_gradient(self, x: np.ndarray, t: np.ndarray) -> tuple[float, Any]: ...


class Optimizer(Protocol):
    """What changes the parameters in place, out of their gradients."""

    def update(self, params: Any, grads: Any) -> None: ...


class Trainer:
    """Stochastic gradient descent on mini-batches: p <- p - lr dL/dp, with L on another batch at each step.

    `batches` yields for each step what selects its rows of x and t; the optimizer changes the parameters of the network
    in place. `train` goes on by so many steps where the last call stopped, so that a run in pieces is the same run, and
    whatever is to be known at a checkpoint can be asked in between. It returns the losses, one for each step and on its
    batch: before the update, or after it with `loss_after`, which costs another forward pass. With `max_grad` the
    gradients are clipped.
    Shapes: x (N, ...), t (N, ...) -> losses (steps,).
    Source: the training loop of the blog post "Back Propagation (2)", Training, and of the book, both volumes.
    """

    def __init__(
        self,
        network: Network,
        optimizer: Optimizer,
        batches: Iterator[Any],
        x: np.ndarray,
        t: np.ndarray,
        loss_after: bool = False,
        max_grad: float | None = None,
    ) -> None:
        self.network = network
        self.optimizer = optimizer
        self.batches = batches
        self.x = x
        self.t = t
        self.loss_after = loss_after
        self.max_grad = max_grad

    def train(self, steps: int) -> np.ndarray:
        loss = np.zeros(steps)
        for step in range(steps):
            batch = next(self.batches)
            x, t = self.x[batch], self.t[batch]
            loss[step], grads = self.network.loss_and_gradient(x, t)
            if self.max_grad is not None:
                clip_grads(grads, self.max_grad)
            self.optimizer.update(self.network.params, grads)
            if self.loss_after:
                loss[step] = self.network.forward(x, t)
        return loss
