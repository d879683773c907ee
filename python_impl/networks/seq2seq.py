import numpy as np

from python_impl.layers.time_softmax_with_loss import TimeSoftmaxWithLoss
from python_impl.networks.attention_decoder import AttentionDecoder
from python_impl.networks.decoder import Decoder
from python_impl.networks.encoder import Encoder


class Seq2seq:
    """A sequence out of a sequence: `Encoder`, `Decoder`, TimeSoftmaxWithLoss.

    The decoder gets ts without its last word, and has to give ts without its first. With `peeky`, the decoder is peeky;
    with `attention` it is an `AttentionDecoder`, which sees all hidden states of the encoder.
    `params` is a dict of the encoder's and the decoder's names with en_ and de_ before them.
    Shapes: xs (N, S), ts (N, T), ids from 0; loss a number.
    Source: the book, second volume, chapter 7, 7.3.3, 7.4.2 and chapter 8, 8.2.3.
    """

    def __init__(self, params: dict[str, np.ndarray], peeky: bool = False, attention: bool = False) -> None:
        self.params = params
        self.attention = attention
        self.encoder = Encoder(_part(params, "en_"))
        self.decoder = AttentionDecoder(_part(params, "de_")) if attention else Decoder(_part(params, "de_"), peeky)
        self.loss_layer = TimeSoftmaxWithLoss()

    @staticmethod
    def init(
        vocab_size: int,
        wordvec_size: int,
        hidden_size: int,
        peeky: bool = False,
        attention: bool = False,
        rng: int | np.random.RandomState = 0,
    ) -> dict[str, np.ndarray]:
        """Normal weights, embed_W / 100 and the others over the root of their rows; biases of zeros.

        The encoder's are drawn first. `rng` is a seed, or a stream whose next numbers are taken.
        """
        draw = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
        V, D, H = vocab_size, wordvec_size, hidden_size
        params: dict[str, np.ndarray] = {}
        for side, wide in (("en", D), ("de", D + H if peeky else D)):
            params[f"{side}_embed_W"] = draw.randn(V, D) / 100
            params[f"{side}_lstm_Wx"] = draw.randn(wide, 4 * H) / np.sqrt(wide)
            params[f"{side}_lstm_Wh"] = draw.randn(H, 4 * H) / np.sqrt(H)
            params[f"{side}_lstm_b"] = np.zeros(4 * H)
        out = 2 * H if peeky or attention else H
        return params | {"de_affine_W": draw.randn(out, V) / np.sqrt(out), "de_affine_b": np.zeros(V)}

    def encoded(self, xs: np.ndarray) -> np.ndarray:
        """What the decoder gets of xs: the last hidden state, or all of them."""
        h = self.encoder.forward(xs)
        return self.encoder.hs if self.attention else h

    def loss(self, xs: np.ndarray, ts: np.ndarray) -> float:
        return self.loss_layer.forward(self.decoder.forward(ts[:, :-1], self.encoded(xs)), ts[:, 1:])

    forward = loss  # as trainers call it

    def gradient(self, xs: np.ndarray, ts: np.ndarray) -> dict[str, np.ndarray]:
        return self.loss_and_gradient(xs, ts)[1]

    def loss_and_gradient(self, xs: np.ndarray, ts: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(xs, ts)
        dh, de = self.decoder.backward(self.loss_layer.backward())
        en = self.encoder.backward_all(dh) if self.attention else self.encoder.backward(dh)
        return loss, {f"en_{name}": grad for name, grad in en.items()} | {f"de_{n}": grad for n, grad in de.items()}

    def generate(self, xs: np.ndarray, start_id: int, sample_size: int) -> np.ndarray:
        """The likeliest word at each step. -> (N, sample_size)"""
        return self.decoder.generate(self.encoded(xs), start_id, sample_size)

    def accuracy(self, xs: np.ndarray, ts: np.ndarray) -> float:
        """The share of sequences of which every word is right."""
        words = self.generate(xs, int(ts[0, 0]), ts.shape[1] - 1)
        return float(np.mean(np.all(words == ts[:, 1:], axis=1)))


def _part(params: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): param for name, param in params.items() if name.startswith(prefix)}
