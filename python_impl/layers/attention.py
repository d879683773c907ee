import numpy as np

from python_impl.layers._layer import Layer
from python_impl.layers.attention_weight import AttentionWeight
from python_impl.layers.weight_sum import WeightSum


class Attention(Layer):
    """The steps of a sequence added up by how much each resembles h: WeightSum(hs, AttentionWeight(hs, h)).

    Shapes: hs, dhs (N, T, H), h, dh, out, dout (N, H). `attention_weight` (N, T) are the weights of the last forward
    pass.
    Source: the book, second volume, chapter 8, 8.1.5.
    """

    def __init__(self) -> None:
        super().__init__()
        self.weigh, self.add_up = AttentionWeight(), WeightSum()

    def forward(self, hs: np.ndarray, h: np.ndarray) -> np.ndarray:
        self.attention_weight = self.weigh.forward(hs, h)
        return self.add_up.forward(hs, self.attention_weight)

    def backward(self, dout: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        dhs, da = self.add_up.backward(dout)
        dhs_of_weights, dh = self.weigh.backward(da)
        return dhs + dhs_of_weights, dh
