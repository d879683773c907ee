import numpy as np

from python_impl.layers.time_affine import TimeAffine
from python_impl.layers.time_embedding import TimeEmbedding
from python_impl.layers.time_lstm import TimeLSTM


class Decoder:
    """Scores of the next word at each step, from the state h of an encoder: TimeEmbedding, TimeLSTM, TimeAffine.

    With `peeky`, h stands beside the input of the LSTM and of the Affine layer at every step, before it.
    `params` is a dict of embed_W (V, D), lstm_Wx (D, 4H), lstm_Wh (H, 4H), lstm_b, affine_W (H, V), affine_b; with
    `peeky` lstm_Wx is (H + D, 4H) and affine_W (2H, V). `backward` gives dh and a dict of the same names.
    Shapes: xs (N, T), ids from 0, h, dh (N, H), score, dscore (N, T, V).
    Source: the book, second volume, chapter 7, 7.3.2 and 7.4.2.
    """

    def __init__(self, params: dict[str, np.ndarray], peeky: bool = False) -> None:
        self.peeky = peeky
        self.embed = TimeEmbedding(params["embed_W"])
        self.lstm = TimeLSTM(params["lstm_Wx"], params["lstm_Wh"], params["lstm_b"], stateful=True)
        self.affine = TimeAffine(params["affine_W"], params["affine_b"])

    def forward(self, xs: np.ndarray, h: np.ndarray) -> np.ndarray:
        self.lstm.set_state(h)
        return self.scores(xs, h)

    def scores(self, xs: np.ndarray, h: np.ndarray) -> np.ndarray:
        """From wherever the state of the LSTM is by now."""
        hs = np.repeat(h[:, np.newaxis, :], xs.shape[1], axis=1)
        out = self.lstm.forward(self.beside(hs, self.embed.forward(xs)))
        return self.affine.forward(self.beside(hs, out))

    def backward(self, dscore: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        H = len(self.lstm.params[1])
        dhs, dout = self.parted(self.affine.backward(dscore), H)
        dhs_too, dembed = self.parted(self.lstm.backward(dout), H)
        self.embed.backward(dembed)
        grads = {"embed_W": self.embed.dW, "lstm_Wx": self.lstm.dWx, "lstm_Wh": self.lstm.dWh, "lstm_b": self.lstm.db}
        dh = self.lstm.dh + np.sum(dhs + dhs_too, axis=1) if self.peeky else self.lstm.dh
        return dh, grads | {"affine_W": self.affine.dW, "affine_b": self.affine.db}

    def generate(self, h: np.ndarray, start_id: int, sample_size: int) -> np.ndarray:
        """`sample_size` words, the likeliest at each step; the first one is fed with start_id. -> (N, sample_size)"""
        self.lstm.set_state(h)
        words = [np.full((len(h), 1), start_id)]
        for _ in range(sample_size):
            words.append(self.scores(words[-1], h).argmax(axis=2))
        return np.hstack(words[1:])

    def beside(self, hs: np.ndarray, out: np.ndarray) -> np.ndarray:
        return np.concatenate([hs, out], axis=2) if self.peeky else out

    def parted(self, d: np.ndarray, H: int) -> tuple[np.ndarray, np.ndarray]:
        return (d[:, :, :H], d[:, :, H:]) if self.peeky else (np.zeros(1), d)
