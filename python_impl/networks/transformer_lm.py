import numpy as np

from python_impl.functions.positional_encoding import positional_encoding
from python_impl.layers.layer_norm import LayerNorm
from python_impl.layers.time_affine import TimeAffine
from python_impl.layers.time_embedding import TimeEmbedding
from python_impl.layers.time_softmax_with_loss import TimeSoftmaxWithLoss
from python_impl.networks.transformer_encoder_block import TransformerEncoderBlock


class TransformerLM:
    """The next character at each step, by one block: TimeEmbedding and where it is, the block, LayerNorm, TimeAffine.

    No step sees what comes after it. `params` is a dict of embed_W (V, D), those of the block with block_ before their
    names, gamma, beta (D,), affine_W (D, V), affine_b.
    Shapes: xs, ts (N, T), ids from 0 -> scores (N, T, V), loss a number; D is even.
    Source: Radford et al. (2018), Improving Language Understanding by Generative Pre-Training, 3.1, with one block and
    the norm first.
    """

    def __init__(self, params: dict[str, np.ndarray], heads: int = 1) -> None:
        self.params = params
        self.embed = TimeEmbedding(params["embed_W"])
        block = {name.removeprefix("block_"): param for name, param in params.items() if name.startswith("block_")}
        self.block = TransformerEncoderBlock(block, heads)
        self.norm = LayerNorm(params["gamma"], params["beta"])
        self.affine = TimeAffine(params["affine_W"], params["affine_b"])
        self.loss_layer = TimeSoftmaxWithLoss()

    def predict(self, xs: np.ndarray) -> np.ndarray:
        T, D = xs.shape[1], self.params["embed_W"].shape[1]
        x = self.embed.forward(xs) + positional_encoding(T, D)
        return self.affine.forward(self.norm.forward(self.block.forward(x, np.tri(T, dtype=bool))))

    def loss(self, xs: np.ndarray, ts: np.ndarray) -> float:
        return self.loss_layer.forward(self.predict(xs), ts)

    forward = loss  # as trainers call it

    def gradient(self, xs: np.ndarray, ts: np.ndarray) -> dict[str, np.ndarray]:
        return self.loss_and_gradient(xs, ts)[1]

    def loss_and_gradient(self, xs: np.ndarray, ts: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        loss = self.loss(xs, ts)
        dx, block = self.block.backward(self.norm.backward(self.affine.backward(self.loss_layer.backward())))
        self.embed.backward(dx)
        grads = {"embed_W": self.embed.dW, **{f"block_{name}": grad for name, grad in block.items()}}
        return loss, grads | {
            "gamma": self.norm.dgamma,
            "beta": self.norm.dbeta,
            "affine_W": self.affine.dW,
            "affine_b": self.affine.db,
        }
