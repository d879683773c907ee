import numpy as np

from python_impl.layers.time_affine import TimeAffine
from python_impl.layers.time_embedding import TimeEmbedding
from python_impl.layers.time_rnn import TimeRNN
from python_impl.layers.time_softmax_with_loss import TimeSoftmaxWithLoss


class SimpleRnnlm:
    """`Rnnlm` with a TimeRNN in place of the TimeLSTM.

    `params` is a dict of embed_W (V, D), rnn_Wx (D, H), rnn_Wh (H, H), rnn_b, affine_W (H, V), affine_b.
    Shapes: xs, ts (N, T), ids from 0; loss a number.
    Source: the book, second volume, chapter 5, 5.5.
    """

    def __init__(self, params: dict[str, np.ndarray], stateful: bool = True) -> None:
        self.params = params
        self.embed = TimeEmbedding(params["embed_W"])
        self.rnn = TimeRNN(params["rnn_Wx"], params["rnn_Wh"], params["rnn_b"], stateful)
        self.affine = TimeAffine(params["affine_W"], params["affine_b"])
        self.loss_layer = TimeSoftmaxWithLoss()

    def loss(self, xs: np.ndarray, ts: np.ndarray) -> float:
        hs = self.rnn.forward(self.embed.forward(xs))
        self.h = self.rnn.h
        return self.loss_layer.forward(self.affine.forward(hs), ts)

    forward = loss  # as trainers call it

    def gradient(self, xs: np.ndarray, ts: np.ndarray) -> dict[str, np.ndarray]:
        return self.loss_and_gradient(xs, ts)[1]

    def loss_and_gradient(self, xs: np.ndarray, ts: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(xs, ts)
        self.embed.backward(self.rnn.backward(self.affine.backward(self.loss_layer.backward())))
        rnn = {"rnn_Wx": self.rnn.dWx, "rnn_Wh": self.rnn.dWh, "rnn_b": self.rnn.db}
        return loss, {"embed_W": self.embed.dW, **rnn, "affine_W": self.affine.dW, "affine_b": self.affine.db}
