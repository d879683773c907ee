import numpy as np

from python_impl.layers._layer import Layer
from python_impl.layers.scaled_dot_product_attention import ScaledDotProductAttention
from python_impl.layers.time_affine import TimeAffine


class MultiHeadAttention(Layer):
    """A sequence looks at itself: Q, K and V are three Affine layers of x, cut into heads of D / h columns each.

    Every head is a ScaledDotProductAttention; side by side, they go through the fourth Affine layer.
    Shapes: x, out, dout, dx (N, T, D); W (D, D) and b (D,) of q, k, v and o; mask (T, T), True where row t may see
    column s. `attention_weights` (N, h, T, T). Raises ValueError where D is no multiple of h.
    Source: Vaswani et al. (2017), Attention Is All You Need, 3.2.2, with a bias in each layer as torch has it.
    """

    def __init__(
        self,
        Wq: np.ndarray,
        bq: np.ndarray,
        Wk: np.ndarray,
        bk: np.ndarray,
        Wv: np.ndarray,
        bv: np.ndarray,
        Wo: np.ndarray,
        bo: np.ndarray,
        heads: int = 1,
    ) -> None:
        super().__init__(Wq, bq, Wk, bk, Wv, bv, Wo, bo)
        if len(Wq) % heads:
            raise ValueError(f"{len(Wq)} columns cannot be cut into {heads} heads")
        self.heads = heads
        self.q, self.k, self.v, self.o = (TimeAffine(W, b) for W, b in ((Wq, bq), (Wk, bk), (Wv, bv), (Wo, bo)))
        self.attend = ScaledDotProductAttention()
        self.grads = [grad for layer in (self.q, self.k, self.v, self.o) for grad in layer.grads]

    def forward(self, x: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        Q, K, V = (self.split(layer.forward(x)) for layer in (self.q, self.k, self.v))
        out = self.o.forward(self.join(self.attend.forward(Q, K, V, mask)))
        self.attention_weights = self.attend.A
        return out

    def backward(self, dout: np.ndarray) -> np.ndarray:
        back = self.attend.backward(self.split(self.o.backward(dout)))
        return sum(layer.backward(self.join(d)) for layer, d in zip((self.q, self.k, self.v), back, strict=True))

    def split(self, x: np.ndarray) -> np.ndarray:
        """(N, T, D) -> (N, h, T, D / h)"""
        N, T, D = x.shape
        return x.reshape(N, T, self.heads, D // self.heads).transpose(0, 2, 1, 3)

    def join(self, x: np.ndarray) -> np.ndarray:
        """(N, h, T, D / h) -> (N, T, D)"""
        N, h, T, d = x.shape
        return x.transpose(0, 2, 1, 3).reshape(N, T, h * d)
