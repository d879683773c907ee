import numpy as np

from python_impl.layers.time_embedding import TimeEmbedding
from python_impl.layers.time_lstm import TimeLSTM


class Encoder:
    """A sequence as the last hidden state: TimeEmbedding, TimeLSTM, h of the last step.

    `params` is a dict of embed_W (V, D), lstm_Wx (D, 4H), lstm_Wh (H, 4H), lstm_b; `backward` gives a dict of the same
    names. `hs` is the hidden states of all steps.
    Shapes: xs (N, T), ids from 0 -> h (N, H); dh (N, H).
    Source: the book, second volume, chapter 7, 7.3.1.
    """

    def __init__(self, params: dict[str, np.ndarray]) -> None:
        self.embed = TimeEmbedding(params["embed_W"])
        self.lstm = TimeLSTM(params["lstm_Wx"], params["lstm_Wh"], params["lstm_b"])

    def forward(self, xs: np.ndarray) -> np.ndarray:
        self.hs = self.lstm.forward(self.embed.forward(xs))
        return self.hs[:, -1, :]

    def backward(self, dh: np.ndarray) -> dict[str, np.ndarray]:
        dhs = np.zeros(self.hs.shape)
        dhs[:, -1, :] = dh
        return self.backward_all(dhs)

    def backward_all(self, dhs: np.ndarray) -> dict[str, np.ndarray]:
        """The gradients where all hidden states were used, not the last one alone."""
        self.embed.backward(self.lstm.backward(dhs))
        return {
            "embed_W": self.embed.dW,
            "lstm_Wx": self.lstm.dWx,
            "lstm_Wh": self.lstm.dWh,
            "lstm_b": self.lstm.db,
        }
