import numpy as np

from python_impl.functions.col2im import col2im
from python_impl.functions.im2col import im2col
from python_impl.functions.output_size import output_size
from python_impl.layers._layer import Layer


class Convolution(Layer):
    """out[n, f] = sum_c x[n, c] * W[f, c] + b[f], a cross-correlation: the filters are not turned.

    With im2col it is a product, out = col W^T + b, and dW = dout^T col, db = sum of dout over n, oh and ow,
    dx = col2im(dout W), where each filter is a row of W.
    Shapes: x (N, C, H, W), W (FN, C, FH, FW), b (FN,) -> out (N, FN, OH, OW), OH and OW as `output_size` has them.
    Raises ValueError where x has other channels than the filters.
    Source: the book, first volume, chapter 7, 7.4.3.
    """

    def __init__(self, W: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> None:
        super().__init__(W, b)
        self.stride = stride
        self.pad = pad

    def forward(self, x: np.ndarray) -> np.ndarray:
        W, b = self.params
        FN, C, FH, FW = W.shape
        N, channels, H, width = x.shape
        if channels != C:
            raise ValueError(f"x has {channels} channels, the filters W have {C}")
        out_h = output_size(H, FH, self.stride, self.pad)
        out_w = output_size(width, FW, self.stride, self.pad)
        self.shape = x.shape
        self.col = im2col(x, FH, FW, self.stride, self.pad)
        out = self.col @ W.reshape(FN, -1).T + b
        return out.reshape(N, out_h, out_w, FN).transpose(0, 3, 1, 2)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        W, _ = self.params
        FN, _, FH, FW = W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
        self.dW = (dout.T @ self.col).reshape(W.shape)
        self.db = dout.sum(axis=0)
        self.write_grads(self.dW, self.db)
        return col2im(dout @ W.reshape(FN, -1), self.shape, FH, FW, self.stride, self.pad)
