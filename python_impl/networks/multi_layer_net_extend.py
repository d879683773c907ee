from collections.abc import Sequence

import numpy as np

from python_impl.layers.affine import Affine
from python_impl.layers.batch_normalization import BatchNormalization
from python_impl.layers.dropout import Dropout
from python_impl.layers.relu import Relu
from python_impl.layers.sigmoid import Sigmoid
from python_impl.layers.softmax_with_loss import SoftmaxWithLoss
from python_impl.networks.multi_layer_net import ACTIVATIONS, MultiLayerNet

Masks = Sequence[np.ndarray] | None


class MultiLayerNetExtend:
    """MultiLayerNet with batch normalization before each activation and dropout after it, where they are asked for.

    `params` is a dict of W1, b1, ..., and with batch normalization gamma1, beta1, ... of the hidden layers; the
    gradients come as a dict of the same names. `running` holds the running statistics, mean1, var1, ..., zeros at
    first. The masks of dropout are drawn from `rng`, a seed or a stream, or given, one for each hidden layer.
    `gradient` trains; `predict` and `loss` do where `train_flg` says so; `accuracy` never does.
    Shapes: x (N, I), t (N, O) one-hot or (N,) labels, masks (N, H1), ... -> scores (N, O), loss a number.
    Source: the book, first volume, chapter 6, 6.3.2 and 6.4.3, and the networks that go with it.
    """

    def __init__(
        self,
        params: dict[str, np.ndarray],
        activation: str = "relu",
        weight_decay_lambda: float = 0,
        use_dropout: bool = False,
        dropout_ratio: float = 0.5,
        use_batchnorm: bool = False,
        running: dict[str, np.ndarray] | None = None,
        rng: int | np.random.RandomState = 0,
        delta: float = 1e-7,
    ) -> None:
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation {activation!r}: expected one of {', '.join(ACTIVATIONS)}")
        self.params = params
        self.weight_decay_lambda = weight_decay_lambda
        self.weights = [name for name in params if name.startswith("W")]
        stream = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
        statistics = running or {}
        self.affines: list[Affine] = []
        self.norms: list[BatchNormalization] = []
        self.layers: list[Affine | BatchNormalization | Relu | Sigmoid | Dropout] = []
        for k in range(1, len(self.weights) + 1):
            self.affines.append(Affine(params[f"W{k}"], params[f"b{k}"]))
            self.layers.append(self.affines[-1])
            if k == len(self.weights):
                break
            if use_batchnorm:
                mean, var = statistics.get(f"mean{k}"), statistics.get(f"var{k}")
                norm = BatchNormalization(params[f"gamma{k}"], params[f"beta{k}"], running_mean=mean, running_var=var)
                self.norms.append(norm)
                self.layers.append(norm)
            self.layers.append(ACTIVATIONS[activation]())
            if use_dropout:
                self.layers.append(Dropout(dropout_ratio, stream))
        self.last_layer = SoftmaxWithLoss(delta)

    @staticmethod
    def init(
        input_size: int,
        hidden_size_list: list[int],
        output_size: int,
        weight_init_std: float | str = "relu",
        use_batchnorm: bool = False,
        rng: int | np.random.RandomState = 0,
    ) -> dict[str, np.ndarray]:
        """As `MultiLayerNet.init`; with batch normalization gamma of ones and beta of zeros, after all others."""
        params = MultiLayerNet.init(input_size, hidden_size_list, output_size, weight_init_std, rng)
        if use_batchnorm:
            for k, size in enumerate(hidden_size_list, 1):
                params[f"gamma{k}"] = np.ones(int(size))
                params[f"beta{k}"] = np.zeros(int(size))
        return params

    @property
    def running(self) -> dict[str, np.ndarray]:
        statistics = {}
        for k, norm in enumerate(self.norms, 1):
            statistics[f"mean{k}"] = norm.running_mean
            statistics[f"var{k}"] = norm.running_var
        return statistics

    def predict(self, x: np.ndarray, train_flg: bool = False, masks: Masks = None) -> np.ndarray:
        given = iter(masks or ())
        for layer in self.layers:
            if isinstance(layer, Dropout):
                x = layer.forward(x, train_flg, next(given, None))
            elif isinstance(layer, BatchNormalization):
                x = layer.forward(x, train_flg)
            else:
                x = layer.forward(x)
        return x

    def loss(self, x: np.ndarray, t: np.ndarray, train_flg: bool = False, masks: Masks = None) -> float:
        decay = sum(0.5 * self.weight_decay_lambda * np.sum(self.params[name] ** 2) for name in self.weights)
        return self.last_layer.forward(self.predict(x, train_flg, masks), t) + decay

    forward = loss  # as trainers call it

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """The share of rows whose largest score (the first, where several tie) is at the label."""
        labels = t if t.ndim == 1 else t.argmax(axis=1)
        return float(np.mean(self.predict(x).argmax(axis=1) == labels))

    def gradient(self, x: np.ndarray, t: np.ndarray, masks: Masks = None) -> dict[str, np.ndarray]:
        """The gradients of the loss by backpropagation."""
        return self.loss_and_gradient(x, t, masks)[1]

    def loss_and_gradient(
        self, x: np.ndarray, t: np.ndarray, masks: Masks = None
    ) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(x, t, True, masks)
        dout = self.last_layer.backward(1)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        grads = {}
        for k, affine in enumerate(self.affines, 1):
            grads[f"W{k}"] = affine.dW + self.weight_decay_lambda * self.params[f"W{k}"]
            grads[f"b{k}"] = affine.db
        for k, norm in enumerate(self.norms, 1):
            grads[f"gamma{k}"] = norm.dgamma
            grads[f"beta{k}"] = norm.dbeta
        return loss, grads
