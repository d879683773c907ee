import numpy as np

from python_impl.layers._layer import Layer
from python_impl.layers.attention import Attention


class TimeAttention(Layer):
    """Attention for each step of a decoder, over all steps of an encoder.

    Shapes: hs_enc, dhs_enc (N, S, H), hs_dec, dhs_dec, out, dout (N, T, H); `attention_weights` (N, T, S), whose rows
    sum to 1. (The book keeps a list of T arrays.)
    Source: the book, second volume, chapter 8, 8.1.5.
    """

    def forward(self, hs_enc: np.ndarray, hs_dec: np.ndarray) -> np.ndarray:
        self.layers = [Attention() for _ in range(hs_dec.shape[1])]
        out = [layer.forward(hs_enc, hs_dec[:, t]) for t, layer in enumerate(self.layers)]
        self.attention_weights = np.stack([layer.attention_weight for layer in self.layers], axis=1)
        return np.stack(out, axis=1)

    def backward(self, dout: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        back = [layer.backward(dout[:, t]) for t, layer in enumerate(self.layers)]
        return sum(dhs for dhs, _ in back), np.stack([dh for _, dh in back], axis=1)
