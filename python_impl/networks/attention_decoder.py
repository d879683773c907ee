import numpy as np

from python_impl.layers.time_affine import TimeAffine
from python_impl.layers.time_attention import TimeAttention
from python_impl.layers.time_embedding import TimeEmbedding
from python_impl.layers.time_lstm import TimeLSTM


class AttentionDecoder:
    """Scores of the next word at each step, from all hidden states of an encoder.

    TimeEmbedding, TimeLSTM from the last of hs_enc, TimeAttention over hs_enc, and TimeAffine of what attention gives,
    beside what the LSTM gives.
    `params` is a dict of embed_W (V, D), lstm_Wx (D, 4H), lstm_Wh (H, 4H), lstm_b, affine_W (2H, V), affine_b;
    `backward` gives dhs_enc and a dict of the same names.
    Shapes: xs (N, T), ids from 0, hs_enc, dhs_enc (N, S, H), score, dscore (N, T, V); attention_weights (N, T, S).
    Source: the book, second volume, chapter 8, 8.2.2.
    """

    def __init__(self, params: dict[str, np.ndarray]) -> None:
        self.embed = TimeEmbedding(params["embed_W"])
        self.lstm = TimeLSTM(params["lstm_Wx"], params["lstm_Wh"], params["lstm_b"], stateful=True)
        self.attention = TimeAttention()
        self.affine = TimeAffine(params["affine_W"], params["affine_b"])

    def forward(self, xs: np.ndarray, hs_enc: np.ndarray) -> np.ndarray:
        self.lstm.set_state(hs_enc[:, -1])
        return self.scores(xs, hs_enc)

    def scores(self, xs: np.ndarray, hs_enc: np.ndarray) -> np.ndarray:
        """From wherever the state of the LSTM is by now."""
        hs_dec = self.lstm.forward(self.embed.forward(xs))
        c = self.attention.forward(hs_enc, hs_dec)
        self.attention_weights = self.attention.attention_weights
        return self.affine.forward(np.concatenate([c, hs_dec], axis=2))

    def backward(self, dscore: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        dc, dhs_dec = np.split(self.affine.backward(dscore), 2, axis=2)
        dhs_enc, dhs_dec_of_attention = self.attention.backward(dc)
        self.embed.backward(self.lstm.backward(dhs_dec + dhs_dec_of_attention))
        dhs_enc[:, -1] += self.lstm.dh
        grads = {"embed_W": self.embed.dW, "lstm_Wx": self.lstm.dWx, "lstm_Wh": self.lstm.dWh, "lstm_b": self.lstm.db}
        return dhs_enc, grads | {"affine_W": self.affine.dW, "affine_b": self.affine.db}

    def generate(self, hs_enc: np.ndarray, start_id: int, sample_size: int) -> np.ndarray:
        """As `Decoder.generate`; `attention_weights` (N, sample_size, S) are those of all words then."""
        self.lstm.set_state(hs_enc[:, -1])
        words, weights = [np.full((len(hs_enc), 1), start_id)], []
        for _ in range(sample_size):
            words.append(self.scores(words[-1], hs_enc).argmax(axis=2))
            weights.append(self.attention_weights)
        self.attention_weights = np.concatenate(weights, axis=1)
        return np.hstack(words[1:])
