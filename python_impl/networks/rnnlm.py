import numpy as np

from python_impl.functions.softmax import softmax
from python_impl.layers.time_affine import TimeAffine
from python_impl.layers.time_embedding import TimeEmbedding
from python_impl.layers.time_lstm import TimeLSTM
from python_impl.layers.time_softmax_with_loss import TimeSoftmaxWithLoss


class Rnnlm:
    """The next word at each step: TimeEmbedding, TimeLSTM, TimeAffine, TimeSoftmaxWithLoss.

    `params` is a dict of embed_W (V, D), lstm_Wx (D, 4H), lstm_Wh (H, 4H), lstm_b, affine_W (H, V), affine_b. The state
    goes on from one pass to the next if `stateful`. exp of the loss is the perplexity.
    Shapes: xs, ts (N, T), ids from 0 -> scores (N, T, V), loss a number.
    Source: the book, second volume, chapter 6, 6.4; `generate` from chapter 7, 7.1.2.
    """

    def __init__(self, params: dict[str, np.ndarray], stateful: bool = True) -> None:
        self.params = params
        self.embed = TimeEmbedding(params["embed_W"])
        self.lstm = TimeLSTM(params["lstm_Wx"], params["lstm_Wh"], params["lstm_b"], stateful)
        self.affine = TimeAffine(params["affine_W"], params["affine_b"])
        self.loss_layer = TimeSoftmaxWithLoss()

    def reset_state(self) -> None:
        self.lstm.reset_state()

    def predict(self, xs: np.ndarray) -> np.ndarray:
        scores = self.affine.forward(self.lstm.forward(self.embed.forward(xs)))
        self.h, self.c = self.lstm.h, self.lstm.c
        return scores

    def loss(self, xs: np.ndarray, ts: np.ndarray) -> float:
        return self.loss_layer.forward(self.predict(xs), ts)

    forward = loss  # as trainers call it

    def gradient(self, xs: np.ndarray, ts: np.ndarray) -> dict[str, np.ndarray]:
        return self.loss_and_gradient(xs, ts)[1]

    def loss_and_gradient(self, xs: np.ndarray, ts: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(xs, ts)
        self.embed.backward(self.lstm.backward(self.affine.backward(self.loss_layer.backward())))
        lstm = {"lstm_Wx": self.lstm.dWx, "lstm_Wh": self.lstm.dWh, "lstm_b": self.lstm.db}
        return loss, {"embed_W": self.embed.dW, **lstm, "affine_W": self.affine.dW, "affine_b": self.affine.db}

    def generate(self, start_id: int, sample_size: int, rng: int = 0) -> np.ndarray:
        """`sample_size` words from `start_id` on, each drawn by the probabilities that the ones before it leave."""
        self.reset_state()
        stream = np.random.RandomState(rng)
        words = [start_id]
        while len(words) < sample_size:
            p = softmax(self.predict(np.array([words[-1:]])).reshape(-1))
            words.append(int(stream.choice(len(p), p=p)))
        return np.array(words)
