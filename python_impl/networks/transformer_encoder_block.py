import numpy as np

from python_impl.layers.gelu import GELU
from python_impl.layers.layer_norm import LayerNorm
from python_impl.layers.multi_head_attention import MultiHeadAttention
from python_impl.layers.time_affine import TimeAffine

ATTENTION = ("Wq", "bq", "Wk", "bk", "Wv", "bv", "Wo", "bo")


class TransformerEncoderBlock:
    """Attention and two Affine layers, each behind a LayerNorm and beside a way past it.

    y = x + MultiHeadAttention(LayerNorm(x)),   out = y + (GELU(LayerNorm(y) W1 + b1) W2 + b2).
    `params` is a dict of Wq, bq, Wk, bk, Wv, bv, Wo, bo, gamma1, beta1, gamma2, beta2 (D), W1 (D, F), b1, W2 (F, D),
    b2; `backward` gives dx and a dict of the same names.
    Shapes: x, out, dout, dx (N, T, D); mask as in `MultiHeadAttention`.
    Source: Vaswani et al. (2017), Attention Is All You Need, 3.1, with the norm first, as in Xiong et al. (2020), On
    Layer Normalization in the Transformer Architecture.
    """

    def __init__(self, params: dict[str, np.ndarray], heads: int = 1) -> None:
        self.params = params
        self.norm1, self.norm2 = (LayerNorm(params[f"gamma{k}"], params[f"beta{k}"]) for k in (1, 2))
        self.attention = MultiHeadAttention(*(params[name] for name in ATTENTION), heads=heads)
        self.affine1, self.affine2 = (TimeAffine(params[f"W{k}"], params[f"b{k}"]) for k in (1, 2))
        self.gelu = GELU()

    def forward(self, x: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        y = x + self.attention.forward(self.norm1.forward(x), mask)
        return y + self.affine2.forward(self.gelu.forward(self.affine1.forward(self.norm2.forward(y))))

    def backward(self, dout: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        hidden = self.affine1.backward(self.gelu.backward(self.affine2.backward(dout)))
        dy = dout + self.norm2.backward(hidden)
        dx = dy + self.norm1.backward(self.attention.backward(dy))
        grads = dict(zip(ATTENTION, self.attention.grads, strict=True))
        for k, norm, affine in ((1, self.norm1, self.affine1), (2, self.norm2, self.affine2)):
            grads |= {f"gamma{k}": norm.dgamma, f"beta{k}": norm.dbeta, f"W{k}": affine.dW, f"b{k}": affine.db}
        return dx, grads
