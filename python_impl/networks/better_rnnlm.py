import numpy as np

from python_impl.layers.time_affine import TimeAffine
from python_impl.layers.time_dropout import TimeDropout
from python_impl.layers.time_embedding import TimeEmbedding
from python_impl.layers.time_lstm import TimeLSTM
from python_impl.layers.time_softmax_with_loss import TimeSoftmaxWithLoss


class BetterRnnlm:
    """`Rnnlm` with two LSTM layers, dropout before, between and behind them, and one matrix for both ends.

    The Affine layer's W is embed_W^T, so that D = H, and embed_W gets the sum of two gradients.
    `params` is a dict of embed_W (V, D), lstm_Wx1, lstm_Wh1, lstm_b1, lstm_Wx2, lstm_Wh2, lstm_b2, affine_b. The masks
    are drawn from `rng`, in the order of the layers.
    Shapes: xs, ts (N, T), ids from 0; loss a number.
    Source: the book, second volume, chapter 6, 6.5.
    """

    def __init__(
        self,
        params: dict[str, np.ndarray],
        dropout_ratio: float = 0.5,
        rng: int | np.random.RandomState = 0,
        stateful: bool = True,
    ) -> None:
        self.params = params
        stream = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
        self.embed = TimeEmbedding(params["embed_W"])
        self.dropouts = [TimeDropout(dropout_ratio, stream) for _ in range(3)]
        self.lstms = [
            TimeLSTM(params[f"lstm_Wx{k}"], params[f"lstm_Wh{k}"], params[f"lstm_b{k}"], stateful) for k in (1, 2)
        ]
        self.affine = TimeAffine(params["embed_W"].T, params["affine_b"])
        self.loss_layer = TimeSoftmaxWithLoss()

    def predict(self, xs: np.ndarray, train_flg: bool = False) -> np.ndarray:
        out = self.dropouts[0].forward(self.embed.forward(xs), train_flg)
        for lstm, dropout in zip(self.lstms, self.dropouts[1:], strict=True):
            out = dropout.forward(lstm.forward(out), train_flg)
        return self.affine.forward(out)

    def loss(self, xs: np.ndarray, ts: np.ndarray, train_flg: bool = True) -> float:
        return self.loss_layer.forward(self.predict(xs, train_flg), ts)

    forward = loss  # as trainers call it

    def gradient(self, xs: np.ndarray, ts: np.ndarray, train_flg: bool = True) -> dict[str, np.ndarray]:
        return self.loss_and_gradient(xs, ts, train_flg)[1]

    def loss_and_gradient(
        self, xs: np.ndarray, ts: np.ndarray, train_flg: bool = True
    ) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(xs, ts, train_flg)
        dout = self.affine.backward(self.loss_layer.backward())
        for lstm, dropout in reversed([*zip(self.lstms, self.dropouts[1:], strict=True)]):
            dout = lstm.backward(dropout.backward(dout))
        self.embed.backward(self.dropouts[0].backward(dout))
        grads = {"embed_W": self.embed.dW + self.affine.dW.T, "affine_b": self.affine.db}
        for k, lstm in enumerate(self.lstms, 1):
            grads |= {f"lstm_Wx{k}": lstm.dWx, f"lstm_Wh{k}": lstm.dWh, f"lstm_b{k}": lstm.db}
        return loss, grads
